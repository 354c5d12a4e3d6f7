"""What people write in requests, as safe HTML."""

from __future__ import annotations

from zlib import crc32

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from catalog.guides.render import render
from catalog.models import Project


def html(text: str, project: Project) -> SafeString:
    """Markdown of a person, rendered and sanitised; its relative links lead into the project's files."""
    if not text:
        return SafeString()
    files = reverse("catalog:files", args=[project.slug])
    # Several texts stand on one page, and each needs ids of its own for its headings.
    prefix = f"note-{crc32(text.encode(errors='replace')):x}-"
    rendered = render(text, path="note.md", link_base=files, image_base=files, prefix=prefix)
    return mark_safe(rendered.html)  # noqa: S308 - the renderer sanitises it.
