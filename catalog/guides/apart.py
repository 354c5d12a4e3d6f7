"""Rendering in a process of its own, because native code cannot be interrupted and memory cannot be given back.

`python -m catalog.guides.apart` reads one JSON object from its input and writes one to its output.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.guides.finish import TocEntry
from catalog.guides.links import Place

if TYPE_CHECKING:
    from catalog.guides.render import Rendered

SECONDS = 10
MEMORY = 1024**3
LARGEST_RESULT = 16 * 1024 * 1024
ROOT = Path(__file__).parents[2]


def render(text: str, place: Place, note: str) -> Rendered | None:
    """What `render_here` makes of it, or None when that takes too long, too much memory, or dies."""
    from catalog.guides.render import Rendered

    order = json.dumps({"text": text, "place": asdict(place), "note": note})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "catalog.guides.apart"],
            input=order.encode("utf-8", "surrogatepass"),
            capture_output=True,
            cwd=ROOT,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            timeout=SECONDS,
            check=True,
        )
        result = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    toc = tuple(TocEntry(**entry) for entry in result.pop("toc"))
    return Rendered(**result, toc=toc)


def main() -> None:
    """The other side. Its limits are set before it has read a single byte of strangers."""
    from catalog.guides.render import render_here

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_RESULT, LARGEST_RESULT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    order = json.loads(sys.stdin.buffer.read())
    rendered = render_here(order["text"], Place(**order["place"]), order["note"])
    sys.stdout.write(json.dumps(asdict(rendered)))


if __name__ == "__main__":
    main()
