from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from api.models import Token
from catalog.models import Guide, Project, ProjectLanguage, Topic
from people.models import Team, User
from tests.create import create_project, create_request, create_user

FIELDS = {
    *(
        "slug",
        "name",
        "summary",
        "url",
        "clone_url",
        "visibility",
        "kind",
        "lifecycle",
        "production_since",
        "successor",
        "successor_text",
        "support",
        "escalation",
        "maturity",
        "maturity_until",
        "owner_team",
        "topics",
        "languages",
    ),
    *("license", "default_branch", "head_commit", "commit_count", "contributor_count", "last_activity"),
    *("activity_score", "health_score", "guides", "sync"),
}


@pytest.fixture
def payments(host_team: Team) -> Project:
    project = create_project("payments", owner_team=host_team, license_spdx="MIT", head_commit="a" * 40)
    project.topics.add(Topic.objects.create(name="money"))
    ProjectLanguage.objects.create(project=project, name="Go", bytes=1200)
    Guide.objects.create(project=project, kind="readme", path="README.md", blob="b" * 40, size=10)
    return project


@pytest.fixture
def secret(host_team: Team) -> Project:
    return create_project("secret", owner_team=host_team, visibility=Project.Visibility.TEAMS)


def results(client: Client, url: str, **headers: str) -> list[dict[str, Any]]:
    response = client.get(url, headers=headers)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_a_project_carries_all_its_fields(client: Client, payments: Project) -> None:
    row = client.get("/api/v1/projects/payments/").json()
    assert set(row) == FIELDS
    assert row["languages"] == {"Go": 1200}
    assert row["topics"] == ["money"]
    assert row["owner_team"] == "platform"
    assert row["license"] == "MIT"
    assert row["guides"] == ["README.md"]
    assert row["url"] == "http://testserver/projects/payments/"
    assert row["sync"].pop("next_at").startswith("20")
    assert row["sync"] == {
        "state": "never",
        "code": "",
        "message": "",
        "cure": "",
        "finished_at": None,
        "failures": 0,
    }


def test_unknown_facts_are_null(client: Client, db: None) -> None:
    create_project("bare")
    row = client.get("/api/v1/projects/bare/").json()
    unknown = ("license", "default_branch", "head_commit", "owner_team", "last_activity", "health_score")
    assert [row[name] for name in unknown] == [None] * 6


def test_outsider_neither_lists_nor_counts_nor_gets_a_restricted_project(
    client: Client, secret: Project, payments: Project, charlie: User
) -> None:
    client.force_login(charlie)
    page = client.get("/api/v1/projects/").json()
    assert page["count"] == 1
    assert [row["slug"] for row in page["results"]] == ["payments"]
    unseen, absent = client.get("/api/v1/projects/secret/"), client.get("/api/v1/projects/no-such/")
    assert unseen.status_code == absent.status_code == 404
    assert unseen.content == absent.content


def test_owner_team_sees_its_restricted_project(client: Client, secret: Project, bob: User) -> None:
    client.force_login(bob)
    assert [row["slug"] for row in results(client, "/api/v1/projects/")] == ["secret"]


def test_requests_of_an_unseen_project_are_unseen(
    client: Client, secret: Project, bob: User, charlie: User
) -> None:
    request = create_request(secret, bob)
    client.force_login(charlie)
    assert results(client, "/api/v1/contributions/") == []
    assert client.get(f"/api/v1/contributions/{request.pk}/").status_code == 404
    client.force_login(bob)
    assert [row["id"] for row in results(client, "/api/v1/contributions/")] == [request.pk]


def test_filters_and_pages(client: Client, db: None) -> None:
    for number in range(5):
        create_project(
            f"lib-{number}", lifecycle="production" if number % 2 else "experiment", activity_score=number
        )
    assert [row["slug"] for row in results(client, "/api/v1/projects/?lifecycle=production")] == ["lib-3", "lib-1"]
    page = client.get("/api/v1/projects/?page_size=2&page=2&sort=name").json()
    assert page["count"] == 5
    assert [row["slug"] for row in page["results"]] == ["lib-2", "lib-3"]
    assert "page=3" in page["next"]


def test_page_size_ends_at_200(client: Client, db: None) -> None:
    for _ in range(201):
        create_project()
    assert len(results(client, "/api/v1/projects/?page_size=1000")) == 200


def test_an_unknown_language_matches_nothing_rather_than_everything(client: Client, payments: Project) -> None:
    assert results(client, "/api/v1/projects/?language=Cobol") == []


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/projects/?lifecycle=nonsense",
        "/api/v1/projects/?sort=nonsense",
        "/api/v1/contributions/?state=nonsense",
        "/api/v1/search/",
        "/api/v1/search/?q=x&kind=nonsense",
    ],
)
def test_a_wrong_parameter_is_named_with_a_cure(client: Client, db: None, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert response.json()["cure"]


@pytest.mark.parametrize("url", ["/api/v1/projects/", "/api/v1/projects/payments/", "/api/v1/contributions/"])
def test_nothing_can_be_written(client: Client, payments: Project, alice: User, url: str) -> None:
    client.force_login(alice)
    for send in (client.post, client.put, client.patch, client.delete):
        assert send(url).status_code in (403, 405)
    assert Project.objects.count() == 1


# ---------------------------------------------------------------- tokens
def test_a_token_reads_what_its_owner_reads(client: Client, secret: Project, bob: User, charlie: User) -> None:
    for user, seen in ((bob, ["secret"]), (charlie, [])):
        _token, key = Token.issue(user=user, name="test")
        rows = results(client, "/api/v1/projects/", authorization=f"Token {key}")
        assert [row["slug"] for row in rows] == seen


def test_a_token_is_kept_as_a_digest_only(bob: User) -> None:
    token, key = Token.issue(user=bob, name="test")
    assert key not in {token.digest, token.beginning}


@pytest.mark.parametrize("header", ["Token", "Token nonsense", "Token a b", "Token \xff"])
def test_a_wrong_token_is_refused(client: Client, db: None, header: str) -> None:
    response = client.get("/api/v1/projects/", headers={"authorization": header})
    assert response.status_code == 401
    assert response.json()["code"] == "authentication_failed"


def test_an_expired_token_and_one_of_somebody_who_left_are_refused(client: Client, bob: User) -> None:
    token, key = Token.issue(user=bob, name="test")
    headers = {"authorization": f"Token {key}"}
    assert client.get("/api/v1/projects/", headers=headers).status_code == 200
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/projects/", headers=headers).status_code == 401
    Token.objects.update(expires_at=None)
    User.objects.update(is_active=False)
    assert client.get("/api/v1/projects/", headers=headers).status_code == 401
    assert token.user == bob


def test_create_token_prints_a_working_token(
    client: Client, secret: Project, bob: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("create_token", "bob")
    key = capsys.readouterr().out.strip()
    rows = results(client, "/api/v1/projects/", authorization=f"Token {key}")
    assert [row["slug"] for row in rows] == ["secret"]
    with pytest.raises(CommandError, match="Nobody active is called"):
        call_command("create_token", "nobody")


def test_a_closed_portal_answers_only_who_signed_in(
    client: Client, payments: Project, bob: User, settings: LazySettings
) -> None:
    settings.READING_NEEDS_SIGN_IN = True
    for url in ("/api/v1/projects/", "/api/v1/teams/", "/api/v1/contributions/", "/api/v1/search/?q=payments"):
        response = client.get(url)
        assert response.status_code in (401, 403)
        assert b"payments" not in response.content
    client.force_login(bob)
    assert [row["slug"] for row in results(client, "/api/v1/projects/")] == ["payments"]


# ---------------------------------------------------------------- cost
@pytest.mark.parametrize("count", [3, 30])
def test_a_page_of_projects_costs_six_queries(
    client: Client, host_team: Team, count: int, django_assert_num_queries: Any
) -> None:
    topic = Topic.objects.create(name="money")
    for _ in range(count):
        project = create_project(owner_team=host_team)
        project.topics.add(topic)
        ProjectLanguage.objects.create(project=project, name="Go", bytes=1)
    # The count, the rows, topics, languages and guides.
    with django_assert_num_queries(5):
        assert len(results(client, "/api/v1/projects/")) == count


def test_successors_cost_one_query_more(client: Client, host_team: Team, django_assert_num_queries: Any) -> None:
    seen = create_project("new", owner_team=host_team)
    hidden = create_project("secret", owner_team=host_team, visibility="admins")
    for number in range(6):
        create_project(f"old-{number}", owner_team=host_team, successor=hidden if number % 2 else seen)
    with django_assert_num_queries(6):
        rows = results(client, "/api/v1/projects/?sort=name")
    assert [row["successor"] for row in rows] == [None, *("new", None) * 3]


def test_teams_are_a_tree(client: Client, host_team: Team) -> None:
    root = Team.objects.create(name="Unit", slug="unit", kind=Team.Kind.UNIT)
    Team.objects.filter(pk=host_team.pk).update(parent=root)
    rows = {row["slug"]: row for row in results(client, "/api/v1/teams/")}
    assert rows["platform"]["parent"] == "unit"
    assert rows["unit"]["parent"] is None


def test_contributions_are_filtered_by_state_and_team(client: Client, payments: Project, host_team: Team) -> None:
    author = create_user()
    wanted = create_request(payments, author, state="merged")
    create_request(payments, author, state="declined")
    rows = results(client, "/api/v1/contributions/?state=merged&host_team=platform")
    assert [row["id"] for row in rows] == [wanted.pk]


def test_the_schema_describes_every_resource(client: Client, db: None) -> None:
    response = client.get("/api/schema/?format=json")
    paths = response.json()["paths"]
    assert {"/api/v1/projects/", "/api/v1/projects/{slug}/", "/api/v1/search/"} <= set(paths)
    fields = response.json()["components"]["schemas"]["Project"]["properties"]
    assert set(fields) == FIELDS


def test_the_page_of_the_api_runs_no_inline_script(client: Client, db: None) -> None:
    html = client.get("/api/").content.decode()
    assert "<script>" not in html
    assert "https://" not in html
