"""Housekeeping of the site itself."""

from celery import shared_task
from django.core.management import call_command

from portal import health


@shared_task
def beat_seen() -> None:
    """Beat queued this and a worker ran it, so both are alive."""
    health.note_beat()


@shared_task
def clear_sessions() -> None:
    call_command("clearsessions")
