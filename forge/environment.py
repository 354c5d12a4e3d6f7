"""The closed environment of every git process, and the one runner that starts them.

A process gets an argument list, an environment built from empty, a process group of its own, a wall-clock limit
that ends the whole group, resource limits and capped output. No other module starts git.
"""

import contextlib
import os
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from django.conf import settings

from forge.diagnosis import diagnose
from forge.errors import ForgeError
from forge.limits import Limits, limit, limited, wait_for_end
from forge.progress import ProgressLines
from forge.types import Credential, Progress, Remote

CHUNK = 65536
SILENCE_TOLD = 5.0  # Seconds of silence after which the last progress is told again.
GRACE = 2.0  # Seconds between asking a group to end, so that git removes its locks, and killing it.
# Old history trips over these checks without harm. Those that could write outside a folder stay fatal.
HARMLESS = [
    *("badTimezone", "missingSpaceBeforeDate", "zeroPaddedFilemode", "badDate", "badDateOverflow"),
    *("missingEmail", "badEmail", "missingNameBeforeEmail", "badName", "missingSpaceBeforeEmail"),
    *("nulInCommit", "missingTaggerEntry", "badTagName", "gitattributesLineLength", "gitattributesLarge"),
    *("gitmodulesName", "gitmodulesUrl", "gitmodulesPath", "gitmodulesUpdate", "gitmodulesParse"),
    *("gitmodulesLarge", "multipleAuthors", "unknownType", "extraHeaderEntry", "badGpgsig"),
    *("badHeaderContinuation", "zeroPaddedDate"),
]
CONFIG = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.bigFileThreshold": "16m",
    "core.attributesFile": "/dev/null",
    "core.alternateRefsCommand": "/bin/false",
    # Windows of a moderate size, so that packs of any size are read within the limit of address space.
    "core.packedGitWindowSize": "64m",
    "core.packedGitLimit": "512m",
    "credential.helper": "",
    "transfer.fsckObjects": "true",
    "transfer.credentialsInUrl": "die",
    "transfer.bundleURI": "false",
    # A pack is kept as it came: no fetch leaves thousands of loose objects behind.
    "fetch.unpackLimit": "1",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "pack.threads": "1",
    "i18n.logOutputEncoding": "UTF-8",
    "log.showSignature": "false",
    "diff.renameLimit": "400",
    **{f"fetch.fsck.{check}": "warn" for check in HARMLESS},
}
AT_SOURCE = {
    # A folder of another account may be read, because `forge.urls` allowed it.
    "safe.directory": "*",
    "core.bigFileThreshold": "16m",
    "core.packedGitWindowSize": "64m",
    "core.packedGitLimit": "256m",
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "pack.threads": "1",
    "pack.windowMemory": "64m",
    "pack.deltaCacheSize": "32m",
    "gc.auto": "0",
}


@dataclass(frozen=True, slots=True)
class Done:
    returncode: int
    stdout: bytes
    stderr: str
    is_smart: bool = False


def home() -> Path:
    """An empty folder, so that no account's own configuration or keys are found."""
    folder = Path(settings.MIRRORS) / ".home"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def closed(
    *,
    remote: Remote | None = None,
    addresses: Sequence[str] = (),
    credential: Credential | None = None,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The whole environment of one git process. Without a remote no transport is allowed at all.

    `addresses` are the checked ones that the connection is pinned to. `extra` adds variables of git. A secret
    stands here and nowhere else: no argument list, no file and no address ever holds one.
    """
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home()),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "SSH_ASKPASS": "/bin/false",
        "GIT_ALLOW_PROTOCOL": remote.scheme if remote else "none",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_SSH_COMMAND": ssh_command(remote, addresses),
    }
    config = dict(CONFIG)
    if remote:
        config[f"protocol.{remote.scheme}.allow"] = "always"
        if remote.scheme in ("https", "http"):
            if addresses:
                config["http.curloptResolve"] = f"{remote.host}:{remote.real_port}:{','.join(addresses)}"
            if credential is not None and credential.is_for(remote):
                config[f"http.{credential.base}/.extraHeader"] = credential.header
            # The headers tell a repository from a page that answers 200 to everything; bodies are left out, and
            # git blackens what is secret before we throw the lines away.
            variables |= {"GIT_TRACE_CURL": "2", "GIT_TRACE_CURL_NO_DATA": "1", "GIT_TRACE_REDACT": "1"}
    variables["GIT_CONFIG_COUNT"] = str(len(config))
    for number, (key, value) in enumerate(config.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables | dict(extra or {})


def at_source(remote: Remote) -> list[str]:
    """The option by which git reads a local folder as we want it, whatever the folder's own configuration.

    The process at the source's end of a local fetch gets nothing of our environment and is a child of ours.
    """
    if not remote.is_local:
        return []
    options = " ".join(f"-c '{key}={value}'" for key, value in AT_SOURCE.items())
    return [f"--upload-pack=git {options} upload-pack"]


def ssh_command(remote: Remote | None, addresses: Sequence[str]) -> str:
    key = Path(settings.GIT_SSH_KEY)
    options = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": f'"{settings.GIT_KNOWN_HOSTS}"',
        "ConnectTimeout": "10",
        "ServerAliveInterval": "15",
        "PermitLocalCommand": "no",
        "ProxyCommand": "none",
        "ClearAllForwardings": "yes",
        # OpenSSH asks the account for its home and not HOME, so its keys and its agent are ruled out by name.
        "IdentityFile": f'"{key}"' if key.is_file() else "none",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
    }
    if remote and remote.scheme == "ssh" and addresses:
        options |= {"HostName": addresses[0], "HostKeyAlias": remote.host}
    return "ssh -F /dev/null " + " ".join(f"'-o{key}={value}'" for key, value in options.items())


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
        only_reads: bool = False,
    ) -> None:
        self.limits = limits
        self.pending = memoryview(stdin) if isinstance(stdin, bytes) else memoryview(b"")
        self.lines = ProgressLines(on_progress)
        self.received = 0
        self.deadline = time.monotonic() + limits.seconds
        by_shell = not only_reads or not hasattr(resource, "prlimit")
        try:
            self.popen = subprocess.Popen(
                limited(args, limits) if by_shell else ["git", *args],
                env=dict(env),
                cwd="/",
                stdin=subprocess.PIPE if isinstance(stdin, bytes) else stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                pass_fds=hold,
            )
        except OSError as error:
            raise diagnose(str(error), returncode=-1) from error
        if not by_shell:
            limit(self.popen.pid, limits)

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
        # Popen.wait looks again after pauses that double, which can cost more than git itself did.
        if self.popen.poll() is None and hasattr(os, "pidfd_open"):
            wait_for_end(self.popen.pid, seconds)
            seconds = 0
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ForgeError("timed_out", seconds=round(self.limits.seconds)) from None

    def end(self) -> None:
        """Ends what still runs, politely first, and closes every pipe."""
        for sign, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, None)):
            if self.popen.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(patience)
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


def run(
    args: Sequence[str],
    *,
    git_dir: Path | None = None,
    remote: Remote | None = None,
    addresses: Sequence[str] = (),
    credential: Credential | None = None,
    stdin: bytes = b"",
    ok: Sequence[int] = (0,),
    limits: Limits | None = None,
    extra: Mapping[str, str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    hold: Sequence[int] = (),
) -> Done:
    """One git command to its end. Raises what `diagnose` finds when its return code is not in `ok`.

    `hold` are descriptors that the process inherits: a lock stays held while an orphan of it still runs.
    """
    env = closed(remote=remote, addresses=addresses, credential=credential, extra=extra)
    where = [] if git_dir is None else [f"--git-dir={git_dir}"]
    with Process(
        [*where, *args],
        env=env,
        limits=limits or Limits(),
        stdin=stdin,
        on_progress=on_progress,
        hold=hold,
    ) as process:
        output = b"".join(process.chunks())
        code = process.require(ok, host=remote.host or remote.path if remote else "")
        return Done(code, output, process.lines.text(), process.lines.is_smart)


@contextlib.contextmanager
def stream(
    args: Sequence[str],
    *,
    git_dir: Path,
    stdin: bytes | IO[bytes] = b"",
    limits: Limits | None = None,
    extra: Mapping[str, str] | None = None,
) -> Iterator[Iterator[bytes]]:
    """The output of a reading command in chunks. Leaving early ends git; else its return code is checked."""
    with Process(
        [f"--git-dir={git_dir}", *args],
        env=closed(extra=extra),
        limits=limits or Limits(output=4 * 2**30),
        stdin=stdin,
        only_reads=True,
    ) as process:
        yield _checked(process)


def _checked(process: Process) -> Iterator[bytes]:
    yield from process.chunks()
    process.require((0,))


def pipe(first: Sequence[str], second: Sequence[str], *, git_dir: Path, limits: Limits | None = None) -> bytes:
    """What `second` prints when it reads what `first` prints."""
    limits = limits or Limits()
    where = f"--git-dir={git_dir}"
    with Process([where, *first], env=closed(), limits=limits) as source:
        assert source.popen.stdout is not None  # noqa: S101
        with Process([where, *second], env=closed(), limits=limits, stdin=source.popen.stdout) as sink:
            # Our own copy must go, or the first process would never learn that the second one died.
            source.popen.stdout.close()
            output = b"".join(sink.chunks())
            sink.require((0,))
        source.finish()
        source.require((0,))
    return output
