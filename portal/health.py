"""Is the process alive, can it be used, and what are its workers doing?"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

import search.index
from catalog.leases import has_room_on_disk
from portal.celery import app

BEAT_KEY = "innersource-portal:beat"
BEAT_SILENCE = timedelta(minutes=3)
QUEUES = (settings.CELERY_TASK_DEFAULT_QUEUE, *settings.SYNC_QUEUES.values())
DISK_LOW = 1 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the installation: usable or not, what was seen, and what to do about it."""

    name: str
    usable: bool
    detail: str
    cure: str = ""


def broker() -> redis.Redis:
    url = settings.REDIS_URL
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2)


def check_database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        return Part("database", False, type(error).__name__, "Check DATABASE_URL and that the server runs.")
    return Part("database", True, connection.vendor)


def check_broker() -> Part:
    try:
        with broker() as client:
            start = time.perf_counter()
            client.ping()
    except redis.RedisError as error:
        return Part("broker", False, type(error).__name__, "Check REDIS_URL and that the server runs.")
    return Part("broker", True, f"answers in {(time.perf_counter() - start) * 1000:.1f} ms")


def check_index() -> Part:
    state = search.index.ready()
    return Part("index", state.usable, state.detail, "" if state.usable else "Run manage.py rebuild_index.")


def check_worker() -> Part:
    """Whether every queue has somebody who takes from it; one answer of a worker says nothing about the other."""
    cure = "Start what is missing: manage.py serve worker, and manage.py serve long-worker."
    try:
        answers = app.control.inspect(timeout=1).active_queues() or {}
    except Exception as error:
        return Part("worker", False, type(error).__name__, cure)
    taken = {queue["name"] for queues in answers.values() for queue in queues}
    idle = [name for name in QUEUES if name not in taken]
    names = ", ".join(sorted(answers)) or "no worker answers"
    if idle:
        return Part("worker", False, f"{names}; nobody takes from {', '.join(idle)}", cure)
    return Part("worker", True, names)


def note_beat() -> None:
    with broker() as client:
        client.set(BEAT_KEY, timezone.now().timestamp())


def check_beat() -> Part:
    cure = "Start beat: celery -A portal beat."
    try:
        with broker() as client:
            seen = client.get(BEAT_KEY)
    except redis.RedisError as error:
        return Part("beat", False, type(error).__name__, cure)
    if seen is None:
        return Part("beat", False, "not seen yet", cure)
    last = datetime.fromtimestamp(float(seen), tz=UTC)
    return Part("beat", timezone.now() - last < BEAT_SILENCE, f"last seen {last:%Y-%m-%d %H:%M:%S} UTC", cure)


def check_queues() -> Part:
    try:
        with broker() as client:
            waiting = {name: client.llen(settings.BROKER_PREFIX + name) for name in QUEUES}
    except redis.RedisError as error:
        return Part("queues", False, type(error).__name__, "Check the broker first.")
    return Part("queues", True, ", ".join(f"{name}: {count} waiting" for name, count in waiting.items()))


def check_disk() -> Part:
    usage = shutil.disk_usage(settings.VAR)
    free = f"{usage.free / (1 << 30):.1f} GiB free of {usage.total / (1 << 30):.0f} GiB"
    if not has_room_on_disk():
        free += ", so no sync begins"
    usable = usage.free > DISK_LOW and has_room_on_disk()
    return Part("disk", usable, free, "Make room below VAR: syncs wait while less than DISK_RESERVE is free.")


def everything() -> list[Part]:
    """For the operators' page; takes up to a second while it waits for workers."""
    checks = (check_database, check_broker, check_index, check_worker, check_beat, check_queues, check_disk)
    return [check() for check in checks]


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, broker and index can be used; 503 names the part that cannot."""
    parts = [check_database(), check_broker(), check_index()]
    usable = all(part.usable for part in parts)
    body = {
        "status": "ready" if usable else "not ready",
        "parts": {p.name: p.detail if p.usable else f"unusable: {p.detail}" for p in parts},
    }
    return JsonResponse(body, status=200 if usable else 503)
