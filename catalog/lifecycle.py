"""Where a project stands in its life, as its pages say it to one viewer."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from catalog.models import Project
from people.querysets import Viewer

is_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class Said:
    """What a person wrote: words, and where they are nothing but an address of the web, that address."""

    text: str
    url: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


def said(text: str) -> Said:
    """Other schemes are words: a link must never run anything."""
    text = text.strip()
    try:
        is_address(text)
    except ValidationError:
        return Said(text)
    return Said(text, text)


@dataclass(frozen=True, slots=True)
class Ending:
    """Why nobody should begin to depend on a project, and what to use instead as far as the viewer may know it."""

    is_archived: bool
    successor: Project | None
    text: Said


def ending_of(project: Project, viewer: Viewer) -> Ending | None:
    """None for a project that goes on. At most one query, and those of visible_to, where there is a successor.

    A successor that the viewer may not see is not even hinted at.
    """
    if not project.is_ending:
        return None
    return Ending(project.is_archived, successor_of(project, viewer), said(project.successor_text))


def successor_of(project: Project, viewer: Viewer) -> Project | None:
    """The listing to use instead, for those who may see it; a project is never its own successor."""
    if project.successor_id is None or project.successor_id == project.pk:
        return None
    return Project.objects.visible_to(viewer).only("slug", "name").filter(pk=project.successor_id).first()
