"""Webhooks that were signed: each is written down, heard once, and asked about by a worker where need be."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from api.models import WebhookDelivery
from catalog import broker
from catalog.actions import hearing
from catalog.models import CodeHost, Project
from contributions.actions import fetch_forks_again
from forge.connectors.webhooks import Delivery

#: Deliveries older than this are forgotten. GitHub delivers again for three days.
KEPT = timedelta(days=30)
#: For so long a host that cannot be asked is asked again; after that the next look through it does.
ASKED_FOR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BATCH = 200


def too_many(code_host: CodeHost) -> bool:
    """Whether this code host has had its share of the last minute. One query over an index."""
    lately = WebhookDelivery.objects.filter(code_host=code_host, received_at__gt=timezone.now() - MINUTE)
    return lately.count() >= settings.WEBHOOKS_PER_MINUTE


def take(code_host: CodeHost, project: Project | None, delivery: Delivery) -> bool:
    """Write it down and do what follows, both or neither. Whether it was news: the same again does nothing."""
    row = WebhookDelivery(
        code_host=code_host,
        project=project,
        delivery=hashlib.sha256(delivery.delivery_id.encode()).hexdigest(),
        digest=digest_of(code_host, delivery),
        event=delivery.event[:60],
        what=delivery.what,
        waits=hearing.must_ask(project, delivery),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            hearing.hear(code_host, project, delivery)
            if row.waits:
                transaction.on_commit(lambda: hint(row.project_id))
    except IntegrityError:
        return False
    return True


def digest_of(code_host: CodeHost, delivery: Delivery) -> str:
    """What makes two deliveries the same although their ids differ: an id is a header that no signature covers.

    GitLab's bodies hold no time, so that a branch that is moved there, back, and there again honestly makes the
    same one twice; and who can repeat a plain token can send anything. There the id counts as well.
    """
    if code_host.kind != "gitlab":
        return delivery.digest
    return hashlib.sha256(f"{delivery.delivery_id}\n{delivery.digest}".encode()).hexdigest()


def hint(project: int | None) -> None:
    if project is not None:
        broker.hint("api.tasks.heed", project)


# ---------------------------------------------------------------- in a worker
def heed(project: int) -> None:
    """Ask the code host what became of a project. Safe to run twice; what comes in meanwhile waits on."""
    waiting = WebhookDelivery.objects.filter(project=project, waits=True)
    rows = list(waiting.order_by("pk").values_list("pk", "what"))
    for items in (False, True):
        pks = [pk for pk, what in rows if (what in ("change", "issue")) is items]
        if pks and hearing.ask(project, items=items):
            # Only now: as long as the host cannot be asked, its forks are not fetched over and over either.
            if items and any(what == "change" for _, what in rows):
                fetch_forks_again(project)
            waiting.filter(pk__in=pks).update(waits=False)


def heed_due() -> None:
    """What beat does: whatever the broker lost, and what could not be asked so far, the longest waiting first."""
    recent = timezone.now() - ASKED_FOR
    due = WebhookDelivery.objects.filter(waits=True, received_at__gt=recent, project__isnull=False)
    due = due.exclude(project__code_host__in=hearing.resting())
    oldest = due.values("project").annotate(first=Min("received_at")).order_by("first")
    for pk in oldest.values_list("project", flat=True)[:BATCH]:
        hint(pk)


def forget_old() -> int:
    """What beat does once a day. Answers how many went."""
    return WebhookDelivery.objects.filter(received_at__lt=timezone.now() - KEPT).delete()[0]
