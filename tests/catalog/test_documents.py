import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from catalog.documents import Guides, Projects
from catalog.models import Guide, Project, ProjectLanguage, Topic
from people.models import Team, User
from tests.create import create_project

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def add_guide(project: Project, kind: str, path: str, text: str, title: str = "") -> Guide:
    return Guide.objects.create(
        project=project, kind=kind, path=path, blob="0" * 40, size=len(text), title=title, text=text
    )


@pytest.fixture
def project(host_team: Team) -> Project:
    project = create_project("ledger", name="Ledger", summary="Books", owner_team=host_team, activity_score=999)
    project.topics.add(Topic.objects.create(name="money"))
    add_guide(project, "readme", "README.md", "Double entry for everybody.")
    return project


def test_a_project_is_found_by_names_topics_and_its_readme(project: Project) -> None:
    (document,) = Projects().documents()
    assert (document.key, document.title, document.summary) == (str(project.pk), "Ledger", "Books")
    assert document.names == ("ledger", "ledger.git") and document.topics == ("money",)
    assert "Double entry" in document.body
    assert document.boost == pytest.approx(1.3)


def test_guides_are_found_but_for_the_readme(project: Project) -> None:
    guide = add_guide(project, "contributing", "CONTRIBUTING.md", "Ask first.", "Join us")
    (document,) = Guides().documents()
    assert (document.key, document.title, document.body) == (str(guide.pk), "Join us", "Ask first.")
    assert document.names == ("CONTRIBUTING.md",), "The project's names find the project, and not all its guides."
    assert [document.key for document in Guides().documents(["0"])] == []


def test_guides_of_projects_with_one_name_are_told_apart(host_team: Team, project: Project) -> None:
    same = [create_project(slug, name="Ledger") for slug in ("b-ledger", "c-ledger")]
    keys = [str(add_guide(each, "support", "SUPPORT.md", "Call.").pk) for each in (project, *same)]
    assert {result.note for result in Guides().results(NOBODY, keys)} == {
        "SUPPORT.md of Ledger · Platform",
        "SUPPORT.md of Ledger · b-ledger",
        "SUPPORT.md of Ledger · c-ledger",
    }


def test_outsiders_find_neither_a_hidden_project_nor_its_guides(
    project: Project, alice: User, charlie: User
) -> None:
    guide = add_guide(project, "contributing", "CONTRIBUTING.md", "Ask first.")
    Project.objects.update(listing=Project.Listing.HIDDEN)
    keys, guides = [str(project.pk)], [str(guide.pk)]
    for viewer in (charlie, NOBODY):
        assert list(Projects().visible(viewer, keys)) == list(Guides().visible(viewer, guides)) == []
        assert list(Projects().results(viewer, keys)) == list(Guides().results(viewer, guides)) == []
    assert list(Projects().visible(alice, keys)) == keys
    assert list(Guides().visible(alice, guides)) == guides


def test_results_lead_to_their_pages(project: Project) -> None:
    contributing = add_guide(project, "contributing", "CONTRIBUTING.md", "Ask first.")
    support = add_guide(project, "support", "docs/SUPPORT.md", "Call us.", "Support")
    (shown,) = Projects().results(NOBODY, [str(project.pk)])
    assert (shown.title, shown.url, shown.note) == ("Ledger", "/projects/ledger/", "Platform")
    keys = [str(contributing.pk), str(support.pk)]
    found = {result.title: result.url for result in Guides().results(NOBODY, keys)}
    assert found == {
        "CONTRIBUTING.md": "/projects/ledger/guide/",
        "Support": "/projects/ledger/files/docs/SUPPORT.md",
    }


def test_queries_do_not_grow_with_the_results(
    host_team: Team, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(10):
        add_guide(create_project(f"p{number}", owner_team=host_team), "support", "SUPPORT.md", "Call.")
    projects = [str(pk) for pk in Project.objects.values_list("pk", flat=True)]
    guides = [str(pk) for pk in Guide.objects.values_list("pk", flat=True)]
    with django_assert_num_queries(2):  # type: ignore[operator]
        list(Projects().results(NOBODY, projects))
    with django_assert_num_queries(1):  # type: ignore[operator]
        list(Guides().results(NOBODY, guides))
    with django_assert_num_queries(3):  # type: ignore[operator]
        list(Projects().documents())
    with django_assert_num_queries(1):  # type: ignore[operator]
        list(Guides().documents())


def test_the_filters_of_the_url_keep_the_ranking() -> None:
    rust = [create_project(f"r{number}") for number in range(3)]
    other = create_project("python")
    for project in rust:
        ProjectLanguage.objects.create(project=project, name="Rust", bytes=1)
    keys = [str(project.pk) for project in (rust[2], other, rust[0], rust[1])]
    left = Projects().filtered(NOBODY, keys, QueryDict("q=x&kind=project&language=Rust"))
    assert left.keys == [str(rust[number].pk) for number in (2, 0, 1)]
    assert left.template == "catalog/_search_filters.html"
