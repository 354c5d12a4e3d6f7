"""Why a project is synced when it is, in words. Pure, but for the settings."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from catalog import pace
from catalog.models import Project, RemoteHost

UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"))


def length(span: timedelta) -> str:
    """“12 days”, “1 hour”: whole units, the largest that fits, never less than a minute."""
    seconds = max(span.total_seconds(), 60)
    size, unit = next((size, unit) for size, unit in UNITS if seconds >= size)
    count = round(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def every(span: timedelta) -> str:
    """“every 15 minutes”, “once a day”."""
    words = length(span)
    return {"1 day": "once a day", "24 hours": "once a day", "1 hour": "every hour"}.get(words, f"every {words}")


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times in a row"


def why_then(project: Project, host: RemoteHost | None, now: datetime) -> str:
    """Why the next sync comes when it does, or does not come at all."""
    if project.sync_state == Project.SyncState.PARKED and project.next_sync_at is None:
        return why_parked(project)
    if not project.code_host.enabled:
        return "Its source is paused, so nothing is fetched from it."
    if project.sync_wanted_at:
        return f"{project.get_sync_reason_display()}."
    if host and host.rests(now):
        return f"{host} is left alone for a while."
    if host and host.is_down:
        return f"{host} is down; it is asked by one sync at a time until one succeeds."
    if project.sync_failures:
        return (
            f"It failed {times(project.sync_failures)}; each wait is twice as long as the one before, up to a day."
        )
    if project.sync_state in Project.SYNC_TROUBLE:
        return "The last sync failed, so it is tried again soon."
    if project.sync_finished_at is None:
        return "It was not read yet."
    return pace_of(project, now)


def why_parked(project: Project) -> str:
    if project.sync_failures:
        return f"It failed {times(project.sync_failures)}, so it is left alone until somebody asks for a sync."
    return "It is left alone until somebody asks for a sync."


def pace_of(project: Project, now: datetime) -> str:
    """“Quiet for 12 days: looked at once a day.”"""
    least = timedelta(seconds=settings.SYNC_INTERVAL_LEAST)
    most = timedelta(seconds=settings.SYNC_INTERVAL_MOST)
    moved = max((at for at in (project.moved_at, project.last_activity) if at), default=None)
    pause = every(pace.interval(moved, project.sync_finished_at or now, least=least, most=most))
    if moved is None:
        return f"Nothing has moved in it yet: looked at {pause}."
    rest = now - moved
    if rest < least:
        return f"It moved just now: looked at {pause}."
    return f"Quiet for {length(rest)}: looked at {pause}."


def why_not_now(project: Project, host: RemoteHost, now: datetime, *, busy: int) -> str:
    """What one that waits waits for. `busy`: syncs of its host under way."""
    if not project.code_host.enabled:
        return "Its source is paused"
    if project.next_sync_at and project.next_sync_at > now:
        return "Put off for a moment"
    if host.name and host.rests(now):
        return f"{host} is left alone"
    if host.name and not host.room(busy=busy, now=now, usual=settings.HOST_CONNECTIONS):
        return f"All connections of {host} are in use"
    if project.sync_lane == Project.Lane.LONG:
        return "The next free worker for long syncs"
    return "The next free worker"
