"""One box for everything that can be found."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from search import finding, registry
from search.engines.base import Unavailable
from search.finding import Found
from search.query import parse


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The page of results: tabs for the kinds, the filters of one kind, pages, and ways on from nothing."""
    query, kind = parse(request.GET.get("q", "")), request.GET.get("kind", "")
    kind = kind if registry.get(kind) else ""
    context: dict[str, object] = {"query": query, "kind": kind}
    if query.is_empty:
        return render(request, "search/page.html", context)
    try:
        found = finding.find(
            request.user,
            query,
            kind=kind,
            params=request.GET,
            page=request.GET.get("page", "1"),
        )
    except Unavailable as error:
        return render(request, "search/page.html", {**context, "error": error}, status=503)
    return render(request, "search/page.html", {**context, "found": found, "tabs": _tabs(found, kind)})


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """What a text being typed may become, as `static/js/suggestions.js` reads it; nothing is no error."""
    try:
        rows = finding.suggest(request.user, request.GET.get("q", ""))
    except Unavailable:
        rows = []
    suggestions = [
        {"label": row.title, "detail": row.note or each.label, "url": row.url, "kind": each.kind}
        for each, row in rows
    ]
    return JsonResponse({"suggestions": suggestions})


def _tabs(found: Found, current: str) -> list[dict[str, object]]:
    return [
        {
            "label": tab.label,
            "count": tab.count,
            "current": tab.kind == current,
            "url": "?" + urlencode({"q": found.query.text} | ({"kind": tab.kind} if tab.kind else {})),
        }
        for tab in found.tabs
    ]
