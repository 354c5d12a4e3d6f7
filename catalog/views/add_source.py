"""Adding a source: choose its kind, say where it is, see what would come in, then add it."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from catalog.actions.discovery import request_look
from catalog.actions.looking import NothingFound, source_at
from catalog.actions.preview import preview
from catalog.actions.sources import keep_source, remembered
from catalog.kinds import KINDS, kind_of
from catalog.models import CodeHost, Secret
from catalog.source_forms import add_form
from catalog.views.curate import tabs
from catalog.views.sources import operators_only
from forge.connectors.places import place_of
from forge.errors import ForgeError
from people.models import Team
from people.requests import SignedInRequest

DRAFTS = "source_drafts"
MOST_DRAFTS = 3
FILTERS = ("topic", "take_archived", "take_forks", "private_listings")


@require_safe
@operators_only
def kinds(request: SignedInRequest) -> HttpResponse:
    context = {"tabs": tabs(reverse("catalog:sources"), request.user), "kinds": KINDS.items()}
    return render(request, "catalog/curate/add_source.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("token")
@operators_only
def add(request: SignedInRequest, kind: str) -> HttpResponse:
    """The form; "Connect" shows what would come in, "Add" stores the source and has it looked through."""
    if kind not in KINDS:
        raise Http404
    if "draft" in request.POST:
        return finish(request, kind)
    form = add_form(kind, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "status": 422 if form.is_bound else 200}
    if form.is_valid():
        context |= connect(request, kind, form.cleaned_data)
    return page(request, kind, **context)


def connect(request: SignedInRequest, kind: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        source = source_of(kind, wanted)
        if not source.token:
            source.token = token_of_before(request, source)
        found = preview(source)
    except ForgeError as error:
        problems = remembered(error.problems) if isinstance(error, NothingFound) else []
        return {"error": error, "problems": problems}
    return {"preview": found, "wanted": source, "draft": keep_draft(request, source), "status": 200}


def source_of(kind: str, wanted: dict[str, Any]) -> CodeHost:
    """Raises ForgeError."""
    source = source_at(wanted["address"], kind=kind, trusted=False)
    source.name = wanted["name"] or source.name
    source.default_team = wanted["team"]
    for field in FILTERS:
        if field in wanted:
            setattr(source, field, wanted[field])
    source.token = wanted.get("token") or Secret()
    return source


def token_of_before(request: SignedInRequest, source: CodeHost) -> Secret:
    """What was entered before this field was left empty; never for another host than it was entered for."""
    if not source.has_api:
        return Secret()
    known = CodeHost.objects.filter(address=source.address).first()
    if known is not None:
        return known.token
    draft = request.session.get(DRAFTS, {}).get(request.POST.get("before", ""))
    if draft is None or place_of(draft["address"]).origin != place_of(source.address).origin:
        return Secret()
    return Secret(draft["token"])


def page(request: SignedInRequest, kind: str, *, status: int = 200, **context: Any) -> HttpResponse:
    about = {"tabs": tabs(reverse("catalog:sources"), request.user), "kind": kind, "about": kind_of(kind)}
    return render(request, "catalog/curate/connect_source.html", {**about, **context}, status=status)


# ---------------------------------------------------------------- between "Connect" and "Add"
def keep_draft(request: SignedInRequest, source: CodeHost) -> str:
    """What was typed in waits in the session, the token encrypted as it is everywhere."""
    name = secrets.token_urlsafe(9)
    drafts = dict(list(request.session.get(DRAFTS, {}).items())[1 - MOST_DRAFTS :])
    drafts[name] = {
        "kind": source.kind,
        "address": source.address,
        "name": source.name,
        "team": source.default_team_id,
        "token": source.token.cipher,
        **{field: getattr(source, field) for field in FILTERS},
    }
    request.session[DRAFTS] = drafts
    return name


def finish(request: SignedInRequest, kind: str) -> HttpResponse:
    drafts = request.session.get(DRAFTS, {})
    draft = drafts.pop(request.POST.get("draft", ""), None)
    if draft is None or draft["kind"] != kind:
        messages.warning(request, "That was added already, or is too long ago. Connect again to see it.")
        return redirect("catalog:add-source", kind)
    request.session[DRAFTS] = drafts
    try:
        wanted = source_at(draft["address"], kind=kind, trusted=False)
    except ForgeError as error:
        return page(request, kind, form=add_form(kind), error=error, status=422)
    wanted.name, wanted.token = draft["name"], Secret(draft["token"])
    wanted.default_team = Team.objects.filter(pk=draft["team"]).first()
    for field in FILTERS:
        setattr(wanted, field, draft[field])
    source = keep_source(wanted, by=request.user, name=draft["name"])
    request_look(source, by=request.user)
    messages.success(request, f"{source} was added. It is being looked through, then what is new is synced.")
    return redirect("catalog:sources")
