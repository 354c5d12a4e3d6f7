"""The closed environment of every git process, and the one runner that starts them.

The environment is built from empty, and `forge.process` holds what runs in it to its limits. No other module
starts git.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from forge.limits import Limits
from forge.process import Process
from forge.types import Credential, Progress, Remote

# Old history trips over these checks without harm. Those that could write outside a folder stay fatal.
HARMLESS = [
    *("badTimezone", "missingSpaceBeforeDate", "zeroPaddedFilemode", "badDate", "badDateOverflow"),
    *("missingEmail", "badEmail", "missingNameBeforeEmail", "badName", "missingSpaceBeforeEmail"),
    *("nulInCommit", "missingTaggerEntry", "badTagName", "gitattributesLineLength", "gitattributesLarge"),
    *("gitmodulesName", "gitmodulesUrl", "gitmodulesPath", "gitmodulesUpdate", "gitmodulesParse"),
    *("gitmodulesLarge", "multipleAuthors", "unknownType", "extraHeaderEntry", "badGpgsig"),
    *("badHeaderContinuation", "zeroPaddedDate"),
]
#: Options of a fetch. No other command asks for them, and each variable costs every start of a process.
LENIENT = [word for check in HARMLESS for word in ("-c", f"fetch.fsck.{check}=warn")]
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
    # A bare repository's own .mailmap would let strangers write under the names of colleagues; only blame has no
    # option against it.
    "mailmap.blob": "",
    "diff.renameLimit": "400",
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
    ok: Sequence[int] = (0,),
) -> Iterator[Iterator[bytes]]:
    """The output of a reading command in chunks. Leaving early ends git; else its return code is checked."""
    with Process(
        [f"--git-dir={git_dir}", *args],
        env=closed(extra=extra),
        limits=limits or Limits(output=4 * 2**30),
        stdin=stdin,
    ) as process:
        yield _checked(process, ok)


def _checked(process: Process, ok: Sequence[int]) -> Iterator[bytes]:
    yield from process.chunks()
    process.require(ok)


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
