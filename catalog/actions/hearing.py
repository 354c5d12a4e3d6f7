"""What a code host tells of a repository by itself, long before a sync or a look would find it.

A delivery says that something happened, and to which repository. What is true now is asked of the host.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from catalog import broker
from catalog.actions.discovery import pause_host
from catalog.actions.following import RESTRICTED, ask_about
from catalog.actions.items import read_items
from catalog.actions.looking import asking
from catalog.actions.syncing import bring_forward
from catalog.models import CodeHost, Project, RemoteHost
from forge.connectors.webhooks import Delivery
from forge.errors import ForgeError

log = logging.getLogger(__name__)

#: A host is asked about one project at most so often, however much it tells of it.
ASKED_APART = timedelta(seconds=10)
#: A source is looked through at most so often, however many new repositories it tells of.
LOOKS_APART = timedelta(minutes=1)


def project_of(code_host: CodeHost, delivery: Delivery) -> Project | None:
    """Which project of this source a delivery is about: by the host's own number, and by its path where one of
    the two is without. One query, always. The addresses that a delivery brings are not looked at."""
    known = Q(host_id=delivery.host_id)
    unnumbered = Q(path=delivery.path, host_id="")
    rule = known | unnumbered if delivery.host_id else Q(path=delivery.path)
    return Project.objects.filter(rule, code_host=code_host).order_by("-host_id").first()


def must_ask(project: Project | None, delivery: Delivery) -> bool:
    """Whether the host has to be asked what is true now. A push is found by the sync that it brings forward."""
    if project is None:
        return False
    return delivery.what in ("repository", "change", "issue") or project.gone_at is not None


def hear(code_host: CodeHost, project: Project | None, delivery: Delivery) -> None:
    """What follows at once, in one update or none. Needs a transaction.

    A repository that is not listed here may be new: its source is looked through.
    """
    if project is None:
        if delivery.what == "repository":
            look_soon(code_host)
    elif delivery.action == "privatized":
        hide(project, code_host)
    elif delivery.what == "push" and project.gone_at is None:
        bring_forward(project)


def hide(project: Project, code_host: CodeHost) -> None:
    """Hidden at its host, hidden here in the same moment. Opening it again is a curator's decision."""
    fields = {} if code_host.private_listings == CodeHost.Private.SHOW else RESTRICTED
    Project.objects.filter(pk=project.pk).update(host_visibility="private", **fields)


def look_soon(code_host: CodeHost) -> None:
    """A look that is under way goes on, and is followed by another one."""
    now = timezone.now()
    rested = When(discovered_at__gt=now - LOOKS_APART, then=F("discovered_at") + LOOKS_APART)
    soon = Case(rested, default=Value(now), output_field=DateTimeField())
    under_way = When(looking_until__gt=now, then=soon)
    CodeHost.objects.filter(pk=code_host.pk).update(
        next_look_at=Case(under_way, default=Least(F("next_look_at"), soon), output_field=DateTimeField())
    )
    transaction.on_commit(lambda: broker.hint("catalog.tasks.look", code_host.pk) and None)


# ---------------------------------------------------------------- in a worker
def ask(pk: int, *, items: bool) -> bool:
    """Ask the host about one project, its open issues and changes instead where `items` says so.

    Whether that is done with: False means later, because somebody asked a moment ago or the host cannot now.
    """
    project = Project.objects.filter(pk=pk, code_host__enabled=True).select_related("code_host").first()
    if project is None or not project.code_host.has_api:
        return True
    if not project.host_id:
        # A look gives it its number.
        look_soon(project.code_host)
        return True
    return not rests(project.code_host) and begins(project, items=items) and answered(project, items=items)


def rests(code_host: CodeHost) -> bool:
    return RemoteHost.objects.filter(name__in=code_host.hosts, paused_until__gt=timezone.now()).exists()


def resting() -> list[int]:
    """The sources that cannot be asked now. Two queries, one when no host rests."""
    paused = set(RemoteHost.objects.filter(paused_until__gt=timezone.now()).values_list("name", flat=True))
    known = CodeHost.objects.values_list("pk", "hosts") if paused else ()
    return [pk for pk, hosts in known if not paused.isdisjoint(hosts)]


def begins(project: Project, *, items: bool) -> bool:
    """Whether this worker may ask: one at a time, and not again at once. The two questions keep apart, so that
    talk about issues never puts off asking where a repository is."""
    now = timezone.now()
    column = "items_at" if items else "host_asked_at"
    rested = Q(**{column: None}) | Q(**{f"{column}__lte": now - ASKED_APART})
    return bool(Project.objects.filter(rested, pk=project.pk).update(**{column: now}))


def answered(project: Project, *, items: bool) -> bool:
    code_host = project.code_host
    try:
        with asking(code_host) as connector:
            if items:
                read_items(connector, code_host, project)
            else:
                ask_about(connector, project)
    except ForgeError as error:
        if items:
            # They were not read after all, and the next look must not take them for fresh.
            Project.objects.filter(pk=project.pk).update(items_at=project.items_at)
        if error.retry_at is not None:
            pause_host(code_host, error, until=error.retry_at)
        log.info("What the host told of %s could not be asked about: %s", project.slug, error.message)
        return False
    return True
