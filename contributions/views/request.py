"""One request: its page, its steps, and the part that shows the branch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.views.access import moved
from catalog.views.diffs import lines_alone, remember_view
from catalog.views.parts import wants_part
from contributions import actions
from contributions.errors import NotAllowed, NotNow, Refused
from contributions.forms import StepForm
from contributions.lifecycle import Role
from contributions.markup import PLAIN, rendered
from contributions.models import Change, Event, Request
from contributions.next_step import next_step
from contributions.roles import roles
from contributions.views import step_pages
from contributions.views.change import panel, read_diff, wanted
from forge.errors import ForgeError
from people.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Request, P], HttpResponseBase]
Route = Callable[..., HttpResponseBase]

#: A page shows so many of the newest events; the earlier ones are behind a link.
EVENTS = 50


def visible_request(view: View[P]) -> Route:
    """Hands the view the Request that the URL names; 404 alike when it is unseen and when it is absent."""

    @wraps(view)
    def load(request: HttpRequest, slug: str, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = Request.objects.visible_to(request.user).for_rows().filter(pk=pk)
        found = visible.filter(project__slug=slug).first()
        if found is None:
            found = get_object_or_404(visible, project__former_slugs__slug=slug)
            return moved(request, slug, found.project.slug)
        return view(request, found, *args, **kwargs)

    return load


@require_GET
@visible_request
def show(request: HttpRequest, contribution: Request) -> HttpResponse:
    """The page, or the lines of one changed file as it comes into view."""
    change = getattr(contribution, "change", None)
    if change is not None and wants_part(request) and "file" in request.GET:
        return changed_lines(request, change)
    return remember_view(request, page(request, contribution))


def changed_lines(request: HttpRequest, change: Change) -> HttpResponse:
    revisions = list(change.revisions.all())
    try:
        diff = read_diff(request, change, wanted(request, revisions)) if revisions else None
    except ForgeError as error:
        raise Http404(error.message) from None
    answer = lines_alone(request, diff) if diff else None
    if answer is None:
        raise Http404("There is no such file in this change.")
    return answer


def page(
    request: HttpRequest,
    contribution: Request,
    *,
    refused: Refused | None = None,
    unsent: str = "",
    status: int = 200,
) -> HttpResponse:
    """The request's page; `refused` says why a step was not taken, `unsent` keeps what was written for it."""
    held = roles(contribution, request.user)
    offered = step_pages.offered(contribution, held, revision=newest_revision(contribution))
    following = next_step(contribution, held)
    events = timeline(contribution, page=request.GET.get("events", "1"))
    html = prose(contribution, events)
    context = {
        **branch_context(request, contribution, held),
        "project": contribution.project,
        "what": html.get(contribution.what, ""),
        "why": html.get(contribution.why, ""),
        "next": following,
        "primary": offered.pop(following.step, None) if following.step != "review" else None,
        "comment": offered.pop("comment", None),
        "review": offered.pop("review", None),
        "steps": offered.values(),
        "events": events.object_list[::-1],
        "events_page": events,
        "refused": refused,
        "unsent": unsent,
    }
    return render(request, "contributions/request.html", context, status=status)


def timeline(contribution: Request, *, page: str) -> Page[Event]:
    """One page of what happened, the newest events on the first."""
    newest = contribution.events.select_related("actor").order_by("-at", "-pk")
    return Paginator(newest, EVENTS).get_page(page)


def prose(contribution: Request, events: Iterable[Event]) -> dict[str, SafeString]:
    """The texts of the page as HTML; those of events are set on them, too."""
    noted = [event for event in events if event.verb not in PLAIN]
    texts = [contribution.what, contribution.why, *(event.note for event in noted)]
    html = rendered(texts, contribution.project)
    for event in noted:
        event.html = html.get(event.note, "")  # type: ignore[attr-defined]
    return html


def branch_context(request: HttpRequest, contribution: Request, held: frozenset[Role]) -> dict[str, object]:
    """What the part with the branch needs, on the page and by itself."""
    change = getattr(contribution, "change", None)
    may_fetch = change is not None and change.may_grow and bool(held & {Role.CONTRIBUTOR, Role.MAINTAINER})
    found = panel(request, change)
    return {
        "contribution": contribution,
        "panel": found,
        "may_fetch": may_fetch,
    }


def newest_revision(contribution: Request) -> int | None:
    change = getattr(contribution, "change", None)
    latest = change.latest if change else None
    return latest.number if latest else None


@require_GET
@visible_request
def change(request: HttpRequest, contribution: Request) -> HttpResponse:
    """The part with the branch, polled while it is being fetched; what follows from it needs the whole page."""
    found = getattr(contribution, "change", None)
    if found is None or not found.is_fetching:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = branch_context(request, contribution, roles(contribution, request.user))
    return render(request, "contributions/_change.html", context)


@require_POST
@login_required
@visible_request
def fetch(request: HttpRequest, contribution: Request) -> HttpResponse:
    """Look at the branch now."""
    found = getattr(contribution, "change", None)
    if not roles(contribution, request.user) & {Role.CONTRIBUTOR, Role.MAINTAINER}:
        raise PermissionDenied
    if found and found.may_grow:
        actions.fetch_again(found)
    return redirect(f"{contribution.get_absolute_url()}#change")


@require_http_methods(["GET", "POST"])
@login_required
@visible_request
def step(request: HttpRequest, contribution: Request, name: str) -> HttpResponse:
    """One step: its question on a page of its own, and the deed."""
    found = step_pages.BY_NAME.get(name)
    if found is None:
        raise Http404
    if request.method == "GET":
        return ask(request, contribution, found)
    form = found.form(request.POST, step=found)
    return take(request, contribution, form)


def ask(request: HttpRequest, contribution: Request, found: step_pages.StepPage) -> HttpResponse:
    held = roles(contribution, request.user)
    offered = step_pages.offered(contribution, held, revision=newest_revision(contribution))
    if found.name not in offered:
        return redirect(contribution)
    return step_page(request, contribution, offered[found.name].form, status=200)


def take(request: HttpRequest, contribution: Request, form: StepForm) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101 - the view asks for sign-in.
    try:
        event = form.act(contribution, by=request.user) if form.is_valid() else None
    except (NotAllowed, NotNow) as refused:
        current = Request.objects.for_rows().get(pk=contribution.pk)
        unsent = form.cleaned_data.get("note") or form.cleaned_data.get("body") or ""
        status = 403 if isinstance(refused, NotAllowed) else 409
        return page(request, current, refused=refused, unsent=unsent, status=status)
    if event is None:
        return step_page(request, contribution, form, status=422)
    messages.success(request, f"You {event.get_verb_display()}.")
    return redirect(contribution)


def step_page(request: HttpRequest, contribution: Request, form: StepForm, *, status: int) -> HttpResponse:
    context = {"contribution": contribution, "project": contribution.project, "form": form, "step": form.step}
    return render(request, "contributions/step.html", context, status=status)
