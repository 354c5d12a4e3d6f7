"""Looking through known sources again and again: when, by whom, how far it is, and what comes of it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from catalog import broker, pace
from catalog.actions.following import ask_about
from catalog.actions.items import refresh_items
from catalog.actions.looking import Look, NothingFound, asking, look_through
from catalog.actions.sources import Intake, may_add_sources, remembered, take_in
from catalog.actions.syncing import request_syncs
from catalog.answers import forget_old
from catalog.models import CodeHost, Project, RemoteHost
from forge.errors import ForgeError
from people.models import User

log = logging.getLogger(__name__)

#: A look that says nothing for so long is taken for dead; one request may take a minute.
SILENCE = timedelta(minutes=10)
#: How often it tells how far it is, in seconds.
TELL_EVERY = 1.0
#: Vanished repositories that one look asks about, one request each.
MAX_ASKED = 200
FIRST_WAIT = timedelta(minutes=15)

INTERNAL = {
    "error_code": "internal",
    "error_message": "Something went wrong in the portal itself while this source was read.",
    "error_cure": "It is tried again. If it stays, an operator finds the reason in the log.",
}


class Overtaken(Exception):
    """This look was taken for dead, and another one has begun."""


@dataclass(slots=True)
class Telling:
    """A look that is under way: it holds the source, and says how far it is."""

    code_host: CodeHost
    since: datetime
    told: float = 0.0

    def count(self, found: int) -> None:
        self.tell("reading the list", look_count=found)

    def written(self, done: int) -> None:
        self.tell("writing")

    def tell(self, phase: str, **more: Any) -> None:
        """At most once a second. Raises Overtaken."""
        if time.monotonic() - self.told < TELL_EVERY:
            return
        self.told = time.monotonic()
        host = self.code_host
        limits = {name: getattr(host, name) for name in ("api_limit", "api_remaining", "api_reset_at")}
        until = timezone.now() + SILENCE
        if not self.rows().update(looking_until=until, look_phase=phase, **limits, **more):
            raise Overtaken

    def rows(self) -> Any:
        return CodeHost.objects.filter(pk=self.code_host.pk, looking_since=self.since)


# ---------------------------------------------------------------- when
def request_look(code_host: CodeHost, *, by: User) -> None:
    """Look through a source as soon as a worker is free; asking twice makes one. Raises PermissionDenied."""
    if not may_add_sources(by):
        raise PermissionDenied("Only an operator looks through sources.")
    with transaction.atomic():
        CodeHost.objects.filter(pk=code_host.pk).update(next_look_at=timezone.now())
        transaction.on_commit(lambda: hint(code_host.pk))


def hint(pk: int) -> None:
    broker.hint("catalog.tasks.look", pk)


def discover_due() -> None:
    """What beat does: wake a worker for each source whose time has come, and for those that are to be removed, or
    were paused or resumed and have projects that did not follow yet."""
    for pk in CodeHost.objects.due().values_list("pk", flat=True):
        hint(pk)
    for pk in CodeHost.objects.filter(removal=CodeHost.Removal.DELETE).values_list("pk", flat=True):
        broker.hint("catalog.tasks.remove_source", pk)
    for pk in CodeHost.objects.unsettled().values_list("pk", flat=True):
        broker.hint("catalog.tasks.settle", pk)


def look_if_due(pk: int) -> None:
    """What a worker does. A hint that comes twice, or too late, does nothing."""
    if CodeHost.objects.filter(looking_until__gt=timezone.now()).count() >= looks_at_once():
        return
    code_host = CodeHost.objects.due().filter(pk=pk).select_related("default_team").first()
    if code_host is None:
        return
    rediscover(code_host)
    following = CodeHost.objects.due().exclude(pk=pk).values_list("pk", flat=True).first()
    if following is not None:
        hint(following)


def looks_at_once() -> int:
    """One worker at least is left for everything else."""
    return max(1, settings.WORKER_PROCESSES - 1)


def rediscover(code_host: CodeHost) -> None:
    """Look through a known source now; whatever goes wrong becomes words beside it and stops no other."""
    if rests(code_host):
        return
    telling = claimed(code_host)
    if telling is None:
        return
    try:
        carry_out(telling)
    except Overtaken:
        log.info("The look through the source %s was taken over.", code_host.pk)


def rests(code_host: CodeHost) -> bool:
    """A host that wants to be left alone is, by looks as by syncs; the look comes when its pause is over."""
    if not code_host.has_api:
        return False
    host = RemoteHost.objects.filter(name__in=code_host.hosts, paused_until__gt=timezone.now()).first()
    if host is None or host.paused_until is None:
        return False
    CodeHost.objects.filter(pk=code_host.pk).update(next_look_at=host.paused_until)
    return True


def claimed(code_host: CodeHost) -> Telling | None:
    now = timezone.now()
    free = CodeHost.objects.filter(pk=code_host.pk).exclude(looking_until__gt=now)
    held = {"looking_since": now, "looking_until": now + SILENCE, "next_look_at": now}
    if not free.update(**held, look_phase="connecting", look_count=0):
        return None
    return Telling(code_host, now)


# ---------------------------------------------------------------- what
def carry_out(telling: Telling) -> None:
    code_host = telling.code_host
    error: ForgeError | None = None
    outcome: dict[str, Any] = {"error_code": "", "error_message": "", "error_cure": ""}
    try:
        error = discover(telling)
    except ForgeError as problem:
        error = problem
        if isinstance(problem, NothingFound):
            outcome["problems"] = remembered(problem.problems)
    except Overtaken:
        raise
    except Exception:
        log.exception("The source %s could not be looked through.", code_host.pk)
        outcome |= INTERNAL
    if error is not None:
        outcome |= {"error_code": error.code, "error_message": error.message, "error_cure": error.cure}
    outcome |= pause_after(code_host, error, failed=bool(outcome["error_code"]))
    # Somebody who wanted a look while this one was under way gets theirs.
    wanted = When(next_look_at__gt=telling.since, then=F("next_look_at"))
    outcome["next_look_at"] = Case(wanted, default=Value(outcome["next_look_at"]))
    limits = {name: getattr(code_host, name) for name in ("api_limit", "api_remaining", "api_reset_at")}
    telling.rows().update(looking_since=None, looking_until=None, look_phase="", **limits, **outcome)


def discover(telling: Telling) -> ForgeError | None:
    """What a look comes to: new projects are synced, known ones follow their host, vanished ones are asked about.

    Answers what the host broke off with, after what came before was taken in. Raises ForgeError, Overtaken.
    """
    code_host = telling.code_host
    look = look_through(code_host, tell=telling.count)
    telling.told = 0.0
    telling.tell("writing", look_count=len(look.candidates))
    intake = take_in(code_host, look, team=code_host.default_team, tell=telling.written)
    request_syncs(intake.new)
    if look.error is not None or not code_host.has_api:
        return look.error
    try:
        ask_the_host(telling, look, intake)
        forget_old(code_host)
    except ForgeError as error:
        # What was read before stands; the rest comes with the next look.
        return error
    return None


def ask_the_host(telling: Telling, look: Look, intake: Intake) -> None:
    """Questions about single projects: those that were not listed any more, then open issues and changes."""
    code_host = telling.code_host
    with asking(code_host) as connector:
        for project in missing(code_host, look):
            telling.tell("asking about what is missing")
            ask_about(connector, project)
        refresh_items(connector, code_host, changed=intake.changed, tell=telling.tell)


def missing(code_host: CodeHost, look: Look) -> list[Project]:
    """Projects that a complete look did not show, those first that were not asked about for longest."""
    if not look.complete:
        return []
    known = Project.objects.filter(code_host=code_host, gone_at=None).exclude(host_id="")
    order = (F("host_asked_at").asc(nulls_first=True), "pk")
    ids = [pk for pk, host_id in known.order_by(*order).values_list("pk", "host_id") if host_id not in look.seen]
    rows = Project.objects.select_related("code_host").in_bulk(ids[:MAX_ASKED])
    return [rows[pk] for pk in ids[:MAX_ASKED] if pk in rows]


def pause_after(code_host: CodeHost, error: ForgeError | None, *, failed: bool) -> dict[str, Any]:
    """When the next look comes. A host that limits our rate is left alone as a whole until it says."""
    now, usual = timezone.now(), code_host.pause_between_looks()
    if error is not None and error.retry_at is not None:
        pause_host(code_host, error, until=error.retry_at)
        # Not all sources of one host in the same second. What did not change since costs little to ask again.
        return {"next_look_at": error.retry_at + pace.jittered(timedelta(seconds=20)), "look_failures": 0}
    if failed:
        failures = min(code_host.look_failures + 1, 1000)
        wait = min(usual, pace.patience(failures, least=FIRST_WAIT))
        return {"next_look_at": now + pace.jittered(wait), "look_failures": failures}
    return {"next_look_at": now + pace.jittered(usual), "look_failures": 0}


def pause_host(code_host: CodeHost, error: ForgeError, *, until: datetime) -> None:
    said = {"code": error.code, "message": error.message, "cure": error.cure}
    for name in code_host.hosts:
        RemoteHost.objects.update_or_create(name=name, defaults={"paused_until": until, **said})
