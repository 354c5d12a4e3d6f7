"""A file with who last changed each line."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from catalog import texts
from catalog.blames import Run, runs_of
from catalog.commits import people_of
from catalog.guides.text import decode
from catalog.views.code.here import Here, NothingHere, code_answer, code_page
from catalog.views.paths import commit_url
from forge import reading
from people.models import User


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that one commit brought, each with its number."""

    run: Run | None
    person: User | None
    url: str
    lines: list[tuple[int, str]]


@code_page("blame")
def blame(request: HttpRequest, here: Here) -> HttpResponse:
    entry = here.entry()
    if entry is None or entry.type != "blob":
        raise NothingHere
    blob = reading.blob(here.mirror, entry.id, max_size=texts.LARGEST)
    decoded = decode(blob.data) if blob.data is not None else None
    context: dict[str, object] = {"entry": entry, "blocks": [], "note": ""}
    if decoded is None:
        context["note"] = "This file is no text or too large, so its lines have no authors to show."
    else:
        found = texts.lines(here.project, blob, decoded.text, entry.path)
        runs = runs_of(here.project, here.mirror, here.revision.commit, here.path)
        context |= {
            "blocks": blocks(here, found.lines, runs or ()),
            "note": found.note if runs != () or not found.lines else NOT_FOUND,
            "is_waiting": runs is None,
        }
    return code_answer(request, here, "catalog/code/blame.html", context, part="catalog/code/_blame.html")


NOT_FOUND = "The history of this file is so long that git did not find in time who changed its lines."


def blocks(here: Here, lines: tuple[str, ...], runs: tuple[Run, ...]) -> list[Block]:
    """Lines that no run names stand by themselves at the end. One query for the people."""
    people = people_of(here.project, [run.email for run in runs])
    found = []
    end = 0
    for run in runs:
        numbered = list(enumerate(lines[run.first - 1 : run.last], run.first))
        if numbered:
            person = people.get(run.email.lower())
            found.append(Block(run, person, commit_url(here.project, run.commit), numbered))
            end = run.last
    if rest := list(enumerate(lines[end:], end + 1)):
        found.append(Block(None, None, "", rest))
    return found
