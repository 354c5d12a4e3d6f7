"""Curators' pages: every listing in one table with bulk actions, what is newly discovered, and the history."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import history as past
from catalog.actions import curation
from catalog.actions.sources import may_add_sources
from catalog.forms import BulkForm, TableForm
from catalog.models import ListingChange, Project
from catalog.querysets import ProjectQuerySet
from people.models import User
from people.requests import SignedInRequest
from search.paging import page_of

PER_PAGE = 50
BATCHES_PER_PAGE = 20
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,120}")

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]
Route = Callable[..., HttpResponseBase]


def only(may: Callable[[User], bool]) -> Callable[[View[P]], Route]:
    """Signs strangers in; tells those who may not that the page is not theirs."""

    def guard(view: View[P]) -> Route:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


curators_only = only(lambda user: user.may_curate)


def tabs(current: str, user: User) -> list[dict[str, object]]:
    """The pages of curation that this person may open; one query, for the number that waits."""
    found: list[dict[str, object]] = []
    if user.may_curate:
        waiting = Project.objects.filter(listing=Project.Listing.DISCOVERED).count()
        found += [
            {"label": "All listings", "url": reverse("catalog:curate")},
            {"label": "Newly discovered", "url": reverse("catalog:curate-discovered"), "count": waiting},
            {"label": "History", "url": reverse("catalog:curate-history")},
        ]
    if may_add_sources(user):
        found.append({"label": "Sources", "url": reverse("catalog:sources")})
        found.append({"label": "Syncs", "url": reverse("catalog:syncs")})
    return [{**tab, "current": tab["url"] == current} for tab in found]


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def listings(request: SignedInRequest) -> HttpResponse:
    return table(request, Project.objects.all())


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def discovered(request: SignedInRequest) -> HttpResponse:
    """What came in and waits until somebody lists it."""
    return table(request, Project.objects.filter(listing=Project.Listing.DISCOVERED), is_queue=True)


def table(request: SignedInRequest, projects: ProjectQuerySet, *, is_queue: bool = False) -> HttpResponse:
    """The listings that the address asks for. A bulk action is posted to that same address."""
    # Both forms have a team and a lifecycle, so the ids of one of them differ.
    form, bulk = TableForm(request.GET), BulkForm(request.POST or None, auto_id="bulk_%s")
    found = form.of(projects)
    if request.method == "POST" and bulk.is_valid():
        act(request, selected(request, found), bulk)
        return redirect(request.get_full_path())
    context = {
        "tabs": tabs(request.path, request.user),
        "form": form,
        "bulk": bulk,
        "page": page_of(rows(found), request.GET.get("page"), size=PER_PAGE),
        "ticked": request.POST.getlist("project"),
        "is_queue": is_queue,
        "needs_curation": settings.NEW_LISTINGS_NEED_CURATION,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "catalog/curate/listings.html", context, status=status)


def rows(projects: ProjectQuerySet) -> ProjectQuerySet:
    """With what the table shows, and without what it does not."""
    return projects.for_rows().prefetch_related("visible_teams").defer("weekly_commits", "host_says", "motivation")


def selected(request: SignedInRequest, found: ProjectQuerySet) -> ProjectQuerySet:
    """The ticked rows, or everything that the filters leave."""
    if request.POST.get("all") == "on":
        return found
    slugs = [slug for slug in request.POST.getlist("project") if SLUG.fullmatch(slug)]
    return Project.objects.filter(slug__in=slugs)


def act(request: SignedInRequest, projects: ProjectQuerySet, bulk: BulkForm) -> None:
    # No listing succeeds itself.
    projects = projects.exclude(slug=bulk.successor_slug) if bulk.successor_slug else projects
    outcome = curation.curate(projects, bulk.changes(), by=request.user, note=bulk.cleaned_data["note"])
    if outcome.changed:
        text = f"{bulk.action_words}: {listings_of(outcome.changed)} changed."
        # The message comes with a button that undoes it, see components/messages.html.
        messages.success(request, text, extra_tags=f"undo:{outcome.batch}")
    elif outcome.left:
        messages.info(request, "Nothing to change: the selected listings are like that already.")
    else:
        messages.warning(
            request, "Nothing was selected. Tick the listings first, then choose what to do with them."
        )


def listings_of(count: int) -> str:
    return "1 listing" if count == 1 else f"{count} listings"


@require_safe
@curators_only
def history(request: SignedInRequest) -> HttpResponse:
    """Who changed what, when; each batch with its undo. `project` or `batch` in the address narrow it."""
    project = Project.objects.filter(slug=request.GET.get("project", "")).first()
    batch = batch_id(request.GET.get("batch", ""))
    changes = ListingChange.objects.all()
    changes = changes.filter(project=project) if project else changes
    changes = changes.filter(batch=batch) if batch else changes
    page = page_of(past.batches(changes), request.GET.get("page"), size=BATCHES_PER_PAGE)
    context = {
        "tabs": tabs(request.path, request.user),
        "page": page,
        "batches": past.read(page.object_list, changes, lines=past.ALL_LINES if batch else past.LINES),
        "project": project,
        "batch": batch,
    }
    return render(request, "catalog/curate/history.html", context)


def batch_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@require_POST
@curators_only
def undo(request: SignedInRequest, batch: uuid.UUID) -> HttpResponse:
    outcome = curation.undo(batch, by=request.user)
    if outcome.changed:
        messages.success(request, f"Undone: {listings_of(outcome.changed)} as before.")
    if outcome.left:
        messages.warning(request, left_alone(outcome.left))
    if not outcome.changed and not outcome.left:
        messages.info(request, "There was nothing left to undo.")
    return redirect(next_page(request))


def left_alone(count: int) -> str:
    changes = "1 change was" if count == 1 else f"{count} changes were"
    return f"{changes} left alone, because somebody changed the same again since."


def next_page(request: SignedInRequest) -> str:
    """Where the button stood; never another site, whatever the form says."""
    url = request.POST.get("next", "")
    # A text without a slash at its front would be taken for the name of a view.
    is_ours = url.startswith("/") and url.isprintable()
    is_ours = is_ours and url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else reverse("catalog:curate-history")
