"""What this app shows on the pages of others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from api.models import WebhookDelivery
from catalog.models import CodeHost
from people.querysets import Viewer

DAY = timedelta(days=1)


def deliveries_of_source(code_host: CodeHost, viewer: Viewer) -> dict[str, Any] | None:
    """Whether its webhook works, for operators. No listing is named: they may not know of every one."""
    if not code_host.webhook_secret:
        return None
    heard = WebhookDelivery.objects.filter(code_host=code_host)
    return {"last": heard.first(), "count": heard.filter(received_at__gt=timezone.now() - DAY).count()}
