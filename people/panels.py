"""What other apps show on the page of a person, a team or a source. They register their panel at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from people.models import Team, User
from people.querysets import Viewer

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Panel(Generic[Subject]):
    """A section of a page. `load` gets the subject and the viewer, asks for visible rows only in a number of
    queries that does not grow, and returns the variables of `template`; None leaves the section out."""

    template: str
    load: Callable[[Subject, Viewer], dict[str, Any] | None]
    position: int = 100


@dataclass(frozen=True)
class Section:
    """A panel that was loaded for one page."""

    template: str
    context: dict[str, Any]


of_person: list[Panel[User]] = []
of_team: list[Panel[Team]] = []


def sections(panels: list[Panel[Subject]], subject: Subject, viewer: Viewer) -> list[Section]:
    loaded = []
    for panel in sorted(panels, key=lambda each: each.position):
        context = panel.load(subject, viewer)
        if context is not None:
            loaded.append(Section(panel.template, context))
    return loaded
