"""The URL is the whole state of a list, and nothing in it reaches the database but as a value."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from catalog.filters import Filters, apply, arranged, known, ordered, parse
from catalog.models import Project, ProjectLanguage, Topic
from people.models import Team
from tests.create import create_project, create_team


def names(filters: Filters) -> set[str]:
    return set(apply(Project.objects.all(), filters).values_list("slug", flat=True))


def test_one_state_has_one_address() -> None:
    given = QueryDict("topic=b&language=Go&topic=a&sort=name&page=3&size=25&view=table&language=Go")
    assert parse(given).url() == "?language=Go&topic=a&topic=b&sort=name"


def test_defaults_are_left_out() -> None:
    assert parse(QueryDict("sort=activity&view=table&size=25&q=")).url() == "?"
    assert parse(QueryDict("q=retry&sort=relevance")).url() == "?q=retry"


def test_best_match_needs_a_text() -> None:
    assert parse(QueryDict("sort=relevance")).sort == "activity"
    assert parse(QueryDict("q=retry")).sort == "relevance"
    assert parse(QueryDict("q=retry&sort=name")).without_text().url() == "?sort=name"


def test_other_parts_of_the_address_are_carried_on() -> None:
    filters = parse(QueryDict("kind=project&q=retry&language=Go"), keep=("kind",))
    assert filters.url() == "?q=retry&kind=project&language=Go"
    assert filters.cleared().url() == "?kind=project"


@pytest.mark.parametrize(
    "query",
    [
        "sort=password",
        "sort=owner_team__name",
        "view=x&size=1000000",
        "size=-1",
        "page=-1",
        "q=%00%00",
        "language=" + "x" * 10_000,
        "&".join(f"topic=t{n}" for n in range(500)),
        "lifecycle=nonsense&health=nonsense",
        "pk__in=1&listing=hidden",
    ],
)
def test_nonsense_never_raises(query: str) -> None:
    filters = parse(QueryDict(query))
    assert filters.sort == "activity"
    assert filters.size == 25
    assert len(filters.topic) <= 20
    assert all(len(value) <= 120 for _, value in filters.chosen)


def test_unknown_words_are_ignored_but_can_be_taken_out() -> None:
    filters = parse(QueryDict("lifecycle=nonsense&lifecycle=production"))
    assert filters.lifecycle == ("production",)
    assert filters.ignored == (("lifecycle", "nonsense"),)
    assert filters.toggled("lifecycle", "nonsense").url() == "?lifecycle=production"


def test_toggling_twice_changes_nothing() -> None:
    filters = parse(QueryDict("language=Go"))
    assert filters.toggled("language", "Rust").toggled("language", "Rust") == filters
    assert filters.toggled("language", "Go").url() == "?"


@pytest.fixture
def shelf(db: None) -> None:
    unit = create_team("Retail", kind=Team.Kind.UNIT)
    pay = create_team("Payments", parent=unit)
    go, py = create_project("go", owner_team=pay), create_project("py", owner_team=create_team("Platform"))
    both = create_project("both", owner_team=unit)
    for project, language in ((go, "Go"), (py, "Python"), (both, "Go"), (both, "Python")):
        ProjectLanguage.objects.create(project=project, name=language, bytes=100)
    topic = Topic.objects.create(name="http")
    go.topics.add(topic)
    both.topics.add(topic)
    for slug, score, licence, lifecycle in (
        ("go", 90, "MIT", "production"),
        ("py", 60, "", ""),
        ("both", None, "Apache-2.0", "experiment"),
    ):
        Project.objects.filter(slug=slug).update(health_score=score, license_spdx=licence, lifecycle=lifecycle)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"go", "py", "both"}),
        ("language=Go", {"go", "both"}),
        ("language=Go&language=Python", {"go", "py", "both"}),
        ("language=Python&topic=http", {"both"}),
        ("team=payments", {"go"}),
        ("team=retail", {"go", "both"}),
        ("team=payments&team=platform", {"go", "py"}),
        ("lifecycle=production", {"go"}),
        ("lifecycle=none", {"py"}),
        ("licence=none&licence=MIT", {"go", "py"}),
        ("health=good", {"go"}),
        ("health=caution&health=none", {"py", "both"}),
        ("health=bad", set()),
        ("team=retail&health=good&language=Python", set()),
    ],
)
def test_any_value_of_a_facet_and_all_facets(query: str, found: set[str]) -> None:
    assert names(parse(QueryDict(query))) == found


@pytest.mark.usefixtures("shelf")
def test_what_only_unseen_listings_have_is_as_unknown_as_a_misspelt_word() -> None:
    Project.objects.filter(slug="py").update(visibility="admins")
    visible = Project.objects.exclude(slug="py")
    ProjectLanguage.objects.create(project=Project.objects.get(slug="py"), name="Zig", bytes=1)
    filters = known(parse(QueryDict("language=Zig&language=Klingon&topic=http&team=nobody")), visible)
    assert filters.language == ()
    assert filters.ignored == (("language", "Klingon"), ("language", "Zig"), ("team", "nobody"))
    assert filters.topic == ("http",)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["both", "go", "py"]),
        ("health", ["go", "py", "both"]),
        ("updated", ["go", "both", "py"]),
        ("activity", ["py", "go", "both"]),
    ],
)
def test_orders(sort: str, order: list[str]) -> None:
    Project.objects.filter(slug="go").update(last_activity="2026-03-01T00:00Z")
    Project.objects.filter(slug="both").update(last_activity="2026-02-01T00:00Z")
    Project.objects.filter(slug="py").update(activity_score=900)
    assert [project.slug for project in ordered(Project.objects.all(), sort)] == order


@pytest.mark.usefixtures("shelf")
def test_best_match_keeps_the_order_of_the_index_and_drops_what_the_filters_drop() -> None:
    keys = dict(Project.objects.values_list("slug", "pk"))
    ranked = [keys["py"], keys["both"], keys["go"], 999_999]
    filters = parse(QueryDict("q=x&language=Go"))
    found = apply(Project.objects.all(), filters)
    assert arranged(found, filters, ranked) == [keys["both"], keys["go"]]
