"""Loads the demo company into the portal, through the doors that everything else takes, and takes it out again.

What belongs to the demo is known by two marks: its people have addresses below a domain that can belong to
nobody, and its projects come from one source, the folder below VAR. Both are asked for when it is removed.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

import search.index
from catalog.actions.sources import add_source
from catalog.models import CodeHost, Guide, Project, Topic, TrustedCommitter
from catalog.recording import set_topics
from contributions.models import Request
from forge.mirror import Mirror, mirror_path
from people.models import Identity, Membership, Team, User
from portal.demo import people
from portal.demo.build import Built, ago, build_all, wind
from portal.demo.plans import Life, Plan
from portal.demo.play import Play, beginning, read

NAME = "Larkfield (demo)"


class TakenNames(Exception):
    """Teams of the portal have names that the demo needs."""

    def __init__(self, slugs: list[str]) -> None:
        self.slugs = slugs
        super().__init__(", ".join(slugs))


@dataclass(frozen=True)
class Counts:
    people: int
    teams: int
    projects: int
    requests: int
    password: str = ""


def folder() -> Path:
    return Path(settings.VAR) / "demo" / "repositories"


def is_loaded() -> bool:
    return somebody().exists() or source().exists()


def load() -> Counts:
    """Builds the repositories and plays two years with them. Raises TakenNames with nothing done."""
    taken = Team.objects.filter(slug__in=[team.slug for team in people.TEAMS])
    if taken.exists():
        raise TakenNames(list(taken.values_list("slug", flat=True)))
    today = datetime.combine(timezone.now().date(), time(), UTC)
    # The password is known to everybody, so it must open nothing that matters.
    password = "" if settings.PRODUCTION or User.objects.exists() else people.PASSWORD
    with at_once(), search.index.gathered():
        shutil.rmtree(folder(), ignore_errors=True)
        built = build_all(folder(), today=today)
        users = enrol(today, password=password)
        projects = take_in(built, users, today)
        for one in built:
            Play(one, projects[one.plan.path], users, today).run()
    requests = Request.objects.filter(project__in=projects.values()).count()
    return Counts(len(users), len(people.TEAMS), len(projects), requests, password)


@contextmanager
def at_once() -> Iterator[None]:
    """Tasks run where they are asked for: neither a broker nor a worker is needed. They do not talk of it."""
    trace = logging.getLogger("celery.app.trace")
    before, level = current_app.conf.task_always_eager, trace.level
    current_app.conf.task_always_eager = True
    trace.setLevel(logging.WARNING)
    try:
        yield
    finally:
        current_app.conf.task_always_eager = before
        trace.setLevel(level)


# ---------------------------------------------------------------- people
@transaction.atomic
def enrol(today: datetime, *, password: str) -> dict[str, User]:
    """Teams, people, memberships and addresses. Without a password nobody of them can sign in."""
    teams: dict[str, Team] = {}
    for team in people.TEAMS:
        teams[team.slug] = Team.objects.create(
            slug=team.slug,
            name=team.name,
            kind=team.kind,
            parent=teams.get(team.parent),
            description=team.description,
            answer_promise_days=team.promise,
        )
    # One hash for all: it is slow on purpose, and everybody has the same password.
    secret = make_password(password or None)
    return {one.username: hire(one, teams[one.team], secret, today) for one in people.PEOPLE}


def hire(one: people.Person, team: Team, secret: str, today: datetime) -> User:
    is_curator = one.username == people.CURATOR
    user: User = User.objects.create(
        username=one.username,
        name=one.name,
        email=one.email,
        password=secret,
        time_zone="Europe/London",
        is_curator=is_curator,
        is_staff=is_curator,
        is_superuser=is_curator,
    )
    role = Membership.Role.MAINTAINER if one.maintainer else Membership.Role.MEMBER
    Membership.objects.create(team=team, user=user, role=role, since=ago(one.joined, today).date())
    for email in filter(None, (one.email, one.former)):
        Identity.objects.create(user=user, email=email, verified_at=ago(one.joined, today))
    return user


# ---------------------------------------------------------------- projects
def take_in(built: list[Built], users: Mapping[str, User], today: datetime) -> dict[str, Project]:
    """Adds the folder as a source, says whose everything is, and syncs it as it was before the first request."""
    for one in built:
        wind(one, beginning(one, today))
    intake = add_source(str(folder()), name=NAME, by=users[people.CURATOR])
    # The company's people would clone from its code host, and not from a folder below VAR.
    CodeHost.objects.filter(pk=intake.code_host.pk).update(clone_base=f"https://git.{people.DOMAIN}/")
    found = {project.path.removesuffix(".git"): project for project in intake.new}
    teams = {team.slug: team for team in Team.objects.all()}
    for one in built:
        project = found[one.plan.path]
        describe(project, one.plan, teams, users, today)
        if one.plan.life:
            tell_life(project, one.plan.life, today)
        if one.plan.successor:
            Project.objects.filter(pk=project.pk).update(successor=found[one.plan.successor])
    read(found.values())
    return found


@transaction.atomic
def describe(
    project: Project, plan: Plan, teams: Mapping[str, Team], users: Mapping[str, User], today: datetime
) -> None:
    """What a curator would have said of it; a sync leaves that alone."""
    project.owner_team = teams[plan.team]
    project.curated_fields = ["owner_team"]
    if plan.lifecycle:
        project.lifecycle = plan.lifecycle
        project.curated_fields.append("lifecycle")
    if plan.topics:
        set_topics(project, plan.topics)
        project.curated_fields.append("topics")
    project.visibility = plan.visibility
    project.featured = plan.featured
    project.discovered_at = ago(min(plan.started, 400), today)
    project.save()
    project.visible_teams.set(teams[slug] for slug in plan.visible_teams)
    since = ago(120, today).date()
    for username in plan.trusted:
        TrustedCommitter.objects.create(project=project, user=users[username], since=since)


def tell_life(project: Project, life: Life, today: datetime) -> None:
    project.kind = life.kind
    project.production_since = ago(life.production, today).date() if life.production else None
    project.support, project.escalation = life.support, life.escalation
    project.maturity = life.maturity
    project.maturity_until = ago(life.badge_ends, today).date()
    project.curated_fields += ["kind", "production_since", "support", "escalation", "maturity", "maturity_until"]
    project.save()


# ---------------------------------------------------------------- and out again
def remove() -> Counts:
    """Takes out what `load` brought and nothing else.

    People of the demo who did something in a project of somebody else stay in its history; they can no longer
    sign in. Teams go only together with their people.
    """
    projects = Project.objects.filter(code_host__in=source())
    counts = Counts(
        somebody().count(),
        Team.objects.filter(slug__in=[t.slug for t in people.TEAMS]).count() if somebody().exists() else 0,
        projects.count(),
        Request.objects.filter(project__in=projects).count(),
    )
    for pk in projects.values_list("pk", flat=True):
        with Mirror(mirror_path(pk)).lock() as mirror:
            mirror.remove()
    with at_once(), search.index.gathered(), transaction.atomic():
        forget(projects)
        source().delete()
        dismiss()
    shutil.rmtree(folder().parent, ignore_errors=True)
    return counts


def forget(projects: QuerySet[Project]) -> None:
    """Deletes projects with everything that hangs on them, and topics that only they had."""
    guides = Guide.objects.filter(project__in=projects)
    search.index.remove("guide", guides.values_list("pk", flat=True))
    search.index.remove("project", projects.values_list("pk", flat=True))
    topics = list(Topic.objects.filter(projects__in=projects).values_list("pk", flat=True))
    Request.objects.filter(project__in=projects).delete()
    projects.delete()
    Topic.objects.filter(pk__in=topics, projects=None).delete()


def dismiss() -> None:
    """Deletes the people and their teams, the leaves of the tree first."""
    gone = [dismissed(user) for user in somebody()]
    if gone:
        for team in reversed(people.TEAMS):
            Team.objects.filter(slug=team.slug).delete()


def dismissed(user: User) -> bool:
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        user.is_active = user.is_staff = user.is_superuser = user.is_curator = False
        user.set_unusable_password()
        user.save()
        return False
    return True


def somebody() -> QuerySet[User]:
    rows: QuerySet[User] = User.objects.filter(email__endswith=f"@{people.DOMAIN}", is_active=True)
    return rows


def source() -> QuerySet[CodeHost]:
    return CodeHost.objects.filter(address=str(folder().resolve()))
