"""Curating listings: each action, its history, and undoing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.actions.curation import Outcome, curate, undo, value, with_topics, without_topics
from catalog.actions.sources import add_source
from catalog.curated import FIELDS, snapshot
from catalog.forms import BulkForm
from catalog.models import ListingChange, Project, Topic
from catalog.sync import sync_now
from people.models import Team, User
from search.models import PendingDocument
from tests.create import create_curator, create_project, create_team, create_user
from tests.repos import add_commit, build_repo

pytestmark = pytest.mark.django_db

Bulk = Callable[..., Outcome]


@pytest.fixture
def curator() -> User:
    return create_curator()


@pytest.fixture
def projects(host_team: Team) -> list[Project]:
    found = [create_project(slug, owner_team=host_team) for slug in ("one", "two", "three")]
    found[0].topics.add(Topic.objects.create(name="payments"))
    return found


@pytest.fixture
def bulk(curator: User) -> Bulk:
    """Does what the form asks for to all listings."""

    def do(action: str, **fields: Any) -> Outcome:
        form = BulkForm({"action": action, **fields})
        assert form.is_valid(), form.errors
        return curate(Project.objects.all(), form.changes(), by=curator)

    return do


def states() -> dict[str, dict[str, Any]]:
    return {project.slug: snapshot(project) for project in Project.objects.all()}


def field(key: str) -> dict[str, Any]:
    return {slug: state[key] for slug, state in states().items()}


ACTIONS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("hide", {}, "listing", "hidden"),
    ("feature", {}, "featured", True),
    ("archive", {}, "lifecycle", "archived"),
    ("lifecycle", {"lifecycle": "maintenance"}, "lifecycle", "maintenance"),
    ("governance", {"governance": "3"}, "governance", 3),
    ("disown", {}, "owner_team", None),
    ("add_topics", {"topics": "Payments, java Card"}, "topics", ["java-card", "payments"]),
    ("admins", {}, "visibility", {"for": "admins", "teams": []}),
]


@pytest.mark.parametrize(("action", "fields", "key", "after"), ACTIONS)
@pytest.mark.usefixtures("projects")
def test_each_action_changes_all_in_one_batch_and_undo_brings_all_back(
    bulk: Bulk, curator: User, action: str, fields: dict[str, Any], key: str, after: object
) -> None:
    before = states()
    outcome = bulk(action, **fields)
    assert (outcome.changed, outcome.left) == (3, 0)
    assert set(map(str, field(key).values())) == {str(after)}
    assert ListingChange.objects.filter(batch=outcome.batch, actor=curator, field=key).count() == 3
    assert undo(outcome.batch, by=curator).changed == 3
    assert states() == before
    assert not any(Project.objects.values_list("curated_fields", flat=True))


@pytest.mark.usefixtures("projects")
def test_the_opposites_undo_by_hand(bulk: Bulk) -> None:
    before = states()
    for there, back in (("hide", "list"), ("feature", "unfeature"), ("admins", "everyone")):
        assert bulk(there).changed == bulk(back).changed == 3
    assert states() == before


@pytest.mark.usefixtures("projects")
def test_an_owner_and_named_teams_are_set(bulk: Bulk, guest_team: Team, host_team: Team, curator: User) -> None:
    bulk("owner", team=guest_team.pk)
    assert set(field("owner_team").values()) == {guest_team.slug}
    first = bulk("teams", teams=[guest_team.pk, host_team.pk])
    second = bulk("teams", teams=[host_team.pk])
    assert field("visibility")["one"] == {"for": "teams", "teams": [host_team.slug]}
    undo(second.batch, by=curator)
    assert field("visibility")["one"]["teams"] == sorted([guest_team.slug, host_team.slug])
    undo(first.batch, by=curator)
    assert field("visibility")["one"] == {"for": "everyone", "teams": []}


@pytest.mark.usefixtures("projects")
def test_topics_are_added_to_those_that_are_there_and_taken_from_them(bulk: Bulk) -> None:
    bulk("add_topics", topics="java")
    assert field("topics") == {"one": ["java", "payments"], "two": ["java"], "three": ["java"]}
    assert bulk("remove_topics", topics="payments").changed == 1
    assert field("topics")["one"] == ["java"]


def test_topics_stay_as_many_as_a_listing_may_have() -> None:
    many = [f"topic-{number:02}" for number in range(20)]
    assert with_topics(["zebra"])(many) == many
    assert without_topics(["topic-00"])(many) == many[1:]


@pytest.mark.parametrize(
    "action", ["owner", "lifecycle", "governance", "add_topics", "remove_topics", "teams", "", "format"]
)
def test_an_action_without_what_it_needs_is_refused(action: str) -> None:
    assert not BulkForm({"action": action, "topics": " , ", "team": "x", "teams": ["x"]}).is_valid()


@pytest.mark.usefixtures("projects")
def test_only_curators_may(alice: User, bulk: Bulk) -> None:
    with pytest.raises(PermissionDenied):
        curate(Project.objects.all(), {"listing": value("hidden")}, by=alice)
    batch = bulk("hide").batch
    with pytest.raises(PermissionDenied):
        undo(batch, by=create_user(is_staff=True))
    assert set(field("listing").values()) == {"hidden"}


@pytest.mark.usefixtures("projects")
def test_the_same_again_changes_nothing_and_leaves_no_history(bulk: Bulk) -> None:
    bulk("hide")
    again = bulk("hide")
    assert (again.changed, again.left) == (0, 3)
    assert not ListingChange.objects.filter(batch=again.batch).exists()


def test_undo_leaves_alone_what_somebody_changed_since(bulk: Bulk, projects: list[Project], curator: User) -> None:
    batch = bulk("hide").batch
    Project.objects.filter(slug="two").update(listing="listed")
    outcome = undo(batch, by=curator)
    assert (outcome.changed, outcome.left) == (2, 1)
    assert set(field("listing").values()) == {"listed"}
    assert ListingChange.objects.get(batch=batch, project=projects[1]).undone_at is None


@pytest.mark.usefixtures("projects")
def test_undoing_twice_undoes_once_and_an_undo_can_be_undone(bulk: Bulk, curator: User) -> None:
    batch = bulk("hide").batch
    undone = undo(batch, by=curator)
    again = undo(batch, by=curator)
    assert (again.changed, again.left) == (0, 0)
    assert undo(undone.batch, by=curator).changed == 3
    assert set(field("listing").values()) == {"hidden"}


@pytest.mark.usefixtures("projects")
def test_undo_keeps_a_field_curated_that_was_so_before(bulk: Bulk, curator: User) -> None:
    bulk("lifecycle", lifecycle="production")
    batch = bulk("archive").batch
    undo(batch, by=curator)
    one = Project.objects.get(slug="one")
    assert (one.lifecycle, one.curated_fields) == ("production", ["lifecycle"])


def test_an_owner_that_is_gone_comes_back_as_nobody(bulk: Bulk, projects: list[Project], curator: User) -> None:
    team = create_team("Short lived")
    Project.objects.update(owner_team=team)
    batch = bulk("disown").batch
    team.delete()
    undo(batch, by=curator)
    assert set(field("owner_team").values()) == {None}


@pytest.mark.usefixtures("projects")
def test_what_changed_is_indexed_again(bulk: Bulk) -> None:
    PendingDocument.objects.all().delete()
    bulk("add_topics", topics="java")
    assert PendingDocument.objects.filter(kind="project").count() == 3


@pytest.mark.parametrize(("action", "fields"), [("hide", {}), ("add_topics", {"topics": "java, card"})])
def test_the_cost_does_not_grow_with_the_listings(bulk: Bulk, action: str, fields: dict[str, Any]) -> None:
    costs = []
    for count in (2, 60):
        Project.objects.all().delete()
        for number in range(count):
            create_project(f"p-{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            bulk(action, **fields)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20


def test_what_a_curator_set_survives_a_sync(tmp_path: Path, bulk: Bulk, guest_team: Team, curator: User) -> None:
    path = build_repo(tmp_path / "src" / "widget.git")
    metadata = b'{"title": "Widget", "description": "Of the repository.", "topics": ["theirs"]}'
    add_commit(path, files={"innersource.json": metadata})
    (project,) = add_source(str(path)).new
    sync_now(project)
    stated = states()["widget"]
    batches = [
        bulk("owner", team=guest_team.pk).batch,
        bulk("lifecycle", lifecycle="deprecated").batch,
        bulk("add_topics", topics="ours").batch,
    ]
    curated = states()["widget"]
    add_commit(path, files={"README.md": b"# Widget\n\nMoved on.\n"})
    sync_now(project)
    assert states()["widget"] == curated
    for batch in batches:
        assert undo(batch, by=curator).changed == 1
    assert states()["widget"] == stated


def test_every_field_can_be_read_and_written(projects: list[Project]) -> None:
    for each in FIELDS.values():
        each.write({projects[0]: each.read(projects[0])})
    assert states()["one"]["topics"] == ["payments"]
