"""What a remote shows of itself, before anything is fetched from it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from forge import environment, names
from forge.errors import ForgeError
from forge.folders import git_folder
from forge.limits import Limits
from forge.losses import SOME
from forge.types import Credential, Remote, RemoteRefs
from forge.urls import check_reachable

MAX_REFS = 200_000
# A list of refs needs little: a server that never stops talking is cut off soon.
LIMITS = Limits(seconds=60, output=64 * 2**20, memory=2 * 2**30, data=256 * 2**20)
NULL_ID = "0" * 40
UNBORN = re.compile(r"< unborn HEAD symref-target:(.*)$", re.M)


@dataclass(frozen=True, slots=True)
class Source:
    """A remote whose address or folder was checked a moment ago. `url` is what git is given."""

    remote: Remote
    addresses: tuple[str, ...]
    url: str
    credential: Credential | None = field(default=None, repr=False)


def open_source(
    remote: Remote,
    *,
    hosts: Iterable[str] = (),
    folders: Iterable[Path] = (),
    credentials: Iterable[Credential] = (),
) -> Source:
    """Check right before use where the remote leads. Raises ForgeError, see `forge.urls` and `forge.folders`.

    Of the `credentials` the one that belongs to the remote's own host is used, if there is one.
    """
    if remote.is_local:
        return Source(remote, (), str(git_folder(Path(remote.path), folders=folders)))
    addresses = check_reachable(remote, hosts=hosts)
    url = remote.url
    if remote.scheme == "git":
        # Git cannot be told to connect elsewhere for this protocol, so the checked address takes the name's place.
        address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        url = f"git://{address}:{remote.real_port}{remote.path}"
    return Source(remote, addresses, url, next((each for each in credentials if each.is_for(remote)), None))


def list_refs(source: Source) -> RemoteRefs:
    """Branches, tags and the default branch of a remote, by one ls-remote.

    Raises ForgeError: gone, unreachable, auth_required, not_a_repository, too_big, object_format, head_invalid …
    """
    done = ask(source)
    if source.remote.scheme in ("http", "https") and not done.is_smart:
        # A sign-in page answers 200 as well, and git takes it for an empty repository of the old protocol.
        raise ForgeError("not_a_repository")
    found = parse_refs(done.stdout)
    if not found.refs and not source.remote.is_local:
        refuse_lying_head(source)
    return found


def ask(source: Source, **more: str) -> environment.Done:
    return environment.run(
        ["ls-remote", *environment.at_source(source.remote), "--symref", "--", source.url],
        remote=source.remote,
        addresses=source.addresses,
        credential=source.credential,
        limits=LIMITS,
        extra=more,
    )


def refuse_lying_head(source: Source) -> None:
    """Some gits write what an empty repository calls its HEAD into a file, so a host that sends a path is no host.

    Git itself does not say what it heard of a branch that is not there yet; its trace does, at the price of a
    second question, which only empty repositories are asked.
    """
    for branch in UNBORN.findall(ask(source, GIT_TRACE_PACKET="2").stderr):
        if not branch.startswith("refs/heads/") or not names.is_ref(branch):
            raise ForgeError("head_invalid", branch=branch)


def parse_refs(output: bytes) -> RemoteRefs:
    default: str | None = None
    refs: dict[str, str] = {}
    left_out = 0
    named: list[str] = []
    for line in output.decode("utf-8", "surrogateescape").split("\n"):
        id, _, name = line.partition("\t")
        if name == "HEAD" and id.startswith("ref: refs/heads/"):
            default = id.removeprefix("ref: refs/heads/")
        is_wanted = name.startswith(("refs/heads/", "refs/tags/"))
        # A name that stands for another one has a line of its own with its id.
        if not is_wanted or name.endswith("^{}") or id.startswith("ref: "):
            continue
        if len(id) == 64:
            raise ForgeError("object_format")
        if not names.FULL_ID.match(id) or id == NULL_ID or not names.is_ref(name):
            left_out += 1
            named += [name] if len(named) < SOME else []
            continue
        refs[name] = id
        if len(refs) > MAX_REFS:
            raise ForgeError("too_big", what=f"more than {MAX_REFS} branches and tags")
    return RemoteRefs(default if default and names.is_branch(default) else None, refs, left_out, tuple(named))
