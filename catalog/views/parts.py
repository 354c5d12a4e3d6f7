"""Pages of which htmx may ask for a part."""

from __future__ import annotations

from django.http import HttpRequest


def wants_part(request: HttpRequest) -> bool:
    """Going back in the browser's history asks by htmx for the whole page, which it no longer has."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.history_restore_request)
