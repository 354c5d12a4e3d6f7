"""Git's standard error, read as it comes: progress for people, the last lines for a diagnosis."""

import re
from collections import deque
from collections.abc import Callable

from git import RemoteProgress

from forge.types import Progress

PHASES = {
    RemoteProgress.COUNTING: "counting",
    RemoteProgress.COMPRESSING: "compressing",
    RemoteProgress.WRITING: "writing",
    RemoteProgress.RECEIVING: "receiving",
    RemoteProgress.RESOLVING: "resolving",
    RemoteProgress.FINDING_SOURCES: "counting",
    RemoteProgress.CHECKING_OUT: "finishing",
}
AMOUNT = re.compile(r"([0-9.]+) (bytes|[KMG]iB)")
FACTORS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
LINE_END = re.compile(rb"[\r\n]")
PERCENT = re.compile(rb"(?:remote: )?[A-Z][a-z ]+:(?= +[0-9]{1,3}% )")
MAX_LINE = 500
MAX_LINES = 100
SMART = "application/x-git-upload-pack-advertisement"
RETRY = re.compile(r"recv header: retry-after: ?([ -~]{1,60})")
TRACE = re.compile(r"[0-9:.]+ (?:http|trace)\S*:[0-9]+ ")


class Parser(RemoteProgress):
    """GitPython's reading of git's progress lines, without the lists that a server could fill without end."""

    def __init__(self, tell: Callable[[Progress], None] | None) -> None:
        super().__init__()
        self.tell = tell
        self.is_progress = True
        self.last = Progress("connecting")

    def line_dropped(self, line: str) -> None:
        self.is_progress = False

    def reads(self, line: str) -> bool:
        """Take one line; whether it was progress, and not something to keep for a diagnosis."""
        self.is_progress = True
        self._parse_progress_line(line)
        is_error = bool(self.error_lines)
        self.other_lines.clear()
        self.error_lines.clear()
        return self.is_progress and not is_error

    def update(
        self, op_code: int, cur_count: str | float, max_count: str | float | None = None, message: str = ""
    ) -> None:
        if self.tell is None:
            return
        count, total = int(float(cur_count or 0)), int(float(max_count or 0))
        percent = min(100 * count // total, 100) if total > 0 else None
        phase = PHASES.get(op_code & self.OP_MASK, "finishing")
        self.last = Progress(phase, percent, count, amount(message), total)
        self.tell(self.last)

    def tell_again(self) -> None:
        if self.tell is not None:
            self.tell(self.last)


def amount(message: str) -> int:
    """Bytes of "1.20 MiB | 3.4 MiB/s", 0 when there are none."""
    match = AMOUNT.search(message)
    try:
        return int(float(match[1]) * FACTORS[match[2]]) if match else 0
    except ValueError:
        return 0


def is_overtaken(line: bytes, after: bytes) -> bool:
    """Whether the next line, which came at the same time, says how far the same thing is."""
    title = PERCENT.match(line[:MAX_LINE])
    return title is not None and after.startswith(title[0])


class ProgressLines:
    """Takes standard error in pieces; keeps only the last lines, however much a server sends."""

    def __init__(self, tell: Callable[[Progress], None] | None) -> None:
        self.parser = Parser(tell)
        self.rest = b""
        self.kept: deque[str] = deque(maxlen=MAX_LINES)
        self.is_smart = False
        #: What a host asked for that wants to be left alone.
        self.retry_after = ""

    def feed(self, data: bytes) -> None:
        *lines, self.rest = LINE_END.split(self.rest + data)
        self.rest = self.rest[:MAX_LINE]
        for line, after in zip(lines, [*lines[1:], b""], strict=False):
            if not is_overtaken(line, after):
                self.take(line[:MAX_LINE].decode("utf-8", "replace"))

    def take(self, line: str) -> None:
        if TRACE.match(line):
            # The trace of headers is asked for because of this one answer; nothing of it is kept.
            low = line.lower()
            self.is_smart |= "recv header:" in low and "content-type:" in low and SMART in low
            if match := RETRY.search(low):
                self.retry_after = match[1]
            return
        if not self.parser.reads(line) and line.strip():
            self.kept.append(line)

    def text(self) -> str:
        rest = self.rest.decode("utf-8", "replace")
        return "\n".join([*self.kept, *([] if TRACE.match(rest) else [rest])]).strip()
