"""Operators' page: the hosts at work and all syncs that run, wait, failed or ended, and what to try again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from catalog.actions.syncing import may_operate, set_connections, try_again, try_host
from catalog.forms import ConnectionsForm, WatchForm
from catalog.leases import has_room_on_disk
from catalog.models import Project, RemoteHost, SyncRun
from catalog.querysets import ProjectQuerySet, sees_everything
from catalog.reasons import why_not_now
from catalog.views.curate import next_page, only, tabs
from catalog.views.parts import wants_part
from catalog.watching import HostAtWork, Numbers, codes, hosts_at_work, numbers
from people.requests import SignedInRequest
from search.paging import page_of

PER_PAGE = 50
#: Ended runs that can be paged through; older ones stand in the history of their project.
LATEST = 1000
HOSTS_SHOWN = 8
#: Seconds between two looks while something runs or waits, and otherwise.
SOON, SELDOM = 2, 15
#: A look is taken at most for this part of the time, however large the catalog is.
PART = 0.1

operators_only = only(may_operate)


@dataclass(frozen=True, slots=True)
class Row:
    """A project that runs, waits or failed. `run` is its open run, None where nobody follows it."""

    project: Project
    run: SyncRun | None
    is_at_work: bool
    took: timedelta | None
    waits_for: str

    @property
    def worker(self) -> str:
        """The machine and process that is at it."""
        return self.project.lease_owner.rpartition(":")[0]


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
@vary_on_headers("HX-Request")
def syncs(request: SignedInRequest) -> HttpResponse:
    """The whole page, or for htmx what changes of it. What is to be tried again is posted to the same address."""
    began, now = time.perf_counter(), timezone.now()
    hosts = hosts_at_work(now)
    names = sorted((each.key, str(each.host)) for each in hosts)
    form = WatchForm(request.GET, hosts=names, codes=codes())
    if request.method == "POST":
        return again(request, form)
    page, unseen = shown(request, form, {each.host.name: each for each in hosts}, now)
    counts = numbers(hosts, now)
    all_hosts = request.GET.get("hosts") == "all"
    context = {
        "tabs": tabs(request.path, request.user),
        "form": form,
        "show": form.show,
        "shows": views(request, form, counts),
        "chips": chips(request, form, dict(names)),
        "page": page,
        "unseen": unseen,
        "numbers": counts,
        "hosts": hosts if all_hosts else hosts[:HOSTS_SHOWN],
        "more_hosts": 0 if all_hosts else max(0, len(hosts) - HOSTS_SHOWN),
        "has_room": has_room_on_disk(),
        "poll": max(SELDOM if counts.is_quiet else SOON, round((time.perf_counter() - began) / PART)),
    }
    return render(
        request, "catalog/curate/_syncs.html" if wants_part(request) else "catalog/curate/syncs.html", context
    )


# ---------------------------------------------------------------- the list
def chosen(form: WatchForm) -> ProjectQuerySet:
    """The projects of the list that is shown, whoever may know of them."""
    projects = Project.objects.all()
    lists = {
        "running": projects.at_work().order_by("leased_at", "pk"),
        "waiting": projects.waiting(),
        "failed": projects.filter(sync_state=Project.SyncState.FAILED).order_by("-sync_finished_at", "pk"),
        "parked": projects.filter(sync_state=Project.SyncState.PARKED).order_by("-sync_finished_at", "pk"),
    }
    return form.of(lists.get(form.show, projects.none()))


def shown(
    request: SignedInRequest, form: WatchForm, hosts: dict[str, HostAtWork], now: datetime
) -> tuple[Page[Any], int]:
    """One page of the list, and how many more there are of which this person may not know.

    Operators count everything, but names of listings reach only those who may know of them.
    """
    number = request.GET.get("page")
    if form.show == "recent":
        runs = form.of_runs(SyncRun.objects.filter(state__in=SyncRun.ENDED))
        if not sees_everything(request.user):
            runs = runs.filter(project__in=Project.objects.visible_to(request.user))
        runs = runs.order_by("-finished_at", "-pk").select_related("project", "requested_by")
        return page_of(runs[:LATEST], number, size=PER_PAGE), 0
    found = chosen(form)
    visible = found & Project.objects.visible_to(request.user)
    page = page_of(visible.for_watching(), number, size=PER_PAGE)
    page.object_list = [row_of(project, hosts.get(project.remote_host), now) for project in page]
    is_all = sees_everything(request.user) or "q" in form.wanted
    return page, 0 if is_all else found.count() - page.paginator.count


def row_of(project: Project, at: HostAtWork | None, now: datetime) -> Row:
    host = at.host if at else RemoteHost(name=project.remote_host)
    run = next(iter(project.open_runs), None)  # type: ignore[attr-defined]
    return Row(
        project,
        run,
        is_at_work=project.lease_until is not None and project.lease_until > now,
        took=now - project.leased_at if project.leased_at else None,
        waits_for=why_not_now(project, host, now, busy=at.running if at else 0),
    )


# ---------------------------------------------------------------- the address
def address(request: HttpRequest, **changed: str | None) -> str:
    """This page with other parts in its address; None takes a part away."""
    query = request.GET.copy()
    for name, given in {"page": None, **changed}.items():
        query.pop(name, None)
        if given:
            query[name] = given
    return f"{request.path}?{query.urlencode()}" if query else request.path


def views(request: HttpRequest, form: WatchForm, counts: Numbers) -> list[dict[str, object]]:
    """The lists that can be shown, each with what of the filters says something about it."""
    found = []
    for key, label in WatchForm.SHOWS.items():
        useless = dict.fromkeys(WatchForm.USELESS[key])
        url = address(request, **useless, show=None if key == "running" else key)
        count = 0 if form.wanted else getattr(counts, key, 0)
        found.append({"label": label, "url": url, "count": count, "current": key == form.show})
    return found


def chips(request: HttpRequest, form: WatchForm, hosts: dict[str, str]) -> list[dict[str, str]]:
    words = {"host": hosts, "lane": dict(Project.Lane.choices)}
    return [
        {
            "name": str(form.fields[name].label or name.title()),
            "value": str(words.get(name, {}).get(given, given)),
            "url": address(request, **{name: None}),
        }
        for name, given in form.wanted.items()
    ]


# ---------------------------------------------------------------- what is done here
def again(request: SignedInRequest, form: WatchForm) -> HttpResponse:
    """Try one project again, or all that the address asks for once that was confirmed."""
    back = request.get_full_path()
    projects = chosen(form)
    visible = Project.objects.visible_to(request.user)
    slug = request.POST.get("project", "")
    if slug:
        projects = visible.filter(slug=slug)
    elif "q" in form.wanted:
        # What matches a name tells of the name.
        projects &= visible
    if not slug and not request.POST.get("confirmed"):
        return ask(request, projects, back)
    count = try_again(projects, by=request.user)
    if count:
        messages.success(request, f"{projects_of(count)} tried again, as their hosts have room.")
    else:
        messages.info(request, "There is nothing to try again: it was tried meanwhile, or its source is paused.")
    return redirect(back)


def ask(request: SignedInRequest, projects: ProjectQuerySet, back: str) -> HttpResponse:
    text = f"{projects_of(projects.count())} tried again, a few at a time at each code host."
    question = {"title": "Try all of them again?", "text": text, "yes": "Try again", "back": back}
    return render(request, "catalog/confirm.html", question)


def projects_of(count: int) -> str:
    return "1 project is" if count == 1 else f"{count} projects are"


@require_POST
@operators_only
def ask_host(request: SignedInRequest) -> HttpResponse:
    """End a host's pause; as long as it is down, one sync goes ahead of the others."""
    host = get_object_or_404(RemoteHost, name=request.POST.get("host", ""))
    try_host(host, by=request.user)
    messages.success(request, f"{host} is asked again now.")
    return redirect(back_of(request))


@require_POST
@operators_only
def connections(request: SignedInRequest) -> HttpResponse:
    """How many syncs a host gets at the same time."""
    form = ConnectionsForm(request.POST)
    name = request.POST.get("host", "")
    if not name or not Project.objects.filter(remote_host=name).exists():
        messages.warning(request, "No project is fetched from there any more.")
    elif not form.is_valid():
        messages.error(request, "Give a number from 1 to 100, or nothing for the usual one.")
    else:
        count = form.cleaned_data["connections"]
        set_connections(name, count, by=request.user)
        messages.success(request, f"{name} gets {count or 'the usual number of'} syncs at the same time.")
    return redirect(back_of(request))


def back_of(request: SignedInRequest) -> str:
    return next_page(request) if request.POST.get("next") else reverse("catalog:syncs")
