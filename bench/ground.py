"""A ground of its own for a benchmark: a fresh folder for everything written, Django set up on it."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def prepare() -> Path:
    """Point VAR at a new folder and load Django; call it before importing anything of the portal.

    DATABASE_URL is respected, so the same program measures services mode; its database must be empty.
    """
    var = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    os.environ.update(VAR=str(var), DJANGO_SETTINGS_MODULE="portal.settings", LOG_LEVEL="ERROR")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    (var / "static").mkdir()
    call_command("migrate", verbosity=0, interactive=False)
    return var


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed; the largest of fewer than 20."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns for a terminal: the first to the left, figures to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells))
    return "\n".join(lines)
