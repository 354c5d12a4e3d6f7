"""The three processes of an installation, each as an argument list: the same ones everywhere."""

from __future__ import annotations

import sys
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
    return [
        str(BIN / "celery"),
        *("-A", "portal", "worker"),
        *("--concurrency", str(settings.WORKER_PROCESSES)),
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


ALL = {"web": web, "worker": worker, "beat": beat}
