"""A running git: an argument list, a process group of its own, limits of time and resources, and capped output.

The wall-clock limit ends the whole group. Which environment a git gets is for `forge.environment` to say.
"""

import contextlib
import math
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import IO, Self

from forge.diagnosis import diagnose
from forge.errors import ForgeError
from forge.limits import Limits, start, wait
from forge.progress import ProgressLines
from forge.types import Progress

CHUNK = 65536
SILENCE_TOLD = 5.0  # Seconds of silence after which the last progress is told again.
GRACE = 2.0  # Seconds between asking a group to end, so that git removes its locks, and killing it.


class Process:
    """A running git. Iterate `chunks()` for its output; leaving the `with` ends the whole process group."""

    def __init__(
        self,
        args: Sequence[str],
        *,
        env: Mapping[str, str],
        limits: Limits,
        stdin: bytes | IO[bytes] = b"",
        on_progress: Callable[[Progress], None] | None = None,
        hold: Sequence[int] = (),
    ) -> None:
        self.limits = limits
        self.pending = memoryview(stdin) if isinstance(stdin, bytes) else memoryview(b"")
        self.lines = ProgressLines(on_progress)
        self.received = 0
        self.deadline = time.monotonic() + limits.seconds
        try:
            self.popen = start(
                args,
                limits,
                env=dict(env),
                cwd="/",
                stdin=(subprocess.PIPE if stdin else subprocess.DEVNULL) if isinstance(stdin, bytes) else stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                pass_fds=hold,
            )
        except OSError as error:
            raise diagnose(str(error), returncode=-1) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def chunks(self) -> Iterator[bytes]:
        """Standard output as it comes. Feeds stdin and reads stderr meanwhile, so that neither side waits.

        Whoever hears of the progress hears of it again while git is silent, and may give it up.
        Raises ForgeError: timed_out, too_big.
        """
        heard = time.monotonic()
        with selectors.DefaultSelector() as selector:
            self._watch(selector)
            while selector.get_map():
                ready = selector.select(min(self._seconds_left(), self.limits.silence, SILENCE_TOLD))
                if ready:
                    heard = time.monotonic()
                else:
                    self._bear_silence(time.monotonic() - heard)
                for key, _ in ready:
                    data = self._serve(selector, key)
                    if data:
                        yield data
        self._wait(max(self._seconds_left(), 0.1))

    def _watch(self, selector: selectors.BaseSelector) -> None:
        for pipe in (self.popen.stdout, self.popen.stderr):
            assert pipe is not None  # noqa: S101
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, selectors.EVENT_READ)
        if self.popen.stdin is not None:
            os.set_blocking(self.popen.stdin.fileno(), False)
            selector.register(self.popen.stdin, selectors.EVENT_WRITE)

    def _serve(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> bytes:
        if key.fileobj is self.popen.stdin:
            self._feed(selector)
            return b""
        data = os.read(key.fd, CHUNK)
        if not data:
            selector.unregister(key.fileobj)
        if key.fileobj is self.popen.stderr:
            self.lines.feed(data)
            return b""
        self.received += len(data)
        if self.received > self.limits.output:
            raise ForgeError("too_big", what=f"more than {self.limits.output // 2**20} MB of output")
        return data

    def _feed(self, selector: selectors.BaseSelector) -> None:
        stdin = self.popen.stdin
        assert stdin is not None  # noqa: S101
        try:
            sent = os.write(stdin.fileno(), self.pending[:CHUNK]) if self.pending else 0
        except BrokenPipeError:
            self.pending = memoryview(b"")
            sent = 0
        self.pending = self.pending[sent:]
        if not self.pending:
            selector.unregister(stdin)
            with contextlib.suppress(BrokenPipeError):
                stdin.close()

    def _seconds_left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise ForgeError("timed_out", seconds=round(self.limits.seconds))
        return left

    def _bear_silence(self, seconds: float) -> None:
        self._seconds_left()
        if seconds >= self.limits.silence:
            raise ForgeError("timed_out", seconds=round(self.limits.silence))
        self.lines.parser.tell_again()

    def _wait(self, seconds: float) -> None:
        try:
            wait(self.popen, seconds)
        except subprocess.TimeoutExpired:
            raise ForgeError("timed_out", seconds=round(self.limits.seconds)) from None

    def end(self) -> None:
        """Ends what still runs, politely first, and closes every pipe."""
        for sign, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, math.inf)):
            if self.popen.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                wait(self.popen, patience)
        # A child that outlived git itself, such as a transport helper, is in the same group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def finish(self) -> None:
        """Waits for a process whose output goes to another one."""
        if self.popen.stdin is not None:
            self.popen.stdin.close()
        self._wait(max(self._seconds_left(), 0.1))
        if self.popen.stderr is not None:
            self.lines.feed(self.popen.stderr.read(CHUNK))

    def require(self, ok: Sequence[int], *, host: str = "") -> int:
        code = self.popen.returncode
        if code not in ok:
            raise diagnose(self.lines.text(), returncode=code, host=host, retry_after=self.lines.retry_after)
        return code
