"""A listing follows its repository: renamed, transferred, hidden, gone or back again. Its history is its own."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

import search.index
from catalog import broker
from catalog.actions.looking import Candidate, all_spellings, asking, host_of
from catalog.actions.syncing import end_waiting, wake_one
from catalog.curated import write_topics
from catalog.models import CodeHost, FormerSlug, Guide, Project
from catalog.recording import BATCH, topic_names
from catalog.scoring import rescore
from catalog.slugs import new_slug
from forge.connectors import HostConnector
from forge.errors import ForgeError
from forge.types import RemoteProject
from forge.urls import parse_remote

log = logging.getLogger(__name__)

#: What the host counts. A count that it does not tell leaves the last one as it is.
COUNTS = ("stars", "forks", "open_issues", "open_changes")
SCORED = {"stars", "forks", "open_issues"}
FOUND_BY = {"name", "summary", "slug", "path"}
#: Failures of a sync after which a repository may simply live elsewhere, or no more.
LOST = {"gone", "redirected", "auth_required", "not_a_repository"}
#: A host is asked about one project alone at most so often because a sync failed.
ASKED_AGAIN = timedelta(minutes=10)


@dataclass(slots=True)
class Turn:
    """Known projects and what their host says of them now, to be written together."""

    code_host: CodeHost
    taken: set[str]
    now: datetime = field(default_factory=timezone.now)
    columns: dict[int, set[str]] = field(default_factory=dict)
    topics: dict[int, list[str]] = field(default_factory=dict)
    former: list[FormerSlug] = field(default_factory=list)

    def note(self, project: Project, **values: Any) -> None:
        """Remember which columns really differ."""
        for name, value in values.items():
            if getattr(project, name) != value:
                setattr(project, name, value)
                self.columns.setdefault(project.pk, set()).add(name)

    @property
    def afresh(self) -> dict[str, Any]:
        """A sync at once, and one more after the one that may be running on what was known before."""
        return {"next_sync_at": self.now, "sync_wanted_at": self.now, "sync_failures": 0}

    def changed(self, project: Project) -> set[str]:
        return self.columns.get(project.pk, set())


def taken_slugs() -> set[str]:
    """Former ones as well: an old link never leads to another project. Two queries."""
    return {
        *Project.objects.values_list("slug", flat=True),
        *FormerSlug.objects.values_list("slug", flat=True),
    }


def follow_all(
    code_host: CodeHost, pairs: Sequence[tuple[Project, Candidate]], *, taken: set[str]
) -> list[Project]:
    """Bring known projects to what their host says; those in which anything differed. Needs a transaction.

    A number of queries that grows with what differs and not with what is there.
    """
    turn = Turn(code_host, taken)
    for project, candidate in pairs:
        follow(turn, project, candidate)
    projects = [project for project, _ in pairs]
    make_way(turn, projects)
    write(turn, projects)
    if any("next_sync_at" in turn.changed(project) for project in projects):
        transaction.on_commit(wake_one)
    return [project for project in projects if turn.changed(project) or project.pk in turn.topics]


def follow(turn: Turn, project: Project, candidate: Candidate) -> None:
    found = candidate.found
    if project.gone_at is not None:
        turn.note(project, gone_at=None, **turn.afresh)
    elif is_back(turn.code_host, project):
        turn.note(project, **turn.afresh)
    if is_adopted(turn.code_host, project):
        turn.note(project, code_host=turn.code_host)
    if not found.host_id:
        return
    turn.note(project, host_id=found.host_id, host_pushed_at=found.pushed_at or project.host_pushed_at)
    follow_address(turn, project, candidate)
    follow_words(turn, project, found)
    follow_visibility(turn, project, found)
    counts = {name: getattr(found, name) for name in COUNTS}
    turn.note(project, **{name: count for name, count in counts.items() if count is not None})


def is_back(code_host: CodeHost, project: Project) -> bool:
    """Whether a folder holds a repository again after which nobody looked any more."""
    return code_host.is_local and project.next_sync_at is None and project.sync_code == "gone"


def is_adopted(code_host: CodeHost, project: Project) -> bool:
    """Whether the source that found it knows more of it than the one that brought it in, which may be none."""
    own = project.code_host
    if own.pk == code_host.pk:
        return False
    return bool(own.removal) or not own.enabled or (code_host.has_api and not own.has_api)


def follow_address(turn: Turn, project: Project, candidate: Candidate) -> None:
    """After a rename or a transfer. The mirror goes by the project's own number and stays."""
    found = candidate.found
    if project.remote not in all_spellings(candidate):
        remote = candidate.remote
        turn.note(project, remote=remote.url, remote_host=host_of(remote), **turn.afresh)
    if project.path != found.path[:1000]:
        follow_slug(turn, project, found)
    turn.note(project, path=found.path[:1000], web_url=found.web_url[:1000])


def follow_slug(turn: Turn, project: Project, found: RemoteProject) -> None:
    """The word in addresses follows the name; the old one leads on to it."""
    own = {project.slug, *project.former_slugs.values_list("slug", flat=True)}
    slug = new_slug(found.name, found.path, taken=turn.taken - own)
    if slug == project.slug:
        return
    turn.former.append(FormerSlug(slug=project.slug, project=project, at=turn.now))
    turn.taken.add(slug)
    turn.note(project, slug=slug)


def follow_words(turn: Turn, project: Project, found: RemoteProject) -> None:
    """What the host says is weighed as a sync does it: it stands where it stood before, and nobody else's word.

    Where the repository's own words may have to give way, the next sync reads them afresh.
    """
    before, says = project.host_says, host_says(found)
    if says == before:
        return
    shown = {"name": project.name, "summary": project.summary, "lifecycle": project.lifecycle}
    for column, old, new in words_of(before, says):
        if column in project.curated_fields or old == new:
            continue
        if shown[column] == old:
            turn.note(project, **{column: new})
        elif column == "summary":
            turn.note(project, facts_at=None)
    if says["topics"] != before.get("topics", []) and "topics" not in project.curated_fields:
        follow_topics(turn, project, before.get("topics", []), says["topics"])
    turn.note(project, host_says=says)


def words_of(before: dict[str, Any], after: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Columns with what the host's old word made of them, and what its new one makes."""
    archived = str(Project.Lifecycle.ARCHIVED)
    yield "name", before.get("name", ""), after["name"]
    yield "summary", before.get("description", ""), after["description"]
    yield "lifecycle", archived if before.get("archived") else "", archived if after["archived"] else ""


def follow_topics(turn: Turn, project: Project, before: list[str], after: list[str]) -> None:
    if {topic.name for topic in project.topics.all()} == set(topic_names(before)):
        turn.topics[project.pk] = after


def host_says(found: RemoteProject) -> dict[str, Any]:
    return {
        "name": found.name[:200],
        "description": found.description[:500],
        "topics": list(found.topics[:50]),
        "archived": found.archived,
        "ssh": found.ssh_url[:1000],
    }


def follow_visibility(turn: Turn, project: Project, found: RemoteProject) -> None:
    """Whoever hides a repository at its host hides it here, at once. Opening it again is a curator's decision."""
    becomes_private = found.visibility == "private" and project.host_visibility != "private"
    if becomes_private and turn.code_host.private_listings != CodeHost.Private.SHOW:
        turn.note(project, **RESTRICTED)
    turn.note(project, host_visibility=found.visibility or project.host_visibility)


def hide_private(code_host: CodeHost, host_ids: Iterable[str]) -> None:
    """The same for what its source leaves out because it is private: nothing else here follows it any more."""
    ids = sorted(host_ids)
    known = Project.objects.filter(code_host=code_host).exclude(host_visibility="private")
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            rows = known.filter(host_id__in=ids[start : start + BATCH])
            hidden = list(rows.select_for_update().values_list("pk", flat=True))
            Project.objects.filter(pk__in=hidden).update(host_visibility="private", **RESTRICTED)
            search.index.put("project", hidden)


RESTRICTED: dict[str, Any] = {
    "listing": Project.Listing.DISCOVERED,
    "visibility": Project.Visibility.ADMINS,
}


# ---------------------------------------------------------------- writing
def make_way(turn: Turn, projects: Sequence[Project]) -> None:
    """Repositories may have swapped their names, and one may have taken the address of another that is gone."""
    movers = {project.pk: project for project in projects if "remote" in turn.changed(project)}
    if not movers:
        return
    wanted = {project.remote for project in movers.values()}
    displace(Project.objects.filter(remote__in=wanted).exclude(pk__in=movers), now=turn.now)
    for pk in movers:
        Project.objects.filter(pk=pk).update(remote=f"{Project.DISPLACED}{pk}")


def displace(projects: Iterable[Project], *, now: datetime) -> None:
    """Another repository lives at the address now. One that has no id of its own could not be found again.

    Needs a transaction.
    """
    projects = list(projects)
    for project in projects:
        gone_at = project.gone_at if project.host_id else now
        row = Project.objects.filter(pk=project.pk)
        row.update(remote=f"{Project.DISPLACED}{project.pk}", next_sync_at=None, gone_at=gone_at)
    end_waiting([project.pk for project in projects])


def write(turn: Turn, projects: Sequence[Project]) -> None:
    scored = [project for project in projects if SCORED & turn.changed(project)]
    guided = set(
        Guide.objects.filter(project__in=scored, kind="contributing").values_list("project", flat=True)
        if scored
        else ()
    )
    for project in scored:
        turn.note(project, activity_score=rescore(project, has_guidelines=project.pk in guided, now=turn.now))
    # A slug that comes back to its own project is a former one no more.
    slugs = [project.slug for project in projects if "slug" in turn.changed(project)]
    FormerSlug.objects.filter(slug__in=slugs).delete() if slugs else None
    FormerSlug.objects.bulk_create(turn.former)
    columns = sorted(set().union(*turn.columns.values())) if turn.columns else []
    if columns:
        Project.objects.bulk_update([p for p in projects if turn.changed(p)], columns, batch_size=BATCH)
    if turn.topics:
        tagged = {project: turn.topics[project.pk] for project in projects if project.pk in turn.topics}
        write_topics({project: topic_names(names) for project, names in tagged.items()})
    reindexed = [p.pk for p in projects if FOUND_BY & turn.changed(p) or p.pk in turn.topics]
    search.index.put("project", reindexed)


# ---------------------------------------------------------------- one project alone
def ask_later(project: Project) -> None:
    """After a sync that ended with one of LOST: a worker asks the host by the id that stays. Never raises."""
    if project.host_id:
        transaction.on_commit(lambda: broker.hint("catalog.tasks.follow", project.pk) and None)


def follow_if_lost(pk: int) -> None:
    """What that worker does. A host that cannot be asked now is asked by the next look through its source."""
    project = Project.objects.filter(pk=pk, code_host__enabled=True).select_related("code_host").first()
    if project is None:
        return
    try:
        follow_at_host(project)
    except ForgeError as error:
        log.info("Where %s is could not be asked: %s", project.slug, error.message)


def follow_at_host(project: Project) -> bool:
    """Ask the host about one project whose sync failed; whether it is elsewhere, gone or back. Raises ForgeError.

    Two or three queries and one request; none when it was asked a moment ago or has no API.
    """
    now = timezone.now()
    if not project.host_id or not project.code_host.has_api:
        return False
    if project.host_asked_at is not None and now - project.host_asked_at < ASKED_AGAIN:
        return False
    with asking(project.code_host) as connector:
        return ask_about(connector, project)


def ask_about(connector: HostConnector, project: Project) -> bool:
    """What the host says of a project by its id is followed. Whether anything differed. Raises ForgeError."""
    Project.objects.filter(pk=project.pk).update(host_asked_at=timezone.now())
    code_host = project.code_host
    try:
        found = connector.look(code_host.address, project.host_id)
    except ForgeError as error:
        if error.code != "gone":
            raise
        return bury(project)
    # A rule against forks or archived ones keeps new ones out; what is listed already stays and is followed.
    candidate = Candidate(found, parse_remote(found.clone_url))
    with transaction.atomic():
        row = Project.objects.select_for_update(of=("self",)).select_related("code_host").get(pk=project.pk)
        # All slugs are read only where a new one may be needed.
        taken = taken_slugs() if row.path != found.path[:1000] else set()
        return bool(follow_all(code_host, [(row, candidate)], taken=taken))


def bury(project: Project) -> bool:
    """Its host has it no more: nothing is fetched from now on, everything that was read stays."""
    with transaction.atomic():
        row = Project.objects.filter(pk=project.pk, gone_at=None)
        is_news = bool(row.update(gone_at=timezone.now(), next_sync_at=None))
        end_waiting([project.pk])
    return is_news
