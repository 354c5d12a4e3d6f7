"""Looking through a source: what is there, and what of it would come in. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog.answers import access_of
from catalog.models import CodeHost
from forge.connectors import Connector, HostConnector, Problem, connector_for
from forge.connectors.places import place_of
from forge.errors import ForgeError, printable
from forge.remotes import list_refs, open_source
from forge.types import HostCheck, Remote, RemoteProject
from forge.urls import holds_credentials, parse_remote, require_scheme

#: Hears how many repositories were found so far.
Tell = Callable[[int], None]
Private = CodeHost.Private


@dataclass(frozen=True, slots=True)
class Candidate:
    """A repository that was found, with the address that it is fetched from."""

    found: RemoteProject
    remote: Remote


@dataclass(frozen=True, slots=True)
class Look:
    """One look through a source, before anything is written.

    `seen` are the host's ids of all that come in, `private` those of what is left out because it is private, and
    `left_out` counts why some do not come in. A look that is not `complete` says nothing about what it did not
    show; `error` is what it ended with.
    """

    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...]
    seen: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()
    left_out: Counter[str] | None = None
    complete: bool = True
    error: ForgeError | None = None


class NothingFound(ForgeError):
    """Nothing of a source could be taken in; `problems` say what was wrong with each part."""

    def __init__(self, code: str, problems: tuple[Problem, ...], *, path: str = "") -> None:
        super().__init__(code, path=path)
        self.problems = problems


def source_at(address: str, *, kind: str | None, trusted: bool) -> CodeHost:
    """The source that an address names, not stored; its address is the same for every spelling.

    `trusted` is the command line: it opens the folder that it names. A browser reads only below SOURCE_FOLDERS.
    Nothing is contacted. Raises ForgeError.
    """
    address = address.strip()
    connector = connector_for(address, kind=kind)
    if isinstance(connector, HostConnector):
        place = place_of(address)
        require_scheme(place.scheme)
        whole = f"{place.origin}/{place.path}".rstrip("/")
        return CodeHost(kind=connector.kind, address=whole, name=place.path or place.host, hosts=[place.host])
    if connector.is_local:
        if holds_credentials(address) and not address.startswith("/"):
            # An address in the place of a folder would be repeated as a path that does not exist.
            raise ForgeError("credentials_in_url")
        path = Path(address.removeprefix("file://")).resolve()
        folders = [str(path)] if trusted else []
        return CodeHost(kind=connector.kind, address=str(path), name=path.name or str(path), folders=folders)
    remote = parse_remote(address, folders=())
    found = next(iter(connector.discover(address)))
    hosts = [host_of(remote)] if remote.host else []
    return CodeHost(kind=connector.kind, address=remote.canonical, name=found.path, hosts=hosts)


@contextmanager
def asking(code_host: CodeHost) -> Iterator[HostConnector]:
    """The API of a code host, with its token. Raises ForgeError."""
    with opened(code_host) as connector:
        if not isinstance(connector, HostConnector):
            raise ForgeError("kind_unknown", kind=code_host.kind, allowed="those with an API")
        yield connector


@contextmanager
def opened(code_host: CodeHost) -> Iterator[Connector]:
    connector = connector_for(code_host.address, kind=code_host.kind, access=access_of(code_host))
    try:
        yield connector
    finally:
        if isinstance(connector, HostConnector):
            connector.close()


def check(code_host: CodeHost) -> HostCheck | None:
    """Who the host says we are; None for a source that nobody has to be known to. Raises ForgeError."""
    if not code_host.has_api:
        return None
    with asking(code_host) as connector:
        return connector.check(code_host.address)


def look_through(code_host: CodeHost, *, limit: int = 0, tell: Tell | None = None) -> Look:
    """Everything that a source lists, or the first `limit` of it. Raises ForgeError when that is nothing."""
    found: list[RemoteProject] = []
    folders, error, complete = folders_of(code_host), None, True
    with opened(code_host) as connector:
        try:
            for each in connector.discover(code_host.address, folders=folders, topic=code_host.topic):
                if limit and len(found) == limit:
                    complete = False
                    break
                found.append(each)
                if tell is not None:
                    tell(len(found))
        except ForgeError as problem:
            # What came before the host broke off is as good as ever; what did not come may still be there.
            if not found:
                raise
            error = problem
        look = sorted_out(code_host, found, connector.problems, complete=complete and error is None, error=error)
        if not look.candidates and not connector.has_api:
            raise nothing_found(connector, code_host.address, look.problems)
    if not connector.finds_many:
        # An address that does not answer is better said now, to the person who typed it.
        list_refs(open_source(look.candidates[0].remote, hosts=code_host.hosts, folders=folders))
    return look


def folders_of(code_host: CodeHost) -> tuple[Path, ...]:
    return tuple(map(Path, code_host.folders))


def sorted_out(
    code_host: CodeHost,
    found: Iterable[RemoteProject],
    problems: Iterable[Problem],
    *,
    complete: bool,
    error: ForgeError | None,
) -> Look:
    found = tuple(found)
    reasons = {id(each): reason_against(code_host, each) for each in found}
    wanted = [each for each in found if not reasons[id(each)]]
    candidates, more = with_remotes(wanted, folders=folders_of(code_host))
    return Look(
        candidates=candidates,
        problems=(*problems, *more),
        # What is left out and listed here already is asked about like what is missing: it may have changed.
        seen=frozenset(each.host_id for each in wanted if each.host_id),
        private=frozenset(each.host_id for each in found if reasons[id(each)] == "private") - {""},
        left_out=Counter(reason for reason in reasons.values() if reason),
        complete=complete,
        error=error,
    )


def reason_against(code_host: CodeHost, found: RemoteProject) -> str:
    """Why a repository does not come in, as a page says it; "" when it does."""
    if found.is_fork and not code_host.take_forks:
        return "forks"
    if found.archived and not code_host.take_archived:
        return "archived"
    if found.visibility == "private" and code_host.private_listings == Private.LEAVE_OUT:
        return "private"
    return ""


def nothing_found(connector: Connector, address: str, problems: tuple[Problem, ...]) -> ForgeError:
    if connector.kind == "list":
        return NothingFound("list_without_urls", problems)
    if len(problems) == 1:
        return problems[0].error
    return NothingFound("path_without_repositories", problems, path=address)


def with_remotes(
    found: Iterable[RemoteProject], *, folders: tuple[Path, ...]
) -> tuple[tuple[Candidate, ...], tuple[Problem, ...]]:
    """Each repository once, whatever the spelling; an address that is refused becomes a problem."""
    candidates: dict[str, Candidate] = {}
    problems: list[Problem] = []
    for each in found:
        try:
            remote = parse_remote(each.clone_url, folders=folders)
            candidates.setdefault(remote.canonical, Candidate(each, remote))
        except ForgeError as error:
            problems.append(Problem(0, printable(each.path), error))
    return tuple(candidates.values()), tuple(problems)


def host_of(remote: Remote) -> str:
    """The host as forge.urls wants it registered: with its port unless that is the scheme's own."""
    return f"{remote.host}:{remote.port}" if remote.port else remote.host


def spellings(remote: Remote) -> tuple[str, ...]:
    """The addresses under which this repository may be stored; two folders are never one repository."""
    return (remote.url,) if remote.is_local else (remote.canonical, f"{remote.canonical}.git")


def all_spellings(candidate: Candidate) -> tuple[str, ...]:
    """Those of the other protocol as well, where the host tells them."""
    try:
        over_ssh = parse_remote(candidate.found.ssh_url) if candidate.found.ssh_url else None
    except ForgeError:
        over_ssh = None
    return (*spellings(candidate.remote), *(spellings(over_ssh) if over_ssh else ()))
