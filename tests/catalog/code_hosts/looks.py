"""Looks through a source, and the listings that come of them."""

from __future__ import annotations

from django.utils import timezone

from catalog.actions.discovery import rediscover
from catalog.models import CodeHost, Project


def look(source: CodeHost) -> CodeHost:
    CodeHost.objects.filter(pk=source.pk).update(next_look_at=timezone.now())
    rediscover(CodeHost.objects.get(pk=source.pk))
    source.refresh_from_db()
    return source


def project(host_id: int) -> Project:
    return Project.objects.get(host_id=str(host_id))
