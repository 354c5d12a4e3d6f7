"""What a sync found, put into the rows of a project. To be called inside the sync's one transaction."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.text import slugify

import search.index
from catalog.facts.activity import Activity, AuthorActivity, continued
from catalog.facts.releases import is_release
from catalog.files import Earlier, FileFacts, ReadGuide
from catalog.findings import NO_LINES, Findings, Known, Refs
from catalog.guides.codeowners import Owner
from catalog.guides.render import Rendered
from catalog.models import (
    ActivityYear,
    Contributor,
    Guide,
    LastRead,
    Package,
    Project,
    ProjectLanguage,
    Tag,
    Topic,
)
from catalog.sayings import PORTAL, SOURCE, Said, sayings
from catalog.scoring import assign, record_scores, replace
from catalog.yearly import record_year
from forge.types import Tag as FoundTag
from forge.types import shown
from people.models import Identity, Team

MAX_TOPICS = 20
MAX_LANGUAGES = 40
BATCH = 500
#: Raise it when a reader of repositories learns something: the next sync of each listing then reads it afresh.
READERS = 5

_NOT_IN_TOPIC = re.compile(r"[^\w+#.-]+")


def known_of(project: Project, *, files: bool) -> Known | None:
    """What an earlier sync recorded in a way that this one can go on from; None when all has to be read afresh.

    Without `files`, only history and the texts of guides are gone on from.
    """
    if not project.synced_commit or project.weekly_until is None or project.facts_version != READERS:
        return None
    if project.contributors.count() != project.contributor_count:
        return None
    year = ActivityYear.objects.filter(project=project, until=project.weekly_until).first()
    if year is None:
        return None
    last = LastRead.objects.filter(project=project, commit=project.synced_commit).first() if files else None
    return Known(
        project.synced_commit,
        sums_of(project, year),
        files=FileFacts.from_json(last.files) if last else None,
        earlier_guides=lambda: earlier_guides(project),
    )


def earlier_guides(project: Project) -> Earlier:
    """The texts of guides as they were made: rendering is what costs most of a sync."""
    return {
        (row.path, row.blob): Rendered(row.html, row.title, row.text, toc=(), note=row.note)
        for row in project.guides.exclude(html="")
    }


def sums_of(project: Project, year: ActivityYear) -> Activity:
    """What was counted before; authors are looked up once it is known who came again."""
    lines = project.weekly_lines or [[0, 0]] * len(project.weekly_commits)
    assert project.weekly_until is not None  # noqa: S101
    return Activity(
        commit_count=project.commit_count,
        authors=(),
        weekly=tuple((commits, *pair) for commits, pair in zip(project.weekly_commits, lines, strict=True)),
        weekly_until=project.weekly_until,
        first_at=project.first_activity,
        last_at=project.last_activity,
        daily=tuple(year.days),
    )


def authors_again(project: Project, new: Activity) -> tuple[AuthorActivity, ...]:
    """What was counted of those authors who come again in `new`."""
    rows: list[Contributor] = []
    emails = [author.email for author in new.authors]
    for start in range(0, len(emails), BATCH):
        rows += project.contributors.filter(email__in=emails[start : start + BATCH])
    return tuple(map(author_of, rows))


def author_of(row: Contributor) -> AuthorActivity:
    return AuthorActivity(
        row.email,
        row.name,
        row.commits,
        row.first_at,
        row.last_at,
        added=row.lines_added,
        removed=row.lines_removed,
        weeks=row.weeks,
    )


def record_refs(project: Project, refs: Refs) -> list[str]:
    """Branches and tags. Answers the names of the project's fields that were set; the caller saves."""
    project.default_branch = refs.default_branch[:255]
    project.head_commit = refs.head
    project.branch_count = refs.branch_count
    if refs.tags is not None:
        replace_tags(project, refs.tags)
    return ["default_branch", "head_commit", "branch_count"]


def record(project: Project, found: Findings, *, now: datetime) -> list[str]:
    """All facts of one commit, in a number of queries that does not grow with the repository but in batches.

    Answers the names of the project's fields that were set; the caller saves them with the state of the sync.
    """
    fields = record_refs(project, found.refs)
    activity = found.activity
    if found.before is not None:
        before = dataclasses.replace(found.before, authors=authors_again(project, activity))
        activity = continued(before, activity)
        add_contributors(project, activity.authors)
        people = project.contributors.count()
    else:
        replace_contributors(project, activity.authors)
        people = len(activity.authors)
    fields += state_facts(project, found, activity, people=people, now=now)
    fields += state_words(project, found)
    replace_languages(project, found)
    moved = [] if found.guides is None else replace_guides(project, found.guides)
    record_year(project, activity)
    replace_packages(project, found)
    remember(project, found)
    fields += record_scores(project, found.files, now=now)
    search.index.put_all({"project": [project.pk], "guide": moved})
    return fields


def remember(project: Project, found: Findings) -> None:
    """For the next sync, which then reads only what changed."""
    row = LastRead(project=project, commit=found.refs.head, files=found.files.as_json())
    LastRead.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["project"], update_fields=["commit", "files"]
    )


# ---------------------------------------------------------------- the project's own row
def state_facts(project: Project, found: Findings, activity: Activity, *, people: int, now: datetime) -> list[str]:
    files = found.files
    largest = next(iter(files.languages), "")
    facts: dict[str, Any] = {
        "synced_commit": found.refs.head,
        "facts_at": now if found.guides is not None else project.facts_at,
        "facts_version": READERS,
        "license_spdx": (files.licence or files.metadata.licence)[:100],
        "commit_count": activity.commit_count,
        "contributor_count": people,
        "file_count": files.file_count,
        "document_count": files.document_count,
        "main_language": (files.metadata.language or largest)[:50],
        "first_activity": activity.first_at,
        "last_activity": activity.last_at,
        "weekly_commits": [week[0] for week in activity.weekly],
        "weekly_lines": [week[1:] for week in activity.weekly],
        "weekly_until": activity.weekly_until,
        "metadata_problems": [dataclasses.asdict(problem) for problem in files.metadata.problems],
        "notes": notes_of(project, found),
    }
    return assign(project, facts)


def notes_of(project: Project, found: Findings) -> list[str]:
    """What could not be counted once stays so until everything is counted afresh."""
    kept = [NO_LINES] if found.before and NO_LINES in project.notes else []
    return list(dict.fromkeys([*found.refs.notes, *found.notes, *kept]))


def state_words(project: Project, found: Findings) -> list[str]:
    """What people say of the project. A curator's word stands, then the repository's, its host's, our guess."""
    team, named_in = owner_team(project, found)
    said = sayings(project, found.files)
    said["owner_team"] = Said(team, named_in)
    said |= successor(project, said["successor_text"])
    open_to_it = {field: each for field, each in said.items() if field not in project.curated_fields}
    topics = open_to_it.pop("topics", None)
    if topics is not None:
        set_topics(project, topics.word)
    stated = {field: each.source for field, each in said.items() if each.source}
    return assign(project, {**{field: each.word for field, each in open_to_it.items()}, "stated_in": stated})


def successor(project: Project, named: Said) -> dict[str, Said]:
    """The listing of that short name, else what was named as words. One query where something was."""
    slug = str(named.word)
    listing = Project.objects.filter(slug=slug).exclude(pk=project.pk).first() if slug else None
    return {
        "successor": Said(listing, named.source),
        "successor_text": Said("" if listing else slug, named.source),
    }


def owner_team(project: Project, found: Findings) -> tuple[Team | None, str]:
    """The team that the metadata names, else CODEOWNERS, else the code host's; else the one there was."""
    stated, owners = found.files.metadata.owner_slugs, team_slugs(found.files.owners)
    slugs = [*stated, *owners][:BATCH]
    teams = Team.objects.in_bulk(slugs, field_name="slug") if slugs else {}
    slug = next((slug for slug in slugs if slug in teams), None)
    if slug is not None:
        owners_path = found.files.guides.get("codeowners", "CODEOWNERS")
        return teams[slug], found.files.metadata.sources.get("owner", "") if slug in stated else owners_path
    if project.code_host.default_team:
        return project.code_host.default_team, SOURCE
    return project.owner_team, PORTAL if project.owner_team_id else ""


def team_slugs(owners: Iterable[Owner]) -> list[str]:
    """`payments/core` of a CODEOWNERS file may be the team payments-core or the team core."""
    names = [owner.name for owner in owners if owner.kind == "team"]
    return [slug for name in names for slug in (slugify(name.replace("/", "-")), slugify(name.rpartition("/")[2]))]


def set_topics(project: Project, names: Iterable[str]) -> None:
    wanted = topic_names(names)
    if set(wanted) == {topic.name for topic in project.topics.all()}:
        return
    Topic.objects.bulk_create([Topic(name=name) for name in wanted], ignore_conflicts=True)
    project.topics.set(Topic.objects.filter(name__in=wanted))


def topic_names(names: Iterable[str]) -> list[str]:
    """Lower case with dashes, each once, at most twenty of fifty characters."""
    cleaned = (_NOT_IN_TOPIC.sub("-", name.strip().lower()).strip("-.")[:50] for name in names)
    return list(dict.fromkeys(name for name in cleaned if name))[:MAX_TOPICS]


# ---------------------------------------------------------------- the rows beside it
def replace_languages(project: Project, found: Findings) -> None:
    largest = {name[:50]: size for name, size in list(found.files.languages.items())[:MAX_LANGUAGES]}
    before = dict(project.languages.values_list("name", "bytes"))
    if largest != before:
        rows = [ProjectLanguage(project=project, name=name, bytes=size) for name, size in largest.items()]
        replace(project.languages.all(), rows, before=before)


def replace_packages(project: Project, found: Findings) -> None:
    fresh = [
        Package(project=project, ecosystem=each.ecosystem, name=each.name, version=each.version, path=each.path)
        for each in found.files.packages
    ]
    before = set(project.packages.values_list("ecosystem", "name", "version", "path"))
    if before != {(row.ecosystem, row.name, row.version, row.path) for row in fresh}:
        replace(project.packages.all(), fresh, before=before)


def replace_guides(project: Project, guides: Iterable[ReadGuide]) -> list[int]:
    """Guides keep their keys, by which the search knows them. Answers the keys of those whose words moved."""
    before = {row.kind: row for row in project.guides.all()}
    fresh = [guide_row(project, guide) for guide in guides if len(shown(guide.found.path)) <= 1000]
    gone = before.keys() - {row.kind for row in fresh}
    stale = [before[kind].pk for kind in gone]
    if stale:
        Guide.objects.filter(pk__in=stale).delete()
    written = Guide.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["project", "kind"],
        update_fields=["path", "blob", "size", "title", "text", "html", "note"],
    )
    return stale + [row.pk for row in written if row.kind not in before or before[row.kind].text != row.text]


def guide_row(project: Project, guide: ReadGuide) -> Guide:
    row = Guide(
        project=project,
        kind=guide.found.kind,
        path=shown(guide.found.path),
        blob=guide.found.blob,
        size=guide.found.size,
        note=guide.note[:300],
    )
    if guide.rendered:
        row.title = guide.rendered.title[:300]
        row.text = guide.rendered.plain_text
        row.html = guide.rendered.html
    return row


def replace_tags(project: Project, tags: Iterable[FoundTag]) -> None:
    """Tags seldom move, so nothing is written unless they did."""
    fresh = [
        Tag(
            project=project,
            name=tag.name,
            commit=tag.commit,
            tagged_at=tag.tagged_at,
            is_release=is_release(tag.name),
        )
        for tag in tags
        if len(tag.name) <= 255
    ]
    before = set(project.tags.values_list("name", "commit"))
    if before != {(tag.name, tag.commit) for tag in fresh}:
        replace(project.tags.all(), fresh, before=before)


def replace_contributors(project: Project, authors: Sequence[AuthorActivity]) -> None:
    """All authors, a few hundred at a time. Only rows that differ are written."""
    wanted = {author.email for author in authors}
    known = dict(project.contributors.order_by().values_list("email", "pk"))
    gone = [pk for email, pk in known.items() if email not in wanted]
    for start in range(0, len(gone), BATCH):
        Contributor.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    for start in range(0, len(authors), BATCH):
        fresh = [contributor_row(project, author) for author in authors[start : start + BATCH]]
        again = [row.email for row in fresh if row.email in known]
        before = {row.email: row for row in project.contributors.filter(email__in=again)} if again else {}
        put_contributors([row for row in fresh if row.email not in before or differs(before[row.email], row)])


def add_contributors(project: Project, authors: Iterable[AuthorActivity]) -> None:
    """Those who came or came again; the others stay as they are."""
    put_contributors([contributor_row(project, author) for author in authors])


def put_contributors(rows: Sequence[Contributor]) -> None:
    link_to_people(rows)
    Contributor.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["project", "email"],
        update_fields=["user", *COUNTED],
    )


COUNTED = ("name", "commits", "first_at", "last_at", "lines_added", "lines_removed", "weeks", "last_week")


def contributor_row(project: Project, author: AuthorActivity) -> Contributor:
    return Contributor(
        project=project,
        name=author.name[:200],
        email=author.email[:254],
        commits=author.commits,
        first_at=author.first_at,
        last_at=author.last_at,
        lines_added=author.added,
        lines_removed=author.removed,
        weeks={monday: list(sums) for monday, sums in author.weeks.items()},
        last_week=date.fromisoformat(max(author.weeks)) if author.weeks else None,
    )


def differs(before: Contributor, after: Contributor) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in COUNTED)


def link_to_people(rows: Sequence[Contributor]) -> None:
    """An author line proves nothing, so it names a person only by an address that this person has verified."""
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        proved = Identity.objects.filter(verified_at__isnull=False, email__in=[row.email for row in part])
        people = dict(proved.values_list("email", "user"))
        for row in part:
            row.user_id = people.get(row.email)
