"""The command in a process of its own, where nothing of the tests has been read before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

COUNT = (
    "from collections import Counter; from contributions.models import Credit, Request; "
    "print(sorted(Counter(Request.objects.values_list('state', flat=True))), Credit.objects.count())"
)


def run(folder: Path, *arguments: str) -> str:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, "VAR": str(folder / "var")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_company_comes_whole_without_a_broker_and_goes_again(tmp_path: Path) -> None:
    run(tmp_path, "migrate", "-v0")
    said = run(tmp_path, "demo")
    assert "Loaded the demo company: 40 people" in said
    assert "broker" not in said
    states = run(tmp_path, "shell", "-v0", "-c", COUNT)
    assert "'approved'" in states
    assert "'merged'" in states
    assert states.strip().endswith(" 10")
    assert "Removed the demo company" in run(tmp_path, "demo", "--remove")
