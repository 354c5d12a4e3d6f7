"""A source is removed: its listings go with their mirrors, or stay as they are with nothing fetched any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from django.db import transaction
from django.utils import timezone

import search.index
from catalog import broker
from catalog.actions.discovery import claimed
from catalog.actions.following import RESTRICTED
from catalog.actions.sources import require_operator
from catalog.actions.syncing import end_waiting
from catalog.answers import forget_all
from catalog.models import CodeHost, Guide, Project, Secret
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from people.models import User

#: Which of these projects must stay because of what people did in them; apps above add their own at start-up.
keepers: list[Callable[[Sequence[int]], Collection[int]]] = []

BATCH = 50
#: Seconds after which a worker turns to what else waits for it; the next beat goes on.
SPELL = 30.0
Removal = CodeHost.Removal


def kept_of(projects: Sequence[int]) -> set[int]:
    return {pk for keeper in keepers for pk in keeper(projects)}


def remove_source(code_host: CodeHost, *, by: User, keep: bool) -> None:
    """Nothing is looked through or fetched from now on, and what the host entrusted to us is forgotten.

    Listings that stay say since when they are not followed. Others are hidden at once and deleted in the
    background; those with contributions stay in any case. Twice is once. Raises PermissionDenied.
    """
    require_operator(by)
    now = timezone.now()
    with transaction.atomic():
        projects = Project.objects.filter(code_host=code_host)
        ids = list(projects.values_list("pk", flat=True))
        staying = set(ids) if keep else kept_of(ids)
        projects.filter(gone_at=None).update(gone_at=now)
        projects.update(next_sync_at=None)
        end_waiting(ids)
        if not keep:
            hide([pk for pk in ids if pk not in staying])
        forget_all(code_host)
        CodeHost.objects.filter(pk=code_host.pk).update(
            enabled=False,
            removal=Removal.KEEP if keep and ids else Removal.DELETE,
            token=Secret(),
            token_set_at=None,
            webhook_secret=Secret(),
            webhook_secret_set_at=None,
        )
        transaction.on_commit(lambda: broker.hint("catalog.tasks.remove_source", code_host.pk) and None)


def hide(projects: Sequence[int]) -> None:
    for start in range(0, len(projects), BATCH):
        Project.objects.filter(pk__in=projects[start : start + BATCH]).update(**RESTRICTED)


def finish_removal(pk: int) -> None:
    """What one worker at a time does, for about SPELL; what is left comes with the next beat, also if it dies."""
    code_host = CodeHost.objects.filter(pk=pk, removal=Removal.DELETE).first()
    held = claimed(code_host) if code_host is not None else None
    if held is None:
        return
    try:
        if delete_projects(pk):
            end_removal(pk)
    finally:
        held.rows().update(looking_since=None, looking_until=None, look_phase="")


def delete_projects(source: int) -> bool:
    """Whether none is left that has to go; False when the time is over, or while a sync is at one."""
    ends = time.monotonic() + SPELL
    ids = list(Project.objects.filter(code_host=source).values_list("pk", flat=True))
    kept, is_done = kept_of(ids), True
    for pk in ids:
        if time.monotonic() > ends:
            return False
        if pk not in kept:
            is_done = delete_project(pk, source=source) and is_done
    return is_done


def end_removal(pk: int) -> None:
    """The source goes with the last of its listings, unless it was added again meanwhile."""
    with transaction.atomic():
        code_host = CodeHost.objects.select_for_update().filter(pk=pk, removal=Removal.DELETE).first()
        if code_host is None:
            return
        if Project.objects.filter(code_host=code_host).exists():
            CodeHost.objects.filter(pk=pk).update(removal=Removal.KEEP)
        else:
            code_host.delete()


def delete_project(pk: int, *, source: int) -> bool:
    """The mirror first, so that a killed worker leaves none behind. False while a sync is at it."""
    mirror = Mirror(mirror_path(pk))
    try:
        with mirror.lock():
            with transaction.atomic():
                if not must_go(pk, source=source):
                    return True
                mirror.remove()
                guides = list(Guide.objects.filter(project=pk).values_list("pk", flat=True))
                Project.objects.filter(pk=pk).delete()
                search.index.put_all({"project": [pk], "guide": guides})
            mirror.path.with_suffix(".lock").unlink(missing_ok=True)
    except ForgeError:
        return False
    return True


def must_go(pk: int, *, source: int) -> bool:
    """Whether it still has to: its source may have been added again, another may have adopted it, somebody may
    work in it. Both rows are locked until the transaction ends."""
    rows = Project.objects.select_for_update(of=("self", "code_host")).select_related("code_host")
    still = rows.filter(pk=pk, code_host=source, code_host__removal=Removal.DELETE)
    return still.first() is not None and not kept_of([pk])
