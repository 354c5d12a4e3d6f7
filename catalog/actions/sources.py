"""Repositories come in: a source is looked through, and what is there becomes projects."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

import search.index
from catalog.actions.syncing import request_syncs
from catalog.models import CodeHost, Project
from catalog.reach import Reach
from catalog.recording import set_topics
from catalog.slugs import new_slug
from forge.connectors import Connector, Problem, connector_for
from forge.errors import ForgeError, printable
from forge.remotes import list_refs, open_source
from forge.types import Remote, RemoteProject
from forge.urls import parse_remote
from people.models import Team, User
from people.querysets import Viewer

log = logging.getLogger(__name__)

#: How many bad lines a source remembers.
MAX_PROBLEMS = 200
BATCH = 400


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in by looking through a source: new projects, those that were there, and what was skipped."""

    code_host: CodeHost
    new: tuple[Project, ...]
    known: tuple[Project, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A repository that was found, with the address that it is fetched from."""

    found: RemoteProject
    remote: Remote


@dataclass(frozen=True, slots=True)
class Look:
    """One look through a source, before anything is written. `address` is the same for every spelling."""

    kind: str
    address: str
    name: str
    reach: Reach
    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...]


class NothingFound(ForgeError):
    """Nothing of a source could be taken in; `problems` say what was wrong with each part."""

    def __init__(self, code: str, problems: tuple[Problem, ...], *, path: str = "") -> None:
        super().__init__(code, path=path)
        self.problems = problems


def may_add_sources(user: Viewer) -> bool:
    """Operators only: a source decides which hosts and folders the portal reads."""
    return user.is_authenticated and user.is_active and (user.is_superuser or user.is_staff)


def add_source(
    address: str,
    *,
    kind: str | None = None,
    team: Team | None = None,
    name: str = "",
    by: User | None = None,
    trusted: bool = True,
) -> Intake:
    """Look through a source and list what is there. The same address again adds what is new.

    `trusted` is the command line: it opens the folder that it names. A browser reads only below SOURCE_FOLDERS.
    `kind` is one of forge.connectors.KINDS, guessed when it is None; `team` owns what states no owner.
    Syncs are not asked for. Raises ForgeError with nothing written, PermissionDenied.
    """
    if by is not None and not may_add_sources(by):
        raise PermissionDenied("Only an operator adds sources.")
    look = look_through(address.strip(), kind=kind, trusted=trusted)
    try:
        return take_in(look, team=team, name=name, by=by)
    except IntegrityError:
        # The same form was sent twice at one moment; what the other one wrote is there now.
        return take_in(look, team=team, name=name, by=by)


def discover(code_host: CodeHost) -> Intake:
    """Look through a known source again and list what is new; what vanished stays. Raises ForgeError."""
    folders = tuple(map(Path, code_host.folders))
    look = look_through(code_host.address, kind=code_host.kind, folders=folders)
    return take_in(look, team=code_host.default_team, name=code_host.name, by=code_host.added_by)


def discover_due() -> None:
    """What beat does: look through the sources whose time has come; a bad one stops no other."""
    now = timezone.now()
    before = now - timedelta(seconds=settings.DISCOVER_INTERVAL)
    due = CodeHost.objects.filter(enabled=True).filter(Q(discovered_at=None) | Q(discovered_at__lt=before))
    for code_host in due.select_related("default_team", "added_by"):
        claim = CodeHost.objects.filter(pk=code_host.pk, discovered_at=code_host.discovered_at)
        if claim.update(discovered_at=now):
            rediscover(code_host)


def rediscover(code_host: CodeHost) -> None:
    error: dict[str, Any] = {"error_code": "", "error_message": "", "error_cure": ""}
    try:
        request_syncs(discover(code_host).new)
    except ForgeError as found:
        error = {"error_code": found.code, "error_message": found.message, "error_cure": found.cure}
        if isinstance(found, NothingFound):
            error["problems"] = remembered(found.problems)
    except Exception:
        log.exception("The source %s could not be looked through.", code_host.pk)
        error["error_code"] = "internal"
        error["error_message"] = "Something went wrong in the portal itself while this source was read."
        error["error_cure"] = "It is tried again. If it stays, an operator finds the reason in the log."
    CodeHost.objects.filter(pk=code_host.pk).update(**error)


# ---------------------------------------------------------------- looking
def look_through(address: str, *, kind: str | None, trusted: bool = False, folders: tuple[Path, ...] = ()) -> Look:
    connector = connector_for(address, kind=kind)
    if connector.is_local:
        address = str(Path(address.removeprefix("file://")).resolve())
        folders = (*folders, Path(address)) if trusted else folders
    found = tuple(connector.discover(address, folders=folders))
    candidates, problems = with_remotes(found, folders=folders)
    problems = (*connector.problems, *problems)
    if not candidates:
        raise nothing_found(connector, address, problems)
    hosts = tuple(dict.fromkeys(host for each in candidates if (host := host_of(each.remote))))
    reach = Reach(hosts, folders)
    if not connector.finds_many:
        # An address that does not answer is better said now, to the person who typed it.
        list_refs(open_source(candidates[0].remote, hosts=hosts, folders=folders))
        address = candidates[0].remote.canonical
    name = found[0].path if not connector.finds_many else Path(address).name
    return Look(connector.kind, address, name or address, reach, candidates, problems)


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


# ---------------------------------------------------------------- writing
@transaction.atomic
def take_in(look: Look, *, team: Team | None, name: str, by: User | None) -> Intake:
    code_host = keep_code_host(look, team=team, name=name, by=by)
    known = known_projects(look.candidates)
    fresh = [each for each in look.candidates if not any(url in known for url in spellings(each.remote))]
    new = create_projects(code_host, fresh)
    if team is not None:
        adopt(known.values(), team=team)
    search.index.put("project", [project.pk for project in new])
    return Intake(code_host, tuple(new), tuple(known.values()), look.problems)


def keep_code_host(look: Look, *, team: Team | None, name: str, by: User | None) -> CodeHost:
    known = CodeHost.objects.filter(address=look.address).first()
    code_host = known or CodeHost(address=look.address, added_by=by)
    code_host.kind = look.kind
    code_host.name = (name or code_host.name or look.name)[:200]
    code_host.default_team = team or code_host.default_team
    code_host.hosts = sorted({*code_host.hosts, *look.reach.hosts})
    code_host.folders = sorted({*code_host.folders, *map(str, look.reach.folders)})
    code_host.enabled = True
    code_host.discovered_at = timezone.now()
    code_host.problems = remembered(look.problems)
    code_host.error_code = code_host.error_message = code_host.error_cure = ""
    code_host.save()
    return code_host


def remembered(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [words(problem) for problem in problems[:MAX_PROBLEMS]]


def words(problem: Problem) -> dict[str, Any]:
    error = problem.error
    return {
        "line": problem.line,
        "text": problem.text,
        "code": error.code,
        "message": error.message,
        "cure": error.cure,
    }


def known_projects(candidates: Sequence[Candidate]) -> dict[str, Project]:
    """Projects that are listed already, by the address under which they are stored."""
    urls = [url for each in candidates for url in spellings(each.remote)]
    known: dict[str, Project] = {}
    for start in range(0, len(urls), BATCH):
        known |= Project.objects.in_bulk(urls[start : start + BATCH], field_name="remote")
    return known


def adopt(projects: Iterable[Project], *, team: Team) -> None:
    """Give those that nobody owns to a team."""
    orphans = [project for project in projects if not project.owner_team_id]
    free = [project.pk for project in orphans if "owner_team" not in project.curated_fields]
    Project.objects.filter(pk__in=free).update(owner_team=team)


def create_projects(code_host: CodeHost, candidates: Iterable[Candidate]) -> list[Project]:
    taken = set(Project.objects.values_list("slug", flat=True))
    projects = []
    for each in candidates:
        project = new_project(code_host, each, taken=taken)
        taken.add(project.slug)
        projects.append(project)
    Project.objects.bulk_create(projects, batch_size=BATCH)
    for project in projects:
        if project.host_says["topics"]:
            set_topics(project, project.host_says["topics"])
    return projects


def new_project(code_host: CodeHost, candidate: Candidate, *, taken: set[str]) -> Project:
    found = candidate.found
    needs_curation = settings.NEW_LISTINGS_NEED_CURATION
    return Project(
        slug=new_slug(found.name, found.path, taken=taken),
        name=found.name[:200],
        summary=found.description[:500],
        code_host=code_host,
        path=found.path[:1000],
        remote=candidate.remote.url,
        remote_host=host_of(candidate.remote),
        web_url=found.web_url[:1000],
        owner_team=code_host.default_team,
        lifecycle=Project.Lifecycle.ARCHIVED if found.archived else "",
        listing=Project.Listing.DISCOVERED if needs_curation else Project.Listing.LISTED,
        host_says={
            "name": found.name[:200],
            "description": found.description[:500],
            "topics": list(found.topics[:50]),
            "archived": found.archived,
        },
    )
