"""The commits of a project, a folder or a file, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from catalog.commits import MOST_PAGES, Entry, Page, page_of, people_of
from catalog.views.code.here import Here, NothingHere, code_answer, code_page
from catalog.views.paths import commit_url, file_url, history_url, query
from forge.types import shown
from people.models import User


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    subject: str
    author: str
    person: User | None
    at: datetime
    url: str
    files_url: str


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    rows: list[Row]


@code_page("history")
def history(request: HttpRequest, here: Here) -> HttpResponse:
    number = page_number(request)
    page = page_of(here.project, here.mirror, here.revision.commit, here.path, number)
    if here.path and not page.entries and number == 1 and not page.is_cut and here.entry() is None:
        raise NothingHere
    context = {
        "days": days(here, page),
        "page": page,
        "number": number,
        "newer": link(here, number - 1) if number > 1 else "",
        "older": link(here, number + 1) if page.has_more and number < MOST_PAGES else "",
        "from_here": history_url(here.project, here.path, page.entries[-1].id) if page.entries else "",
        "before": shown(page.before),
        "before_url": history_url(here.project, page.before, page.before_at) if page.before else "",
    }
    return code_answer(request, here, "catalog/code/history.html", context)


def page_number(request: HttpRequest) -> int:
    wanted = request.GET.get("page", "1")
    return min(max(int(wanted), 1), MOST_PAGES) if wanted.isdecimal() and len(wanted) < 6 else 1


def link(here: Here, number: int) -> str:
    return history_url(here.project, here.path) + query(at=here.at, page=str(number) if number > 1 else "")


def days(here: Here, page: Page) -> list[Day]:
    """In the reader's time zone. One query for the people."""
    people = people_of(here.project, [entry.email for entry in page.entries])
    rows = [row(here, entry, people.get(entry.email.lower())) for entry in page.entries]
    return [Day(day, list(group)) for day, group in groupby(rows, lambda each: timezone.localdate(each.at))]


def row(here: Here, entry: Entry, person: User | None) -> Row:
    return Row(
        entry.id,
        entry.subject,
        entry.author,
        person,
        entry.at,
        commit_url(here.project, entry.id),
        file_url(here.project, here.path, entry.id),
    )
