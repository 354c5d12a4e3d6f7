"""Sources of repositories: added and edited; what is found in them becomes projects."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

import search.index
from catalog import pace
from catalog.actions.following import RESTRICTED, displace, follow_all, hide_private, host_says, taken_slugs
from catalog.actions.looking import (
    Candidate,
    Look,
    NothingFound,
    Tell,
    all_spellings,
    host_of,
    look_through,
    source_at,
)
from catalog.actions.syncing import wake
from catalog.answers import forget_all
from catalog.curated import write_topics
from catalog.models import CodeHost, Project, Secret
from catalog.querysets import ProjectQuerySet
from catalog.recording import topic_names
from catalog.slugs import new_slug
from forge.connectors import Problem
from people.models import Team, User
from people.querysets import Viewer

__all__ = ["Intake", "NothingFound", "add_source", "may_add_sources", "remembered", "take_in"]

#: How many bad lines a source remembers.
MAX_PROBLEMS = 200
BATCH = 400
#: Columns that nothing here reads.
HEAVY = ("weekly_lines", "metadata_problems", "notes", "sync_message", "sync_cure")
#: Failures of a sync that another token may end.
REFUSED = ("auth_required", "credential_unreadable", "token_refused", "gone")
FILTERS = ("topic", "take_archived", "take_forks", "private_listings", "interval")


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in by looking through a source: new projects, those that were there, and what was skipped.

    Of those that were there only the keys: a look through a huge source must not hold them all.
    """

    code_host: CodeHost
    new: tuple[Project, ...]
    known: tuple[int, ...]
    problems: tuple[Problem, ...]
    changed: tuple[int, ...] = ()


def may_add_sources(user: Viewer) -> bool:
    """Operators only: a source decides which hosts and folders the portal reads."""
    return user.is_authenticated and user.is_active and (user.is_superuser or user.is_staff)


def require_operator(user: User | None) -> None:
    if user is not None and not may_add_sources(user):
        raise PermissionDenied("Only an operator adds sources.")


def add_source(
    address: str,
    *,
    kind: str | None = None,
    team: Team | None = None,
    name: str = "",
    by: User | None = None,
    trusted: bool = True,
    token: Secret | None = None,
    topic: str = "",
) -> Intake:
    """Look through a source and list what is there. The same address again adds what is new.

    `trusted` is the command line: it opens the folder that it names. A browser reads only below SOURCE_FOLDERS.
    `kind` is one of forge.connectors.KINDS, guessed when it is None; `team` owns what states no owner.
    Syncs are not asked for. Raises ForgeError with nothing written, PermissionDenied.
    """
    require_operator(by)
    wanted = source_at(address, kind=kind, trusted=trusted)
    wanted.token, wanted.topic, wanted.default_team = token or Secret(), topic, team
    wanted.name = name or wanted.name
    look = look_through(wanted)

    def write() -> Intake:
        with transaction.atomic():
            code_host = keep_source(wanted, by=by, name=name)
            if not code_host.has_api:
                # It was looked through this moment. An API is asked for more in the background.
                put_off(code_host)
            return take_in(code_host, look, team=team)

    try:
        return write()
    except IntegrityError:
        # The same form was sent twice at one moment; what the other one wrote is there now.
        return write()


def put_off(code_host: CodeHost) -> None:
    code_host.next_look_at = timezone.now() + pace.jittered(code_host.pause_between_looks())
    code_host.save(update_fields=["next_look_at"])


def keep_source(wanted: CodeHost, *, by: User | None, name: str = "") -> CodeHost:
    """Store a source that nobody has looked through yet, or bring the one of the same address up to date.

    Its time for a look is now. Raises PermissionDenied.
    """
    require_operator(by)
    code_host = CodeHost.objects.filter(address=wanted.address).first() or CodeHost(
        address=wanted.address, added_by=by
    )
    is_new = code_host.pk is None
    code_host.kind = wanted.kind
    code_host.name = (name or code_host.name or wanted.name)[:200]
    code_host.default_team = wanted.default_team or code_host.default_team
    code_host.hosts = sorted({*code_host.hosts, *wanted.hosts})
    code_host.folders = sorted({*code_host.folders, *wanted.folders})
    code_host.enabled, code_host.removal = True, CodeHost.Removal.NONE
    code_host.next_look_at = timezone.now()
    usual = CodeHost()
    for field in FILTERS:
        if is_new or getattr(wanted, field) != getattr(usual, field):
            setattr(code_host, field, getattr(wanted, field))
    if wanted.token:
        code_host.token, code_host.token_set_at = wanted.token, timezone.now()
    code_host.save()
    if wanted.token:
        forget_all(code_host)
        try_refused(code_host)
    return code_host


def edit_source(code_host: CodeHost, *, by: User, token: Secret | None, **fields: Any) -> None:
    """Change what an operator may change. `token` None leaves the one there is; an empty Secret removes it.

    Raises PermissionDenied.
    """
    require_operator(by)
    for name, value in fields.items():
        setattr(code_host, name, value)
    with transaction.atomic():
        if token is not None:
            code_host.token, code_host.token_set_at = token, timezone.now() if token else None
            fields |= {"token": token, "token_set_at": None}
            forget_all(code_host)
        code_host.save(update_fields=list(fields))
        if token:
            try_refused(code_host)


def try_refused(code_host: CodeHost) -> None:
    """What the old token could not read is tried with the new one, also where nobody tries any more."""
    now = timezone.now()
    refused = Project.objects.filter(code_host=code_host, sync_code__in=REFUSED, gone_at=None)
    fresh = {"sync_state": Project.SyncState.FAILED, "sync_failures": 0, "sync_attempts": 0}
    if refused.update(**fresh, next_sync_at=now, sync_wanted_at=now):
        transaction.on_commit(wake)


def new_webhook_secret(code_host: CodeHost, *, by: User) -> str:
    """A fresh secret, answered this once and never again. Raises PermissionDenied."""
    require_operator(by)
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    CodeHost.objects.filter(pk=code_host.pk).update(webhook_secret=Secret.of(secret), webhook_secret_set_at=now)
    return secret


# ---------------------------------------------------------------- what is found becomes projects
def take_in(code_host: CodeHost, look: Look, *, team: Team | None = None, tell: Tell | None = None) -> Intake:
    """List what is new, and let what is known follow its host. `team` gets what nobody owns.

    Some hundred repositories are written by one transaction, so that others come to their turn in between; `tell`
    hears after each how many are written.
    """
    new: list[Project] = []
    known: list[int] = []
    changed: list[int] = []
    hide_private(code_host, look.private)
    taken = taken_slugs()
    for start in range(0, len(look.candidates), BATCH):
        with transaction.atomic():
            part = take_part(code_host, look.candidates[start : start + BATCH], team=team, taken=taken)
        new += part[0]
        known += part[1]
        changed += part[2]
        if tell is not None:
            tell(min(start + BATCH, len(look.candidates)))
    note_look(code_host, look)
    return Intake(code_host, tuple(new), tuple(known), look.problems, tuple(changed))


def take_part(
    code_host: CodeHost, candidates: Sequence[Candidate], *, team: Team | None, taken: set[str]
) -> tuple[list[Project], list[int], list[int]]:
    """New projects, the keys of known ones, and of those in which something differed."""
    pairs, fresh, rivals = matched(code_host, candidates)
    changed = follow_all(code_host, pairs, taken=taken)
    displace(rivals, now=timezone.now())
    new = create_projects(code_host, fresh, taken=taken)
    known = [project for project, _ in pairs]
    if team is not None:
        adopt(known, team=team)
    search.index.put("project", [project.pk for project in new])
    return new, [project.pk for project in known], [project.pk for project in changed]


def matched(
    code_host: CodeHost, candidates: Sequence[Candidate]
) -> tuple[list[tuple[Project, Candidate]], list[Candidate], list[Project]]:
    """Known projects with what was found of each; what is new; and projects whose address is another's now.

    The host's id decides, then the address. Another source of the same host may have brought a project in.
    """
    by_id, by_remote = known_by_id(code_host, candidates), known_by_remote(candidates)
    pairs: dict[int, tuple[Project, Candidate]] = {}
    fresh: list[Candidate] = []
    rivals: dict[int, Project] = {}
    for each in candidates:
        project = by_id.get(each.found.host_id)
        there = next((by_remote[url] for url in all_spellings(each) if url in by_remote), None)
        if project is None and there is not None and is_same(there, each):
            project = there
        elif there is not None and (project is None or there.pk != project.pk):
            rivals[there.pk] = there
        if project is None:
            fresh.append(each)
        else:
            pairs.setdefault(project.pk, (project, each))
    left = [project for pk, project in rivals.items() if pk not in pairs]
    return list(pairs.values()), fresh, left


def is_same(project: Project, candidate: Candidate) -> bool:
    """Whether what is found at a project's address is that project, and not another one of the same name."""
    return not project.host_id or candidate.found.host_id in ("", project.host_id)


def known_by_id(code_host: CodeHost, candidates: Iterable[Candidate]) -> dict[str, Project]:
    ids = [each.found.host_id for each in candidates if each.found.host_id]
    if not ids:
        return {}
    known = locked().filter(host_id__in=ids, code_host__kind=code_host.kind)
    here = set(code_host.hosts)
    return {project.host_id: project for project in known if here & set(project.code_host.hosts)}


def known_by_remote(candidates: Iterable[Candidate]) -> dict[str, Project]:
    """Projects that are listed already, by the address under which they are stored."""
    urls = [url for each in candidates for url in all_spellings(each)]
    return dict(locked().in_bulk(urls, field_name="remote"))


def locked() -> ProjectQuerySet:
    rows = Project.objects.select_for_update(of=("self",)).select_related("code_host")
    return rows.prefetch_related("topics").defer(*HEAVY)


def adopt(projects: Iterable[Project], *, team: Team) -> None:
    """Give those that nobody owns to a team."""
    orphans = [project for project in projects if not project.owner_team_id]
    free = [project.pk for project in orphans if "owner_team" not in project.curated_fields]
    Project.objects.filter(pk__in=free).update(owner_team=team)


def create_projects(code_host: CodeHost, candidates: Iterable[Candidate], *, taken: set[str]) -> list[Project]:
    projects = []
    for each in candidates:
        project = new_project(code_host, each, taken=taken)
        taken.add(project.slug)
        projects.append(project)
    Project.objects.bulk_create(projects, batch_size=BATCH)
    tagged = {project: topic_names(project.host_says["topics"]) for project in projects}
    if any(tagged.values()):
        write_topics(tagged)
    return projects


def new_project(code_host: CodeHost, candidate: Candidate, *, taken: set[str]) -> Project:
    found = candidate.found
    is_hidden = found.visibility == "private" and code_host.private_listings != CodeHost.Private.SHOW
    needs_curation = settings.NEW_LISTINGS_NEED_CURATION
    project = Project(
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
        host_says=host_says(found),
        host_id=found.host_id,
        host_visibility=found.visibility,
        stars=found.stars,
        forks=found.forks,
        open_issues=found.open_issues,
        open_changes=found.open_changes,
        host_pushed_at=found.pushed_at,
    )
    for name, value in RESTRICTED.items() if is_hidden else ():
        setattr(project, name, value)
    return project


def note_look(code_host: CodeHost, look: Look) -> None:
    """That the source was looked through, and what was wrong with parts of it."""
    hosts = {host_of(each.remote) for each in look.candidates} - {""}
    code_host.hosts = sorted({*code_host.hosts, *hosts})
    code_host.discovered_at = timezone.now()
    code_host.problems = remembered(look.problems)
    code_host.error_code = look.error.code if look.error else ""
    code_host.error_message = look.error.message if look.error else ""
    code_host.error_cure = look.error.cure if look.error else ""
    code_host.save(
        update_fields=["hosts", "discovered_at", "problems", "error_code", "error_message", "error_cure"]
    )


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
