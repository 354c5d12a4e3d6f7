"""The way of a branch: fetched into the project's mirror, made a revision, recognised when it arrives."""

from __future__ import annotations

import logging

from django.utils import timezone

from catalog.models import Project
from contributions import actions, arrival, branches, facts
from contributions.errors import BadBranch, NotNow
from contributions.models import Change, Credit, Revision
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path

log = logging.getLogger(__name__)


def fetch(change: Change) -> Revision | None:
    """Bring the branch; a new revision when it moved, else None. The outcome is kept on the change.

    Safe to run twice. Raises ForgeError `locked` while the project is being synced: try again later.
    """
    try:
        revision = bring(change)
    except (ForgeError, BadBranch) as error:
        if error.code == "locked":
            raise
        actions.note_checked(change, error)
        return None
    actions.note_checked(change)
    return revision


def bring(change: Change) -> Revision | None:
    """Fetch into the ref of the next revision; what does not become one is forgotten again."""
    project = change.request.project
    if not project.head_commit:
        raise ForgeError("mirror_missing")
    number = change.revisions.count() + 1
    ref = f"refs/changes/{change.pk}/{number}"
    remote, reach = branches.source_of(change)
    revision = None
    with Mirror(mirror_path(project.pk)).lock() as mirror:
        try:
            head = mirror.fetch_change(
                remote,
                branch=change.branch,
                ref=ref,
                hosts=reach.hosts,
                folders=reach.folders,
                credentials=reach.credentials,
            )
            if not is_current(change, head):
                revision = make(mirror, change, head=head, number=number)
        finally:
            if revision is None:
                mirror.drop_change(ref)
    return revision


def make(mirror: Mirror, change: Change, *, head: str, number: int) -> Revision | None:
    found = facts.read(mirror, head=head, onto=change.request.project.head_commit, branch=change.branch)
    try:
        return actions.revise(change, found, number=number)
    except NotNow:
        # Withdrawn, declined or merged while we fetched, or another branch was offered: nothing to review.
        return None


def is_current(change: Change, head: str) -> bool:
    """Whether this commit has its revision. One that is offered anew gets another, so that it is reviewed anew."""
    latest = change.latest
    return latest is not None and latest.head == head and not latest.is_outdated


def follow(project: Project) -> None:
    """After a sync: new commits of the offered branches, then those that have arrived. Safe to run twice.

    Raises ForgeError `locked` when a branch could not be fetched because the next sync has begun.
    """
    mirror = Mirror(mirror_path(project.pk))
    changes = Change.objects.expected().filter(request__project=project).select_related("request__project")
    tips = {branch.name: branch.commit for branch in reading.branches(mirror)}
    locked = None
    for change in changes:
        try:
            follow_one(mirror, change, tips.get(change.branch, ""))
        except ForgeError as error:
            # One broken branch must not keep the others waiting.
            log.warning("change %d of %s: %s", change.pk, project.slug, error)
            locked = error if error.code == "locked" else locked
    if locked:
        raise locked


def follow_one(mirror: Mirror, change: Change, tip: str) -> None:
    """`tip` is where the project's own branch of that name is, "" when there is none."""
    if arrived(mirror, change):
        return
    is_moved = change.fork or change.error_code or not is_current(change, tip)
    # What was pushed and merged between two syncs is recognised once it is a revision.
    if change.may_grow and is_moved and fetch(change) and arrived(mirror, change):
        return
    check_merge(mirror, change)
    head = change.request.project.head_commit
    Change.objects.same_offer(change).update(checked_head=head, checked_at=timezone.now())


def arrived(mirror: Mirror, change: Change) -> Credit | None:
    revisions = list(change.revisions.all())
    head = change.request.project.head_commit
    if not revisions or not head or change.checked_head == head:
        return None
    found = arrival.find(mirror, change, revisions, head=head)
    try:
        return actions.merge(change, found) if found else None
    except NotNow:
        # Closed while we looked.
        return None


def check_merge(mirror: Mirror, change: Change) -> None:
    """The default branch moved: does the newest revision still merge?"""
    latest, head = change.latest, change.request.project.head_commit
    if latest is None or change.checked_head == head:
        return
    latest.merges, latest.conflicts = facts.merges(mirror, head=latest.head, onto=head)
    latest.save(update_fields=["merges", "conflicts"])
