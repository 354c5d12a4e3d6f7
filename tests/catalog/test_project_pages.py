"""One project's pages: what they tell, and to whom."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import (
    Contributor,
    Guide,
    HealthResult,
    Package,
    Project,
    ProjectLanguage,
    SyncRun,
    Tag,
    Topic,
    TrustedCommitter,
)
from people.models import Team, User
from tests.create import create_project, create_user, join

THEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
PAGES = ["", "guide/", "health/", "activity/", "files/", "sync/progress/"]


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project(
        "widget",
        name="Widget",
        summary="Turns gears into widgets.",
        owner_team=host_team,
        kind="library",
        head_commit="a" * 40,
        default_branch="main",
        sync_state="ok",
        sync_finished_at=THEN,
        license_spdx="MIT",
        commit_count=1234,
        weekly_commits=[1] * 52,
        weekly_until=date(2026, 11, 16),
        health_score=66,
    )


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_unseen_and_absent_answer_alike(client: Client, charlie: User, project: Project, page: str) -> None:
    Project.objects.update(visibility="admins")
    client.force_login(charlie)
    unseen = client.get(f"/projects/widget/{page}")
    absent = client.get(f"/projects/gadget/{page}")
    assert unseen.status_code == absent.status_code == 404
    # Each page carries a random token for its forms, and links back to the address that was asked for.
    token = re.compile(rb'csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+')
    assert token.sub(b"", unseen.content).replace(b"widget", b"gadget") == token.sub(b"", absent.content)


def test_anybody_reads_it_signed_out(client: Client, project: Project) -> None:
    body = text(client, "/projects/widget/")
    for words in ("Widget", "Turns gears into widgets.", "Platform", "Library", "MIT", "1,234", "aaaaaaaaaa"):
        assert words in body
    assert 'href="/projects/widget/contributions/new/"' in body
    assert "git clone https://git.corp.example/widget.git" in body
    assert "Show as table" in body
    assert "Sync now" not in body


def test_what_could_not_be_understood_is_said_with_its_place(client: Client, project: Project) -> None:
    project.metadata_problems = [
        {"path": "catalog-info.yaml", "line": 3, "message": "<b> is no date."},
        {"path": "innersource.json", "line": None, "message": "It is empty."},
    ]
    project.save()
    body = text(client, "/projects/widget/")
    assert '<span class="mono">catalog-info.yaml</span>, line 3: &lt;b&gt; is no date.' in body
    assert '<span class="mono">innersource.json</span>: It is empty.' in body


def test_the_readme_is_shown_as_it_was_sanitised(client: Client, project: Project) -> None:
    Guide.objects.create(
        project=project, kind="readme", path="README.md", blob="b" * 40, size=1, html="<h3>Use it</h3>"
    )
    assert "<h3>Use it</h3>" in text(client, "/projects/widget/")


def test_names_of_strangers_are_escaped(client: Client, project: Project) -> None:
    nasty = "<script>alert(1)</script>"
    Project.objects.update(name=nasty, summary=nasty, notes=[nasty], help_wanted=[nasty], skills=[nasty])
    Tag.objects.create(project=project, name=nasty, commit="c" * 40, is_release=True)
    Contributor.objects.create(
        project=project, name=nasty, email="x@y.example", commits=1, first_at=THEN, last_at=THEN
    )
    for page in ("", "guide/", "health/"):
        assert nasty not in text(client, f"/projects/widget/{page}")


def test_who_decides(client: Client, project: Project, alice: User, bob: User) -> None:
    trusted, former = create_user("trudy"), create_user("fred")
    TrustedCommitter.objects.create(project=project, user=trusted, since=date(2026, 1, 1))
    TrustedCommitter.objects.create(project=project, user=former, since=date(2025, 1, 1), until=date(2026, 1, 1))
    for page in ("", "guide/"):
        body = text(client, f"/projects/widget/{page}")
        assert "Trudy" in body
        assert "Alice" in body
        assert "Fred" not in body
        assert "Bob" not in body


def test_a_failed_sync_says_what_how_and_since_when(client: Client, project: Project) -> None:
    SyncRun.objects.create(project=project, state="ok", finished_at=THEN)
    Project.objects.update(
        sync_state="failed",
        sync_code="unreachable",
        sync_message="git.corp.example did not answer.",
        sync_cure="Check that the host is up.",
    )
    body = text(client, "/projects/widget/")
    for words in (
        "git.corp.example did not answer.",
        "Check that the host is up.",
        "unreachable",
        "last good copy",
    ):
        assert words in body


def test_a_failed_first_sync_promises_no_copy(client: Client, project: Project) -> None:
    Project.objects.update(sync_state="failed", sync_message="No.", head_commit="")
    body = text(client, "/projects/widget/")
    assert "Nothing of it could be read yet." in body
    assert "last good copy" not in body


def test_never_synced_and_empty_are_told_apart(client: Client, project: Project) -> None:
    Project.objects.update(head_commit="", weekly_until=None, notes=["This repository has no commits yet."])
    assert text(client, "/projects/widget/").count("has no commits yet") == 1
    Project.objects.update(sync_state="never", sync_finished_at=None)
    assert "has not been read yet" in text(client, "/projects/widget/")


def test_a_running_sync_shows_how_far_it_is_until_it_ends(client: Client, project: Project) -> None:
    run = SyncRun.objects.create(
        project=project, state="running", phase="receiving", percent=42, objects_done=1200, bytes_done=4096
    )
    assert 'hx-trigger="every 2s"' in text(client, "/projects/widget/")
    part = client.get("/projects/widget/sync/progress/")
    assert "<html" not in part.content.decode()
    assert "42 %" in part.content.decode()
    assert "HX-Refresh" not in part.headers
    SyncRun.objects.filter(pk=run.pk).update(state="ok")
    ended = client.get("/projects/widget/sync/progress/")
    assert "hx-trigger" not in ended.content.decode()
    assert ended.headers["HX-Refresh"] == "true"


@pytest.fixture
def quiet_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.broker.hint", lambda *_, **__: True)


@pytest.mark.usefixtures("quiet_worker")
def test_a_maintainer_asks_for_a_sync_once(client: Client, alice: User, project: Project) -> None:
    client.force_login(alice)
    assert "Sync now" in text(client, "/projects/widget/")
    for _ in range(2):
        assert client.post("/projects/widget/sync/").status_code == 302
    assert SyncRun.objects.get().requested_by == alice


@pytest.mark.usefixtures("quiet_worker")
def test_others_do_not_sync(client: Client, bob: User, charlie: User, project: Project) -> None:
    assert client.post("/projects/widget/sync/").url.startswith("/sign-in/")
    for person in (bob, charlie):
        client.force_login(person)
        assert client.post("/projects/widget/sync/").status_code == 403
        assert client.get("/projects/widget/sync/").status_code == 405
    Project.objects.update(visibility="admins")
    assert client.post("/projects/widget/sync/").status_code == 404
    assert not SyncRun.objects.exists()


def test_a_check_shows_its_evidence_and_cure(client: Client, project: Project) -> None:
    HealthResult.objects.create(project=project, check_key="readme", result="fail", evidence="There is no README.")
    HealthResult.objects.create(project=project, check_key="no-check-any-more", result="fail", evidence="Gone.")
    body = text(client, "/projects/widget/health/")
    assert "There is no README." in body
    assert "Gone." not in body
    assert "66" in body


def test_queries_of_a_project_do_not_grow(
    client: Client,
    alice: User,
    project: Project,
    host_team: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.context.queue_count", None)
    client.force_login(alice)
    with django_assert_num_queries(QUERIES):
        client.get("/projects/widget/")
    for number in range(20):
        user = create_user()
        join(user, host_team, maintainer=True)
        TrustedCommitter.objects.create(project=project, user=user)
        project.topics.add(Topic.objects.create(name=f"t{number}"))
        ProjectLanguage.objects.create(project=project, name=f"L{number}", bytes=1)
        Tag.objects.create(project=project, name=f"v{number}", commit="c" * 40, is_release=True)
        Contributor.objects.create(
            project=project,
            name=user.name,
            email=user.email,
            user=user,
            commits=1,
            first_at=THEN,
            last_at=THEN,
        )
        Package.objects.create(project=project, ecosystem="pypi", name=f"p{number}", path="pyproject.toml")
    with django_assert_num_queries(QUERIES):
        client.get("/projects/widget/")


# Session and user, her teams and those above, the project, its checks, README, open run, whether she may sync,
# trusted committers, maintainers, languages, topics, packages, releases, number of tags, contributors, .mailmap.
QUERIES = 18
