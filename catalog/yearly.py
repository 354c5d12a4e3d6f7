"""The last year of a project, summed up from its contributors when a sync records, and looked up by its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from catalog.facts.activity import WEEKS, Activity
from catalog.facts.year import Stay, Year, YearAuthor, YearCounting
from catalog.health.checks import absence_factor
from catalog.models import ActivityYear, Project
from people.models import Membership

CHUNK = 500


def record_year(project: Project, activity: Activity) -> None:
    """Four queries, one of which streams those who were active in these weeks: they are never all in memory."""
    until = activity.weekly_until
    start = until - timedelta(weeks=WEEKS - 1)
    counting = YearCounting(until, stays=stays_of(project, start), owner=project.owner_team_id)
    for author in authors_since(project, start):
        counting.add(author)
    year = counting.result(activity.daily, absence_factor=absence_factor(counting.commits.values()))
    row = ActivityYear(project=project, until=until, days=list(year.days), sums=year.as_json())
    ActivityYear.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["project"], update_fields=["until", "days", "sums"]
    )


def stays_of(project: Project, start: date) -> dict[int, list[Stay]]:
    """The memberships of the project's authors that reach into the year, the first joined first."""
    authors = project.contributors.filter(last_week__gte=start, user__isnull=False).order_by().values("user")
    rows = Membership.objects.filter(user__in=authors).exclude(until__lte=start).order_by("since", "pk")
    stays: defaultdict[int, list[Stay]] = defaultdict(list)
    for user, team, since, until in rows.values_list("user", "team", "since", "until"):
        stays[user].append(Stay(team, since, until))
    return stays


def authors_since(project: Project, start: date) -> Iterator[YearAuthor]:
    people = project.contributors.filter(user__isnull=False).order_by()
    came = dict(people.values_list("user").annotate(Min("first_at")))
    rows = project.contributors.filter(last_week__gte=start).order_by()
    columns = rows.values_list("email", "name", "user", "first_at", "weeks")
    for email, name, user, first_at, weeks in columns.iterator(chunk_size=CHUNK):
        yield YearAuthor(email, name, user, day(came.get(user, first_at)), weeks)


def day(moment: datetime) -> date:
    """Weeks are those of UTC."""
    return moment.astimezone(UTC).date()


def year_of(project: Project) -> Year | None:
    """What was summed up, moved on to this week; None where no sync has done it yet. One query."""
    row = ActivityYear.objects.filter(project=project).first()
    if row is None:
        return None
    return Year.from_json(row.sums, until=row.until, days=row.days, today=timezone.localdate())
