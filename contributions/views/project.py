"""The contributions to one project, and asking for one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from catalog.guides import drafts
from catalog.guiding import guide_of
from catalog.models import Project
from catalog.views.access import visible_project
from catalog.views.frame import project_page
from contributions import actions
from contributions.errors import NotAllowed, NotNow
from contributions.forms import ProposeForm
from contributions.models import Request
from contributions.querysets import RequestQuerySet
from people.models import User
from search.paging import page_of

PAGE = 25
ALIKE = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that sets one filter and keeps the others."""

    label: str
    url: str
    on: bool
    count: int | None = None


@require_GET
@visible_project
def of_project(request: HttpRequest, project: Project) -> HttpResponse:
    requests = Request.objects.filter(project=project)
    open_count, total = requests.open().count(), requests.count()
    state = request.GET.get("state", "open")
    kind = request.GET.get("kind", "")
    found = chosen(requests, state=state, kind=kind).for_rows()
    context = {
        "page": page_of(found, request.GET.get("page"), size=PAGE),
        "states": [
            choice("Open", {"state": "", "kind": kind}, on=state == "open", count=open_count),
            choice("Closed", {"state": "closed", "kind": kind}, on=state == "closed", count=total - open_count),
            choice("All", {"state": "all", "kind": kind}, on=state == "all", count=total),
        ],
        "kinds": Request.Kind.choices,
        "state": state,
        "kind": kind,
        "total": total,
    }
    return project_page(
        request, "contributions/of_project.html", project, current="contributions", context=context
    )


def chosen(requests: RequestQuerySet, *, state: str, kind: str) -> RequestQuerySet:
    """Open ones first by how long they wait, closed ones by when they were closed."""
    if kind in Request.Kind.values:
        requests = requests.filter(kind=kind)
    if state == "closed":
        return requests.closed().order_by("-closed_at", "-pk")
    return requests if state == "all" else requests.waiting_longest()


def choice(label: str, filters: dict[str, str], *, on: bool, count: int | None = None) -> Choice:
    return Choice(label, "?" + urlencode({name: value for name, value in filters.items() if value}), on, count)


@require_http_methods(["GET", "POST"])
@login_required
@visible_project
def new(request: HttpRequest, project: Project) -> HttpResponse:
    form = ProposeForm(request.POST or None, initial=drafted(request, project))
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)  # noqa: S101 - the view asks for sign-in.
        try:
            made = propose(project, form, by=request.user)
        except (NotAllowed, NotNow) as refused:
            form.add_error(None, f"{refused.message} {refused.cure}")
        else:
            messages.success(request, "Your request is with the host team. You see its way here.")
            return redirect(made)
    context = {"form": form, "alike": Request.objects.filter(project=project).open().for_rows()[:ALIKE]}
    return project_page(
        request,
        "contributions/new.html",
        project,
        current="contributions",
        context=context,
        status=422 if form.errors else 200,
    )


def drafted(request: HttpRequest, project: Project) -> dict[str, str]:
    """What the form begins with when it was asked for with `?draft=`: a section that the project lacks.

    Nothing for those whom its gaps do not concern; whoever asks may change every word.
    """
    key = request.GET.get("draft", "")
    found = guide_of(project) if key and request.method == "GET" else None
    if found is None or not found.may_be_cared_for_by(request.user):
        return {}
    draft = drafts.named(found.drafts, key)
    if draft is None:
        return {}
    title, what, why = drafts.request_words(draft, here=[guide.path for guide in found.guides])
    return {"title": title, "what": what, "why": why, "kind": Request.Kind.DOCS}


def propose(project: Project, form: ProposeForm, *, by: User) -> Request:
    given = form.cleaned_data
    return actions.propose(
        project,
        given["title"],
        what=given["what"],
        why=given["why"],
        kind=given["kind"],
        does_it_myself=given["does_it_myself"],
        by=by,
        form_key=form.key,
    )
