"""Makes believable listings in any number, as rows only: what the pages cost does not depend on the mirrors."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from catalog.models import CodeHost, Guide, HealthResult, Project, ProjectLanguage, Topic
from contributions.lifecycle import State
from contributions.models import Event, Request
from people.models import Identity, Membership, Team, User

LANGUAGES = ["Python", "Go", "TypeScript", "Java", "Rust", "Kotlin", "C++", "Shell", "SQL", "Ruby"]
LICENCES = ["Apache-2.0", "MIT", "BSD-3-Clause", "GPL-3.0", ""]
SUBJECTS = [
    "billing",
    "invoice",
    "payment",
    "ledger",
    "customer",
    "order",
    "stock",
    "shipping",
    "identity",
    "cache",
]
SHAPES = ["client", "service", "library", "gateway", "worker", "toolkit", "adapter", "scheduler", "sdk", "parser"]
WORDS = [
    *("retry", "budget", "timeout", "request", "response", "schema", "migration", "cluster", "region", "shard"),
    *("replica", "token", "session", "account", "report", "export", "import", "batch", "stream", "event"),
    *("topic", "consumer", "producer", "handler", "policy", "limit", "quota", "alert", "dashboard", "queue"),
]
TEAMS, PEOPLE = 40, 400


def create_listings(count: int, *, seed: int = 7) -> None:
    """`count` projects of 40 teams and 400 people, with guides of about 3 kB; 1 request for 2 projects."""
    rng = random.Random(seed)
    teams = create_teams()
    people = create_people(teams, rng)
    host = CodeHost.objects.create(kind="directory", name="bench", address="/srv/git")
    topics = Topic.objects.bulk_create([Topic(name=word) for word in WORDS])
    projects = Project.objects.bulk_create(
        [project(number, host, rng.choice(teams), rng) for number in range(count)], batch_size=500
    )
    create_facts(projects, topics, rng)
    create_requests(projects[::2], people, rng)


def create_teams() -> list[Team]:
    units = [Team.objects.create(name=f"Unit {n}", slug=f"unit-{n}", kind=Team.Kind.UNIT) for n in range(4)]
    return [
        Team.objects.create(name=f"Team {n}", slug=f"team-{n}", parent=units[n % len(units)]) for n in range(TEAMS)
    ]


def create_people(teams: list[Team], rng: random.Random) -> list[User]:
    people = User.objects.bulk_create(
        [User(username=f"dev{n}", name=f"Developer {n}", email=f"dev{n}@corp.example") for n in range(PEOPLE)]
    )
    Identity.objects.bulk_create([Identity(user=user, email=user.email) for user in people])
    Membership.objects.bulk_create(
        [
            Membership(
                team=teams[n % len(teams)],
                user=user,
                role="maintainer" if n < len(teams) else "member",
                since="2024-01-01",
            )
            for n, user in enumerate(people)
        ]
    )
    return people


def sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def project(number: int, host: CodeHost, team: Team, rng: random.Random) -> Project:
    name = f"{rng.choice(SUBJECTS)}-{rng.choice(SHAPES)}-{number}"
    now = timezone.now()
    visibility = rng.choices(["everyone", "teams", "admins"], [95, 4, 1])[0]
    return Project(
        slug=name,
        name=name,
        summary=sentence(rng, 9),
        code_host=host,
        path=f"{name}.git",
        remote=f"https://git.corp.example/{name}.git",
        owner_team=team,
        kind=rng.choice(Project.Kind.values),
        lifecycle=rng.choice(["", *Project.Lifecycle.values]),
        visibility=visibility,
        default_branch="main",
        head_commit=f"{number:040x}",
        synced_commit=f"{number:040x}",
        license_spdx=rng.choice(LICENCES),
        commit_count=rng.randrange(1, 20000),
        contributor_count=rng.randrange(1, 80),
        last_activity=now - timedelta(days=rng.randrange(900)),
        weekly_commits=[rng.randrange(20) for _ in range(52)],
        weekly_until=(now - timedelta(days=now.weekday())).date(),
        activity_score=rng.randrange(3000),
        health_score=rng.randrange(101),
        main_language=rng.choice(LANGUAGES),
        help_wanted=["documentation"] if rng.random() < 0.1 else [],
        sync_state="ok",
        sync_finished_at=now,
        discovered_at=now - timedelta(days=rng.randrange(700)),
    )


def create_facts(projects: list[Project], topics: list[Topic], rng: random.Random) -> None:
    languages, guides, results, links = [], [], [], []
    through = Project.topics.through
    for row in projects:
        names = rng.sample(LANGUAGES, 3)
        languages += [ProjectLanguage(project=row, name=name, bytes=rng.randrange(1, 10**6)) for name in names]
        links += [through(project=row, topic=topic) for topic in rng.sample(topics, 3)]
        text = "\n\n".join(sentence(rng, 40) for _ in range(10))
        for kind, path in (("readme", "README.md"), ("contributing", "CONTRIBUTING.md")):
            html = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
            guides.append(
                Guide(
                    project=row,
                    kind=kind,
                    path=path,
                    blob="0" * 40,
                    size=len(text),
                    title=row.name,
                    text=text,
                    html=html,
                )
            )
        results += [
            HealthResult(project=row, check_key=key, result=rng.choice(["pass", "warn", "fail"]))
            for key in ("readme", "contributing", "licence")
        ]
    for model, rows in ((ProjectLanguage, languages), (Guide, guides), (HealthResult, results), (through, links)):
        model._default_manager.bulk_create(rows, batch_size=500)


def create_requests(projects: list[Project], people: list[User], rng: random.Random) -> None:
    now = timezone.now()
    rows = []
    for row in projects:
        author = rng.choice(people)
        created = now - timedelta(days=rng.randrange(60))
        rows.append(
            Request(
                project=row,
                title=sentence(rng, 6),
                what=sentence(rng, 40),
                author=author,
                contributor=author,
                host_team=row.owner_team,
                state=rng.choice(State.values),
                created_at=created,
                turn_since=created,
            )
        )
    made = Request.objects.bulk_create(rows, batch_size=500)
    Event.objects.bulk_create(
        [
            Event(request=row, actor=row.author, verb="propose", after="proposed", at=row.created_at)
            for row in made
        ],
        batch_size=500,
    )
