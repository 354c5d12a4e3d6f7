"""Curators' pages: every listing in one table with bulk actions, what is newly discovered, the history, the sources."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from catalog.actions import curation
from catalog.actions.sources import add_source, may_add_sources, rediscover
from catalog.actions.syncing import request_syncs
from catalog.forms import BulkForm, SourceForm, TableForm
from catalog.history import Batch, batches
from catalog.models import CodeHost, Project
from catalog.querysets import ProjectQuerySet
from forge.errors import ForgeError
from people.requests import SignedInRequest

PER_PAGE = 50
P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]
LACKS = {
    "owner": Q(owner_team__isnull=True),
    "summary": Q(summary=""),
    "sync": Q(sync_state=Project.SyncState.FAILED),
}


def curators_only(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Signs strangers in; tells everybody else that these pages are not theirs."""

    @login_required
    @wraps(view)
    def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.may_curate:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def tabs(current: str, user: Any) -> list[dict[str, Any]]:
    waiting = Project.objects.filter(listing=Project.Listing.DISCOVERED).count()
    found = [
        {"label": "All listings", "url": reverse("catalog:curate")},
        {"label": "Newly discovered", "url": reverse("catalog:curate-discovered"), "count": waiting},
        {"label": "History", "url": reverse("catalog:curate-history")},
    ]
    if may_add_sources(user):
        found.append({"label": "Sources", "url": reverse("catalog:sources")})
    return [{**tab, "current": tab["url"] == current} for tab in found]


@require_safe
@curators_only
def listings(request: SignedInRequest) -> HttpResponse:
    return table(request, Project.objects.all(), bulk=BulkForm())


@require_safe
@curators_only
def discovered(request: SignedInRequest) -> HttpResponse:
    """What came in and waits until somebody lists it."""
    return table(request, Project.objects.filter(listing=Project.Listing.DISCOVERED), bulk=BulkForm())


def table(
    request: SignedInRequest, projects: ProjectQuerySet, *, bulk: BulkForm, status: int = 200
) -> HttpResponse:
    form = TableForm(request.GET)
    found = narrowed(projects, form).for_rows()
    context = {
        "tabs": tabs(request.path, request.user),
        "form": form,
        "bulk": bulk,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "is_queue": request.path == reverse("catalog:curate-discovered"),
        "needs_curation": projects.exists() if request.GET else True,
    }
    return render(request, "catalog/curate/listings.html", context, status=status)


def narrowed(projects: ProjectQuerySet, form: TableForm) -> ProjectQuerySet:
    """The listings that the filters leave; a value that means nothing filters nothing."""
    form.is_valid()
    wanted = form.cleaned_data
    for name in ("listing", "visibility", "lifecycle"):
        if wanted.get(name):
            projects = projects.filter(**{name: wanted[name]})
    if wanted.get("team"):
        projects = projects.filter(owner_team=wanted["team"])
    if wanted.get("q"):
        projects = projects.filter(Q(name__icontains=wanted["q"]) | Q(summary__icontains=wanted["q"]))
    if wanted.get("lacks"):
        projects = projects.filter(LACKS[wanted["lacks"]])
    return projects.order_by(wanted.get("order") or "name", "pk")


@require_POST
@curators_only
def apply(request: SignedInRequest) -> HttpResponse:
    """A bulk action on the selected rows, or on all that the filters leave."""
    form = BulkForm(request.POST)
    back = safe_return(request.POST.get("back", ""))
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label or name.capitalize()}: {' '.join(errors)}")
        return redirect(back)
    projects = selected(request.POST, back)
    if not projects:
        messages.warning(
            request, "Nothing was selected. Tick the listings first, then choose what to do with them."
        )
        return redirect(back)
    outcome = curation.curate(projects, form.changes(), by=request.user, note=form.cleaned_data["note"])
    tell(request, outcome, dict(BulkForm.ACTIONS)[form.cleaned_data["action"]].removesuffix(" …"))
    return redirect(back)


def safe_return(url: str) -> str:
    """Only the two tables are a place to return to, whatever the form says."""
    path, _, query = url.partition("?")
    allowed = (reverse("catalog:curate"), reverse("catalog:curate-discovered"))
    return f"{path}?{query}" if path in allowed and query else path if path in allowed else allowed[0]


def selected(post: QueryDict, back: str) -> ProjectQuerySet:
    if post.get("all") == "on":
        path, _, query = back.partition("?")
        base = Project.objects.all()
        if path == reverse("catalog:curate-discovered"):
            base = base.filter(listing=Project.Listing.DISCOVERED)
        return narrowed(base, TableForm(QueryDict(query)))
    return Project.objects.filter(pk__in=[key for key in post.getlist("project") if key.isdecimal()])


def tell(request: HttpRequest, outcome: curation.Outcome, what: str) -> None:
    if not outcome.changed:
        messages.info(request, "Nothing to change: the selected listings already were so.")
        return
    plural = "" if outcome.changed == 1 else "s"
    text = f"{what}: {outcome.changed} listing{plural} changed. The history can undo it."
    messages.success(request, text, extra_tags=f"undo:{outcome.batch}")


@require_safe
@curators_only
def history(request: SignedInRequest) -> HttpResponse:
    """Who changed what, when; each batch with its undo."""
    project = request.GET.get("project", "")
    page: Any = Paginator(batches(project=project), PER_PAGE // 2).get_page(request.GET.get("page"))
    page.object_list = Batch.load(page.object_list)
    context = {"tabs": tabs(request.path, request.user), "page": page, "project": project}
    return render(request, "catalog/curate/history.html", context)


@require_POST
@curators_only
def undo(request: SignedInRequest, batch: uuid.UUID) -> HttpResponse:
    outcome = curation.undo(batch, by=request.user)
    if outcome.changed:
        tell(request, outcome, "Undone")
    if outcome.left:
        messages.warning(
            request, f"{outcome.left} changes were left alone: somebody changed the same again since."
        )
    if not outcome.changed and not outcome.left:
        messages.info(request, "There was nothing left to undo.")
    return redirect("catalog:curate-history")


# ---------------------------------------------------------------- sources
def operators_only(view: View[P]) -> Callable[..., HttpResponseBase]:
    @login_required
    @wraps(view)
    def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_add_sources(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@operators_only
def sources(request: SignedInRequest) -> HttpResponse:
    """Where repositories come from; adding one looks through it and queues the first syncs."""
    form = SourceForm(request.POST or None)
    error: ForgeError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return take_in(request, form.cleaned_data)
        except ForgeError as problem:
            error = problem
    context = {
        "tabs": tabs(request.path, request.user),
        "form": form,
        "error": error,
        "sources": CodeHost.objects.counted().select_related("default_team", "added_by"),
    }
    return render(request, "catalog/curate/sources.html", context, status=422 if error else 200)


def take_in(request: SignedInRequest, wanted: dict[str, Any]) -> HttpResponse:
    intake = add_source(
        wanted["address"],
        kind=wanted["kind"] or None,
        team=wanted["team"],
        name=wanted["name"],
        by=request.user,
        trusted=False,
    )
    request_syncs(intake.new)
    new, known = len(intake.new), len(intake.known)
    messages.success(request, f"{intake.code_host}: {new} new, {known} known. Their first syncs are queued.")
    if intake.problems:
        messages.warning(
            request, f"{len(intake.problems)} entries could not be taken; they are listed with the source."
        )
    return redirect("catalog:sources")


@require_POST
@operators_only
def rescan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look through a source again, now."""
    code_host = CodeHost.objects.get(pk=pk)
    rediscover(code_host)
    code_host.refresh_from_db()
    if code_host.error_code:
        messages.error(request, f"{code_host.error_message} {code_host.error_cure}")
    else:
        messages.success(request, f"{code_host} was looked through; what is new is being synced.")
    return redirect("catalog:sources")
