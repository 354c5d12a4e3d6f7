"""One sync: bring the mirror up to date, read what is new, replace the facts. Safe to run twice, or killed."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from catalog import broker
from catalog.actions.syncing import keep_run
from catalog.ending import Trouble, close, fail, postpone, resume
from catalog.findings import read_findings, read_refs
from catalog.leases import Lease, claim_one, kept, new_owner
from catalog.models import Project, SyncRun
from catalog.reach import Reach, reach_of
from catalog.recording import READERS, known_of, record, record_refs
from catalog.restarts import AWAY, outlast, turn_to_write
from catalog.revisions import forget_shown
from catalog.signals import synced
from catalog.telling import Superseded, Telling, TooLong
from forge.errors import ForgeError
from forge.losses import is_believed
from forge.mirror import Mirror, mirror_path
from forge.types import Remote, UpdateResult
from forge.urls import parse_remote

log = logging.getLogger(__name__)

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
#: A repository that ended its worker so often is left alone until somebody asks for it again.
MAX_ATTEMPTS = 3
#: Facts this old are read again though nothing moved: scores depend on the day, and readers get better.
FACTS_AGE = timedelta(days=7)

#: From so many commits on it pays to write down which paths each of them changed.
LONG_HISTORY = 1_000

#: What others write to a project while a sync reads.
KEPT_FRESH = [
    "name", "summary", "motivation", "kind", "docs_url", "owner_team", "lifecycle", "skills", "help_wanted",
    "governance", "production_since", "support", "successor", "successor_text", "curated_fields", "host_says",
    "stars", "forks", "open_issues", "answer_hours", "lease_owner", "leased_at",
]  # fmt: skip

GIVEN_UP = Trouble(
    "given_up",
    "Reading this repository ended the portal's worker several times, so it is left alone.",
    "An operator finds the reason in the worker's log, often memory or the time limit. "
    "A sync that somebody asks for tries again.",
)
INTERNAL = Trouble(
    "internal",
    "Something went wrong in the portal itself while this repository was read. The last good facts stay.",
    "Sync again. If it stays, an operator finds the reason in the log.",
)


@dataclass(frozen=True, slots=True)
class News:
    """What a sync brought. `changed`: the source had something new. `is_told`: the apps above hear of it."""

    project: Project
    old_head: str
    new_head: str
    changed: bool
    is_told: bool


def sync(lease: Lease, *, accept_loss: bool = False, is_quick: bool = False) -> None:
    """Carry out what a lease is for; never raises because of a repository, and always ends the lease.

    `accept_loss` follows a source that lost its branches, see `forge.mirror`. `is_quick` hands what takes long
    over to the long lane. The mirror's lock, which ends with its holder, says whether an earlier worker still
    lives in spite of its lease.
    """
    telling = outlast(lambda: Telling(lease, is_quick=is_quick))
    news = None
    with reporting(lease, telling), Mirror(mirror_path(lease.project.pk)).lock() as mirror:
        news = bring_up_to_date(lease, telling, mirror, accept_loss=accept_loss or telling.accepts_loss)
    if news is not None:
        with reporting(lease, telling):
            finish(lease, telling, news)


def sync_now(project: Project, *, accept_loss: bool = False) -> SyncRun | None:
    """Sync a project here, whatever its time; the ended run, or None while another process is at it."""
    run = keep_run(project, accepts_loss=accept_loss)
    owner = new_owner()
    lease = claim_one(project, owner=owner)
    if lease is None:
        return None
    with kept(owner):
        sync(lease)
    run.refresh_from_db()
    return run


@contextmanager
def reporting(lease: Lease, telling: Telling) -> Iterator[None]:
    """Whatever goes wrong inside becomes words on the project's page, and never the worker's end."""
    try:
        try:
            yield
        except TooLong:
            postpone(lease, telling, lane=Project.Lane.LONG)
        except ForgeError as error:
            fail(lease, telling, error)
        except Superseded:
            raise
        except AWAY as error:
            log.warning("The sync of %s begins again, the database was away: %s", lease.project.slug, error)
            resume(lease, telling)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                fail(lease, telling, ForgeError("disk_full"))
            else:
                log.exception("The sync of %s failed.", lease.project.slug)
                close(lease, telling, trouble=INTERNAL)
    except Superseded:
        log.info("The sync of %s was taken over.", lease.project.slug)


def bring_up_to_date(lease: Lease, telling: Telling, mirror: Mirror, *, accept_loss: bool) -> News | None:
    project = lease.project
    if project.sync_attempts > MAX_ATTEMPTS:
        close(lease, telling, trouble=GIVEN_UP, is_parked=True)
        return None
    # After a failure or a killed worker the mirror may be ahead of what was recorded and told.
    is_torn = project.sync_attempts > 1 or bool(project.sync_code)
    known = "" if is_torn else project.refs_digest
    update = update_mirror(project, mirror, telling, known=known, accept_loss=accept_loss)
    head = update.head or ""
    changed = update.changed or head != project.synced_commit
    news = News(project, project.head_commit, head, changed, is_told=changed or is_torn)
    if news.is_told or facts_are_old(project) or update.digest != project.refs_digest:
        read(lease, telling, mirror, update)
    return news


def update_mirror(
    project: Project, mirror: Mirror, telling: Telling, *, known: str, accept_loss: bool
) -> UpdateResult:
    """A loss that was seen three times, hours apart, is believed without a person's word."""
    reach = reach_of(project.code_host)
    remote = remote_of(project, reach)

    def update(*, accept_loss: bool) -> UpdateResult:
        return mirror.update(
            remote,
            on_progress=telling.hear,
            hosts=reach.hosts,
            folders=reach.folders,
            credentials=reach.credentials,
            accept_loss=accept_loss,
            known=known,
        )

    try:
        return update(accept_loss=accept_loss)
    except ForgeError as error:
        if not error.fingerprint or not is_believed(project.loss, error.fingerprint, now=timezone.now()):
            raise
    return update(accept_loss=True)


def remote_of(project: Project, reach: Reach) -> Remote:
    try:
        return parse_remote(project.remote, folders=reach.folders)
    except ForgeError as error:
        # It was there when it came in, so what is missing now has gone.
        raise ForgeError("gone") if error.code == "path_missing" else error from None


def facts_are_old(project: Project) -> bool:
    """Whether they were read long ago, or by readers that knew less than those of today."""
    if project.facts_at is None or project.facts_version != READERS:
        return True
    return timezone.now() - project.facts_at > FACTS_AGE


def read(lease: Lease, telling: Telling, mirror: Mirror, update: UpdateResult) -> None:
    """Read what moved and record it: everything when the default branch or tags did, else only branches.

    Scores go by releases, and what is read again for a tag is little: the commit was read before.
    """
    project, now = lease.project, timezone.now()
    refs = read_refs(mirror, update, known=project.refs_digest)
    project.refs_digest = update.digest
    if refs.head == project.synced_commit and refs.tags is None and not facts_are_old(project):

        def write_refs() -> None:
            with turn_to_write(), transaction.atomic():
                if not lease.rows().select_for_update().exists():
                    raise Superseded
                project.save(update_fields=["refs_digest", *record_refs(project, refs)])

        return outlast(write_refs)
    known = known_of(project, files=not facts_are_old(project))
    found = read_findings(mirror, refs, slug=project.slug, now=now, known=known, tell=telling.tell)
    telling.tell("saving")

    def write() -> None:
        with turn_to_write(), transaction.atomic():
            # What a curator or a request changed since this sync began must stand.
            rows = Project.objects.select_for_update(of=("self",))
            project.refresh_from_db(fields=KEPT_FRESH, from_queryset=rows)
            if (project.lease_owner, project.leased_at) != (lease.owner, lease.at):
                raise Superseded
            project.save(update_fields=["refs_digest", *record(project, found, now=now)])

    return outlast(write)


def finish(lease: Lease, telling: Telling, news: News) -> None:
    """Tell the apps above, then end the lease: who takes over from a worker killed in between tells again."""
    if news.is_told:
        outlast(lambda: tell(news))
    close(lease, telling, changed=news.changed)
    if news.changed:
        outlast(lambda: forget_shown(news.project))
    if news.is_told and news.project.commit_count >= LONG_HISTORY:
        broker.hint("catalog.tasks.index_history", news.project.pk)


def tell(news: News) -> None:
    """A receiver that the database failed has not heard it yet, so that is raised; its other faults are logged.

    All of them may then hear it once more.
    """
    heard = synced.send_robust(
        sender=Project, project=news.project, old_head=news.old_head, new_head=news.new_head
    )
    for _, answer in heard:
        if isinstance(answer, AWAY):
            raise answer
