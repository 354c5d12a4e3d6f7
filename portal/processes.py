"""The processes of an installation, each as an argument list: the same ones everywhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

BIN = Path(sys.executable).parent


def web() -> list[str]:
    return [
        str(BIN / "granian"),
        *("--interface", "asginl"),
        *("--host", settings.HOST),
        *("--port", str(settings.PORT)),
        *("--workers", str(settings.WEB_PROCESSES)),
        *("--log-level", "warning"),
        "--no-ws",
        "portal.asgi:application",
    ]


def worker() -> list[str]:
    """Everything but the long syncs."""
    queues = (settings.CELERY_TASK_DEFAULT_QUEUE, settings.SYNC_QUEUES["quick"])
    return celery_worker("worker", queues=queues, processes=settings.WORKER_PROCESSES)


def long_worker() -> list[str]:
    """Long syncs only, so that none of them keeps anything else waiting."""
    return celery_worker("long", queues=(settings.SYNC_QUEUES["long"],), processes=settings.LONG_WORKER_PROCESSES)


def celery_worker(name: str, *, queues: Sequence[str], processes: int) -> list[str]:
    return [
        str(BIN / "celery"),
        *("-A", "portal", "worker"),
        *("--hostname", f"{name}@%h"),
        *("--queues", ",".join(queues)),
        *("--concurrency", str(processes)),
        *("--loglevel", "info"),
        # Workers of one portal need not know of each other, and asking costs three seconds at each start.
        "--without-mingle",
        "--without-gossip",
    ]


def beat() -> list[str]:
    return [
        str(BIN / "celery"),
        *("-A", "portal", "beat"),
        *("--loglevel", "warning"),
        *("--schedule", str(settings.VAR / "beat")),
        *("--pidfile", ""),
    ]


ALL = {"web": web, "worker": worker, "long-worker": long_worker, "beat": beat}
