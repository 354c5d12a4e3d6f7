"""From what git printed to a coded error. What the other side wrote ("remote: …") never names the check."""

import re
import signal
from datetime import UTC, datetime

from forge.errors import ForgeError
from forge.http import Answer, limited_until, wait_of

FSCK = re.compile(r"^error: object [0-9a-f]{40}: ([A-Za-z0-9]+):", re.M)
NOT_HELD = re.compile(r"not our ref ([0-9a-f]{40})|trying to write non-commit object ([0-9a-f]{40}) to branch")
PATTERN = re.compile(r"^fatal: (?:-e option|command line), '.*': (.+)$", re.M | re.S)
# What git adds for people who type, after the line that says what is wrong.
ADVICE = re.compile(r"please make sure you have the correct access rights|and the repository exists", re.I)
STATUS = re.compile(r"the requested url returned error: ([0-9]{3})", re.I)
# Git's words in the C locale, first match wins.
SIGNS: tuple[tuple[str, str], ...] = (
    (r"no space left on device|disk quota exceeded|unable to write file.*(?:space|quota)", "disk_full"),
    (
        r"out of memory|malloc failed|cannot allocate memory|file size limit|file too large|mmap failed",
        "too_big",
    ),
    (r"exec: git: not found|git: not found|no such file or directory: '(?:/bin/sh|git)'", "git_missing"),
    (r"detected dubious ownership", "not_owned"),
    (r"host key verification failed|remote host identification has changed", "host_key"),
    (r"ssl certificate|certificate verif|server certificate|tls.*alert|ssl_error", "certificate"),
    (r"unable to update url base from redirection|redirect|the requested url returned error: 30\d", "redirected"),
    (
        r"could not read (?:username|password)|authentication failed|permission denied \("
        r"|terminal prompts disabled|the requested url returned error: 40[13]|unable to read askpass"
        r"|access denied",
        "auth_required",
    ),
    (
        r"repository corruption|unable to read [0-9a-f]{40}|bad pack header|did not send all necessary",
        "corrupt",
    ),
    (r"^fatal: bad object [0-9a-f]{40}$", "object_missing"),
    (
        r"couldn't find remote ref",
        "moving",
    ),
    (
        r"repository '.*' not found|the requested url returned error: (?:404|410)|repository not found"
        r"|no such file or directory",
        "gone",
    ),
    (
        r"could not resolve host|connection (?:refused|timed out|reset)|failed to connect|couldn't connect"
        r"|no route to host|network is unreachable|operation (?:timed out|too slow)|timed out|empty reply"
        r"|the requested url returned error: 5\d\d|name or service not known",
        "unreachable",
    ),
    (
        r"not valid: is this a git repository|does not appear to be a git repository|not a git repository"
        r"|invalid server response|unknown content-type|bad line length|protocol error|expected flush",
        "not_a_repository",
    ),
    (r"unknown repository extension|expected git repo version|unknown repository version", "format_unknown"),
    (
        r"mismatched algorithms|unknown object format|sha256",
        "object_format",
    ),
    (r"shallow", "shallow"),
    (
        r"bad object|missing (?:blob|tree|commit)|unable to read|corrupt|inflate|early eof"
        r"|invalid index-pack|bad pack|sha1 mismatch|pack has|does not match"
        r"|hung up unexpectedly|protocol error|rpc failed|unexpected disconnect|loose object",
        "corrupt",
    ),
    (
        r"does not exist in|not a valid (?:object|commit) name|bad revision|invalid object|unknown revision"
        r"|invalid symmetric difference",
        "object_missing",
    ),
)


def diagnose(text: str, *, returncode: int, host: str = "", retry_after: str = "") -> ForgeError:
    """The coded error for a git that failed with these lines on standard error.

    `retry_after` is the header of that name which its host sent, if it sent one.
    """
    own = "\n".join(line for line in text.splitlines() if not line.startswith("remote:"))
    if error := named(own):
        return error
    if returncode in (-signal.SIGXFSZ, 128 + signal.SIGXFSZ):
        return ForgeError("too_big", what="a file of the repository")
    if returncode in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
        return ForgeError("too_big", what="the work that git would have")
    if match := STATUS.search(own):
        answer = Answer(int(match[1]), {"retry-after": retry_after}, b"", "")
        if until := wait_of(answer, now=datetime.now(UTC)):
            return limited_until(until, host=host or "The host")
    for source in (own, text):
        for pattern, code in SIGNS:
            if re.search(pattern, source, re.I | re.M):
                return filled(code, source, pattern, host=host or "The host")
    return ForgeError("git_failed", why=last_line(own) or f"return code {returncode}")


def named(own: str) -> ForgeError | None:
    """What git names so exactly that no other of its words count."""
    if match := PATTERN.search(own):
        return ForgeError("pattern_invalid", why=match[1].strip().rstrip("."))
    if match := FSCK.search(own):
        return ForgeError("fsck", check=match[1])
    if match := NOT_HELD.search(own):
        return ForgeError("dangling", id=match[1] or match[2])
    return None


def filled(code: str, text: str, pattern: str, *, host: str) -> ForgeError:
    line = next((line for line in text.splitlines() if re.search(pattern, line, re.I)), "")
    return ForgeError(code, host=host, why=sentence(line), what="git ran out of room", id=id_in(line))


def id_in(line: str) -> str:
    match = re.search(r"[0-9a-f]{40}", line)
    return match[0] if match else "that was asked for"


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not ADVICE.match(line)]
    return sentence(lines[-1]) if lines else ""


def sentence(line: str) -> str:
    return re.sub(r"^(?:remote: |fatal: |error: )*", "", line).strip().rstrip(".")
