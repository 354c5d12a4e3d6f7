"""Tags and filters that every template may use without loading them. None of them asks the database."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django import template
from django.core.paginator import Page
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.filters import BANDS, NONE
from catalog.health.score import band
from forge import types
from people.models import Team
from portal import pictures
from portal.score_line import ScorePoint, score_line

register = template.Library()

#: What a filter gets for a variable that the page does not have.
Missing = Literal[""]

DASH = "–"
_STEPS = (
    (60, 60, "min"),
    (3600, 24, "h"),
    (86_400, 14, "d"),
    (604_800, 9, "wk"),
    (2_629_800, 18, "mo"),
)


def relative(moment: datetime, now: datetime) -> str:
    """How long ago, or how long until, in words short enough for a table: “3 d ago”, “in 2 h”."""
    seconds = int((now - moment).total_seconds())
    gap = abs(seconds)
    if gap < 45:
        return "just now"
    amount = next(
        (f"{max(gap // size, 1)} {unit}" for size, limit, unit in _STEPS if gap < size * limit),
        f"{gap // 31_557_600} y",
    )
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


@register.simple_tag
def when(moment: datetime | date | None) -> SafeString:
    """A <time> with the relative time, the exact one as its title; a dash for a time that is not known."""
    if not moment:
        return _unknown()
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), date_format(moment, "j M Y"))
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        moment.isoformat(timespec="seconds"),
        date_format(local, "D j M Y, H:i"),
        local.tzname() or "",
        relative(moment, timezone.now()),
    )


def _unknown() -> SafeString:
    return format_html('<span class="unknown" title="Not known">{}</span>', DASH)


@register.filter
def compact(number: float | Missing | None) -> str:
    """A count short enough for a table: 950, 1.2k, 34k, 5.1M; a dash for one that is not known."""
    if number is None or number == "":
        return DASH
    for size, unit in ((1_000_000_000, "B"), (1_000_000, "M"), (1000, "k")):
        # 999,950 would read 1000k.
        if abs(number) >= size * 0.9995:
            short = number / size
            return f"{short:.0f}{unit}" if abs(short) >= 9.95 else f"{short:.1f}".removesuffix(".0") + unit
    return f"{number:.0f}"


@register.filter
def size(count: int | Missing | None) -> str:
    """Bytes for people: 12.4 MB; a dash when not known."""
    return DASH if count is None or count == "" else filesizeformat(count)


@register.filter
def span(length: timedelta | float | Missing | None) -> str:
    """How long something took, from a timedelta or hours: 40 min, 5 h, 3 d; a dash when not known."""
    if length is None or length == "":
        return DASH
    hours = length.total_seconds() / 3600 if isinstance(length, timedelta) else float(length)
    if hours < 1:
        return f"{max(round(hours * 60), 1)} min"
    return f"{round(hours)} h" if hours < 36 else f"{round(hours / 24)} d"


@register.filter
def lasted(length: timedelta | Missing | None) -> str:
    """How long a machine took: 0.4 s, 38 s, 4 min 10 s, 2 h 5 min; a dash when not known."""
    if length is None or length == "":
        return DASH
    seconds = max(length.total_seconds(), 0)
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


@register.simple_tag
def team_colour(team: Team) -> str:
    """The class that gives a team its colour, which stays when the team is renamed."""
    return f"team-{pictures.team_colour(team.pk)}"


@register.simple_tag
def person_colour(username: str) -> str:
    """The class that gives a person's face its colour."""
    return f"team-{pictures.person_colour(username)}"


@register.filter
def monogram(name: object) -> str:
    """One or two capitals for a person or team."""
    return pictures.monogram(str(name))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing of static/img/icons.svg; without a label it is decoration that screen readers skip."""
    sprite = static("img/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sprite, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.filter
def shown(path: str) -> str:
    """A path or line of git as text that can be encoded: bytes that are no UTF-8 become replacement characters."""
    return types.shown(path)


@register.filter
def page_numbers(page: Page[Any]) -> list[int | None]:
    """The pages worth a link, with None where numbers are left out: 1 … 4 5 6 … 20."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


@register.filter
def health_tone(score: int | Missing | None) -> str:
    """good, caution or bad for a health score of 0 to 100; unknown when there is none."""
    return band(None if score == "" else score) or "unknown"


@register.filter
def health_word(score: int | Missing | None) -> str:
    """The word beside a health score, the same as in the catalog's facet."""
    tone = health_tone(score)
    return BANDS[NONE if tone == "unknown" else tone].lower()


@register.inclusion_tag("components/_spark.html")
def spark(weekly: Sequence[int] | None, label: str = "") -> dict[str, Any]:
    """The 52-week line of a project row; a dash when the activity is not known."""
    return {"spark": pictures.spark(weekly) if weekly else None, "label": label}


@register.inclusion_tag("components/_score_line.html")
def score_picture(history: Sequence[Any]) -> dict[str, Any]:
    """How a health score moved, from rows with at, score and formula, the oldest first."""
    points = [ScorePoint(row.at, row.score, row.formula) for row in history]
    return {"picture": score_line(points, timezone.now())}


@register.inclusion_tag("components/_activity.html")
def activity_picture(weekly: Sequence[int] | None, until: date | None = None) -> dict[str, Any]:
    """Weekly commits, oldest first, as bars and as a table. The last week is that of `until`, or today's."""
    if not weekly:
        return {"picture": None}
    last = until or timezone.localdate()
    first = last - timedelta(days=last.weekday(), weeks=len(weekly) - 1)
    return {"picture": pictures.activity(weekly, first)}


@register.inclusion_tag("components/_languages.html")
def languages_bar(sizes: Mapping[str, int] | None) -> dict[str, Any]:
    """Languages by bytes as one bar with its legend."""
    return {"slices": pictures.languages(sizes or {})}
