"""Facets count what this viewer may see, each with the other facets applied."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from catalog.facets import Panel, panel
from catalog.filters import known, parse
from catalog.models import Project, ProjectLanguage, Topic
from people.models import Team, User
from people.querysets import Viewer
from tests.create import create_project, create_team


def counts(result: Panel, facet: str) -> dict[str, int]:
    return {value.label: value.count for each in result.facets if each.key == facet for value in each.values}


def panel_for(user: Viewer, query: str = "") -> Panel:
    visible = Project.objects.visible_to(user)
    return panel(visible, known(parse(QueryDict(query)), visible))


@pytest.fixture
def shelf(host_team: Team) -> None:
    unit = create_team("Commerce", kind=Team.Kind.UNIT)
    host_team.parent = unit
    host_team.save()
    for slug, language, lifecycle, visibility in (
        ("client", "Go", "production", "everyone"),
        ("server", "Go", "experiment", "everyone"),
        ("site", "Python", "production", "everyone"),
        ("secret", "Go", "production", "admins"),
        ("team-only", "Erlang", "production", "teams"),
    ):
        project = create_project(
            slug, owner_team=host_team, lifecycle=lifecycle, visibility=visibility, health_score=80
        )
        ProjectLanguage.objects.create(project=project, name=language, bytes=10)
    Topic.objects.create(name="hush").projects.add(Project.objects.get(slug="secret"))


@pytest.mark.usefixtures("shelf")
def test_restricted_listings_are_never_counted_for_outsiders(charlie: User) -> None:
    for viewer in (AnonymousUser(), charlie):
        result = panel_for(viewer)
        assert counts(result, "language") == {"Go": 2, "Python": 1}
        assert counts(result, "topic") == {}
        assert counts(result, "team") == {"Commerce": 3, "Platform": 3}
        assert counts(result, "lifecycle") == {"Experiment": 1, "Production": 2}
        assert counts(result, "health") == {"Healthy": 3}
        assert counts(result, "licence") == {"None found": 3}


@pytest.mark.usefixtures("shelf")
def test_teams_stand_below_those_they_belong_to(host_team: Team) -> None:
    other = create_team("Aviation", kind=Team.Kind.UNIT)
    for number in range(5):
        create_project(f"wing-{number}", owner_team=create_team(f"Wing {number}", parent=other))
    create_project("alone", owner_team=create_team("Zeppelin"))
    (facet,) = (each for each in panel_for(AnonymousUser()).facets if each.key == "team")
    wings = [(f"Wing {number}", 1) for number in range(5)]
    assert [(value.label, value.depth) for value in facet.values] == [
        ("Aviation", 0),
        *wings,
        ("Commerce", 0),
        ("Platform", 1),
        ("Zeppelin", 0),
    ]


@pytest.mark.usefixtures("shelf")
def test_the_owner_team_counts_its_own_restricted_listing(alice: User) -> None:
    assert counts(panel_for(alice), "language") == {"Go": 2, "Erlang": 1, "Python": 1}


@pytest.mark.usefixtures("shelf")
def test_alternatives_of_a_facet_stay_in_sight() -> None:
    result = panel_for(AnonymousUser(), "language=Python")
    assert counts(result, "language") == {"Python": 1, "Go": 2}
    assert counts(result, "lifecycle") == {"Production": 1}


@pytest.mark.usefixtures("shelf")
def test_a_value_that_is_on_stays_although_nothing_matches_it() -> None:
    result = panel_for(AnonymousUser(), "language=Python&lifecycle=experiment")
    assert counts(result, "language") == {"Python": 0, "Go": 1}
    assert [(chip.name, chip.value) for chip in result.chips] == [
        ("Language", "Python"),
        ("Lifecycle", "Experiment"),
    ]
    assert result.chips[0].url == "?lifecycle=experiment"


@pytest.mark.usefixtures("shelf")
def test_a_word_of_unseen_listings_reads_as_unknown() -> None:
    result = panel_for(AnonymousUser(), "topic=hush")
    assert [chip.value for chip in result.chips] == ["hush (not known here)"]
    assert counts(result, "language") == {"Go": 2, "Python": 1}


@pytest.mark.usefixtures("shelf")
def test_counts_cost_the_same_for_any_number_of_listings(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(7):
        panel_for(AnonymousUser())
    for number in range(40):
        create_project(f"more-{number}", owner_team=create_team(f"More {number}"))
    with django_assert_num_queries(7):
        panel_for(AnonymousUser())
