"""The pictures of activity pages. None of these tags asks the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone

from catalog.facts.activity import WEEKS
from catalog.facts.year import Month, WeekSplit, Year
from portal import charts, pictures

register = template.Library()

SPLIT = (("host", "Host team"), ("guest", "Guests"), ("unknown", "Not known"), ("bots", "Bots"))
PEOPLE = (("host", "Came before"), ("guest", "For the first time"), ("bots", "Bots"))


@register.inclusion_tag("components/_stacks.html")
def split_picture(weeks: Sequence[WeekSplit]) -> dict[str, Any]:
    """Commits by week, split by whose they are."""
    rows = [(pictures.in_words(week.monday), week.parts) for week in weeks]
    ticks = charts.month_ticks([week.monday for week in weeks])
    return {
        **stacked("split", SPLIT, rows, ticks),
        "title": "Commits by week, of the host team and of guests",
        "unit": "commits",
        "first_column": "Week of",
        "of": "in the week of ",
    }


@register.inclusion_tag("components/_stacks.html")
def people_picture(months: Sequence[Month]) -> dict[str, Any]:
    """People with a commit in each month, those for the first time on top of those who came again."""
    rows = [(month_name(each.month), (each.returning, each.new, each.bots)) for each in months]
    ticks = [(number, pictures.MONTHS[int(each.month[5:]) - 1]) for number, each in enumerate(months)]
    return {
        **stacked("people", PEOPLE, rows, ticks),
        "title": "People with a commit in each month",
        "unit": "people",
        "first_column": "Month",
        "of": "in ",
    }


def stacked(
    name: str,
    kinds: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Sequence[int]]],
    ticks: Sequence[tuple[int, str]],
) -> dict[str, Any]:
    """What _stacks.html reads. Only kinds that occur are in the legend; the table has them all."""
    sums = [sum(counts[number] for _, counts in rows) for number in range(len(kinds))]
    return {
        "name": name,
        "picture": charts.stacks(rows, kinds, ticks),
        "legend": [
            {"kind": kind, "label": label, "sum": total}
            for (kind, label), total in zip(kinds, sums, strict=True)
            if total
        ],
        "sums": [{"label": label, "sum": total} for (_, label), total in zip(kinds, sums, strict=True)],
        "head": [label for _, label in kinds],
        "rows": [(label, *counts) for label, counts in rows],
    }


def month_name(month: str) -> str:
    return f"{pictures.MONTHS[int(month[5:]) - 1]} {month[:4]}"


@register.inclusion_tag("components/_heat.html")
def heat_picture(year: Year) -> dict[str, Any]:
    """Commits by day, a column for each week; its table has a row for each."""
    rows = []
    for week in range(WEEKS):
        days = year.days[7 * week : 7 * week + 7]
        if any(days):
            rows.append((pictures.in_words(year.first + timedelta(weeks=week)), *days))
    return {"picture": charts.heat(year.days, year.first), "rows": rows, "head": ("Week of", *charts.WEEKDAYS)}


@register.inclusion_tag("components/_time_line.html")
def release_picture(releases: Sequence[tuple[str, datetime]]) -> dict[str, Any]:
    """Releases on a line from the first of them until now."""
    return {"picture": charts.time_line(releases, now=timezone.localtime())}
