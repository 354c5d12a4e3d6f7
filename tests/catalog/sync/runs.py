"""Syncs of one project, and the leases that they run under."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from catalog.leases import Lease, claim_one
from catalog.models import Project, SyncRun

Run = Callable[..., SyncRun]


def taken(project: Project, owner: str = "me") -> Lease:
    lease = claim_one(project, owner=owner)
    assert lease is not None
    return lease


def expire(project: Project) -> None:
    """Its worker has died, and its lease ran out."""
    Project.objects.filter(pk=project.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
