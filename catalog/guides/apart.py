"""Rendering in a process of its own, because native code cannot be interrupted and memory cannot be given back.

`python -m catalog.guides.apart` reads orders from its input and answers each on its output, a length before both.
Starting Python and docutils takes longer than most texts, so that process stays for a while and forks for each.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from catalog.guides import code
from catalog.guides import outline as symbols
from catalog.guides.finish import TocEntry
from catalog.guides.links import Place
from catalog.guides.outline import Symbol

if TYPE_CHECKING:
    from catalog.guides.render import Rendered

SECONDS = 10
MEMORY = 1024**3
LARGEST_RESULT = 16 * 1024 * 1024
#: Whom nobody asked for so many seconds ends.
IDLE = 300
ROOT = Path(__file__).parents[2]
#: A little of everything, written by us.
SAMPLES = {
    "a.md": "# T\n\n- *a* **b** `c` [d](e) ![f](g.png)\n\n```python\nx = 1\n```\n\n| a |\n| - |\n| b |\n\n> n\n",
    "a.adoc": "= T\n\n* a\n\nNOTE: b\n",
    "a.rst": """\
T
=

.. image:: a.png

.. note:: n

.. code-block:: python

   x = 1

.. contents::

.. _target: url

- *a* **b** ``c`` `d <e>`_ [1]_

1. f

:g: h

::

   i

=  =
j  k
=  =

.. [1] o
""",
}


class Gone(Exception):
    """The other side ended, or took too long and was ended."""


class Renderer:
    """Our end of such a process. For one thread at a time, and only in the process that made it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "catalog.guides.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )

    @property
    def is_ours(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, order: bytes, *, seconds: float) -> bytes:
        """The answer, empty when rendering failed. Raises Gone."""
        assert self.process.stdin and self.process.stdout  # noqa: S101
        deadline = time.monotonic() + seconds
        try:
            send(self.process.stdin, order)
            size = int.from_bytes(self.read(4, deadline), "big")
            return self.read(size, deadline)
        except OSError:
            raise Gone from None

    def read(self, size: int, deadline: float) -> bytes:
        assert self.process.stdout  # noqa: S101
        data, pipe = bytearray(), self.process.stdout.fileno()
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        while len(data) < size:
            ready = poll.poll(max(0, deadline - time.monotonic()) * 1000)
            piece = os.read(pipe, size - len(data)) if ready else b""
            if not piece:
                raise Gone
            data += piece
        return bytes(data)

    def end(self) -> None:
        """Ends the process and what it forked; in a fork of ours only our ends of its pipes are closed."""
        if self.owner == os.getpid():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()


class Shared:
    """One renderer for this process; whoever comes while it is busy gets one for once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.renderer: Renderer | None = None

    def ask(self, order: bytes) -> bytes:
        if not self.lock.acquire(blocking=False):
            return asked(Renderer(), order, keep=False)
        try:
            if self.renderer and not self.renderer.is_ours:
                self.end()
            self.renderer = self.renderer or Renderer()
            return asked(self.renderer, order, keep=True)
        except Gone:
            self.end()
            raise
        finally:
            self.lock.release()

    def end(self) -> None:
        if self.renderer:
            self.renderer.end()
        self.renderer = None

    def after_fork(self) -> None:
        """A lock that another thread held while we were forked would never be free again."""
        self.lock = threading.Lock()


shared = Shared()
atexit.register(shared.end)
os.register_at_fork(after_in_child=shared.after_fork)


def asked(renderer: Renderer, order: bytes, *, keep: bool) -> bytes:
    try:
        return renderer.ask(order, seconds=SECONDS)
    finally:
        if not keep:
            renderer.end()


def render(text: str, place: Place, note: str) -> Rendered | None:
    """What `render_here` makes of it, or None when that takes too long, too much memory, or dies."""
    from catalog.guides.render import Rendered

    result = done("markup", text=text, place=asdict(place), note=note)
    if result is None:
        return None
    toc = tuple(TocEntry(**entry) for entry in result.pop("toc"))
    return Rendered(**result, toc=toc)


def coloured_lines(text: str, path: str) -> tuple[str, ...] | None:
    """What `catalog.guides.code.coloured_lines` makes of it, or None when that takes too long or dies."""
    result = done("code", text=text, path=path)
    return None if result is None else tuple(result["lines"])


def outline(text: str, path: str) -> tuple[Symbol, ...] | None:
    """What `catalog.guides.outline.outline` finds, or None when that takes too long or dies."""
    result = done("outline", text=text, path=path)
    return None if result is None else tuple(Symbol(**symbol) for symbol in result["symbols"])


def done(work: str, **order: object) -> dict[str, Any] | None:
    """The result of one of WORKS; None when it could not be had within the limits."""
    try:
        answer = shared.ask(json.dumps({"work": work, **order}).encode("utf-8", "surrogatepass"))
        result: dict[str, Any] = json.loads(answer)
    except (OSError, Gone, ValueError):
        return None
    return result


# ---------------------------------------------------------------- the other side
def send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(4, "big") + data)
    pipe.flush()


def markup_work(text: str, place: dict[str, str], note: str) -> dict[str, Any]:
    from catalog.guides.render import render_here

    return asdict(render_here(text, Place(**place), note))


def code_work(text: str, path: str) -> dict[str, Any]:
    return {"lines": code.coloured_lines(text, path, seconds=SECONDS)}


def outline_work(text: str, path: str) -> dict[str, Any]:
    return {"symbols": [asdict(symbol) for symbol in symbols.outline(text, path)]}


WORKS: dict[str, Callable[..., dict[str, Any]]] = {
    "markup": markup_work,
    "code": code_work,
    "outline": outline_work,
}


def serve() -> None:
    """Fork for each order, with limits that are set before a single byte of strangers is looked at."""
    from catalog.guides.render import render_here

    # What the readers import and prepare when they are first used is done once here, and not in each fork.
    for name, text in SAMPLES.items():
        render_here(text, Place(path=name, link_base="/", image_base="/", prefix=""))
    gc.collect()
    gc.freeze()
    source = sys.stdin.buffer
    while select.select([source], [], [], IDLE)[0]:
        head = source.read(4)
        if len(head) < 4:
            return
        order = source.read(int.from_bytes(head, "big"))
        child = os.fork()
        if not child:
            answer(order)
        _, status = os.waitpid(child, 0)
        if status:
            send(sys.stdout.buffer, b"")


def answer(order: bytes) -> None:
    """In the fork, which ends here whatever happens."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        asked_for = json.loads(order)
        result = json.dumps(WORKS[asked_for.pop("work")](**asked_for)).encode()
        if len(result) <= LARGEST_RESULT:
            send(sys.stdout.buffer, result)
            os._exit(0)
    finally:
        os._exit(1)


if __name__ == "__main__":
    serve()
