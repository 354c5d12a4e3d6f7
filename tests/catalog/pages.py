"""What a page shows, and what it was told to say."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages


def page(answer: Any) -> str:
    return str(answer.content.decode())


def said(answer: Any) -> str:
    """The messages that the answer shows, or leaves for the page that it leads to."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))
