"""The operator's back door: every page of it opens, and what is edited there is kept like any curation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import (
    ActivityYear,
    ApiAnswer,
    CodeHost,
    Contributor,
    Guide,
    HealthResult,
    LastRead,
    ListingChange,
    Project,
    ProjectLanguage,
    Rendering,
    SyncRun,
    Tag,
    Topic,
    TrustedCommitter,
)
from contributions.models.prose import Prose
from people.models import Team, User
from tests.create import create_project, create_request, create_user

pytestmark = pytest.mark.django_db

SITE = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)
NAMES = [model._meta.label for model, _ in SITE]
OURS = ("people", "catalog", "contributions")


@pytest.fixture
def root(client: Client) -> User:
    """A superuser, signed in."""
    user = create_user("root", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def fill(count: int, *, team: Team, user: User) -> None:
    now = timezone.now()
    for number in range(count):
        project = create_project(f"p-{number:03}", owner_team=team)
        project.topics.add(Topic.objects.create(name=f"topic-{number}"))
        commit = f"{number:040x}"
        Guide.objects.create(
            project=project, kind="readme", path="README.md", blob=commit, size=1, html="<b>x</b>"
        )
        Tag.objects.create(project=project, name="v1", commit=commit, tagged_at=now)
        HealthResult.objects.create(project=project, check_key="readme", result="pass")
        ProjectLanguage.objects.create(project=project, name="Python", bytes=1)
        SyncRun.objects.create(project=project, state="ok", started_at=now, finished_at=now)
        TrustedCommitter.objects.create(project=project, user=user, since=date(2026, 1, 1))
        facts = {"commits": 1, "first_at": now, "last_at": now}
        Contributor.objects.create(project=project, name="A", email=f"a{number}@x.example", user=user, **facts)
        ListingChange.objects.create(
            project=project, batch="0" * 32, field="listing", before="listed", after="hidden", actor=user
        )
        create_request(project, user)


def pages(model: Any) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def test_every_model_of_ours_is_there() -> None:
    registered = {model for model, _ in SITE}
    inline = {ProjectLanguage}
    # Rendered or read once and made anew where they lack; what code hosts answered: nobody has business with them.
    kept_by_itself = {Prose, LastRead, ApiAnswer, Rendering, ActivityYear}
    missing = {
        model
        for name in OURS
        for model in apps.get_app_config(name).get_models()
        if not model._meta.auto_created and model not in registered | inline | kept_by_itself
    }
    assert not missing


@pytest.mark.parametrize(("model", "room"), SITE, ids=NAMES)
def test_every_page_answers(client: Client, root: User, host_team: Team, model: Any, room: Any) -> None:
    fill(2, team=host_team, user=root)
    request = RequestFactory().get("/")
    request.user = root
    assert client.get(reverse(f"{pages(model)}_changelist"), {"q": "p-001"}).status_code == 200
    add = client.get(reverse(f"{pages(model)}_add"))
    assert add.status_code == (302 if model is CodeHost else 200 if room.has_add_permission(request) else 403)
    row = model.objects.first()
    if row is not None:
        assert client.get(reverse(f"{pages(model)}_change", args=[row.pk])).status_code == 200
        assert client.get(reverse(f"{pages(model)}_history", args=[row.pk])).status_code == 200


@pytest.mark.parametrize(("model", "room"), SITE, ids=NAMES)
def test_every_list_can_be_searched(model: Any, room: Any) -> None:
    if model._meta.app_label in OURS:
        assert room.search_fields


@pytest.mark.parametrize("model", [model for model, _ in SITE if model._meta.app_label in OURS])
def test_no_list_asks_once_for_each_row(client: Client, root: User, host_team: Team, model: Any) -> None:
    counts = []
    for count in (2, 12):
        ListingChange.objects.all().delete()
        Topic.objects.all().delete()
        apps.get_model("contributions.Request").objects.all().delete()
        Project.objects.all().delete()
        fill(count, team=host_team, user=root)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(f"{pages(model)}_changelist"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("root")
def test_a_source_is_added_on_its_own_page(client: Client) -> None:
    assert client.get("/admin/catalog/codehost/add/").headers["Location"] == "/curation/sources/"


@pytest.mark.usefixtures("root")
def test_projects_are_found_by_autocomplete(client: Client) -> None:
    create_project("ledger")
    source = {"app_label": "catalog", "model_name": "trustedcommitter", "field_name": "project"}
    found = client.get("/admin/autocomplete/", {**source, "term": "ledg"}).json()
    assert [row["text"] for row in found["results"]] == ["ledger"]


@pytest.mark.usefixtures("root")
def test_the_action_queues_syncs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.broker.hint", lambda *_, **__: True)
    project = create_project("one")
    client.post("/admin/catalog/project/", {"action": "sync", "_selected_action": [project.pk]})
    assert SyncRun.objects.get().project == project


def test_what_is_edited_stands_in_the_history_and_is_left_alone_by_syncs(
    client: Client, root: User, host_team: Team
) -> None:
    project = create_project("one", summary="Before.", owner_team=host_team)
    topic = Topic.objects.create(name="java")
    form = {
        "name": "one",
        "summary": "After.",
        "owner_team": host_team.pk,
        "topics": [topic.pk],
        "skills": "[]",
        "help_wanted": "[]",
        "listing": "listed",
        "visibility": "everyone",
        "curated_fields": "[]",
    }
    for prefix in ("trusted_committers", "guides", "health_results", "languages"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = client.post(f"/admin/catalog/project/{project.pk}/change/", form)
    assert answer.status_code == 302, answer.context["errors"]
    project.refresh_from_db()
    assert (project.summary, project.curated_fields) == ("After.", ["summary", "topics"])
    rows = ListingChange.objects.values_list("field", "before", "after", "actor__username")
    assert {(field, str(before), str(after), who) for field, before, after, who in rows} == {
        ("summary", "Before.", "After.", "root"),
        ("topics", "[]", "['java']", "root"),
    }
    assert ListingChange.objects.values("batch").distinct().count() == 1
