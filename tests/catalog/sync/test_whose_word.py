"""Whose word counts: the repository's, a curator's, or that of an author line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog import sync as syncs
from catalog.models import Contributor, LastRead, Project, Topic
from people.models import Identity, Team, User
from tests.catalog.sync.runs import Run
from tests.create import create_project, create_team, create_user
from tests.repos import ALICE, BOB, add_commit

pytestmark = pytest.mark.django_db

STATED = """{
  "title": "Widget works", "motivation": "Everybody turns gears.", "contributions": ["Documentation"],
  "skills": ["Python"], "topics": ["Gears", "gears", "Machine Tools"], "docs": "https://docs.corp.example/widget"
}
"""


def test_the_repository_speaks_for_itself(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={"innersource.json": STATED})
    run()
    assert (project.name, project.motivation) == ("Widget works", "Everybody turns gears.")
    assert (project.help_wanted, project.skills) == (["Documentation"], ["Python"])
    assert {topic.name for topic in project.topics.all()} == {"gears", "machine-tools"}
    assert project.slug == "widget"
    add_commit(source, files={"innersource.json": None})
    run()
    assert (project.name, project.motivation, project.topics.count()) == ("widget", "", 0)


def test_a_curators_word_stands(project: Project, source: Path, run: Run, guest_team: Team) -> None:
    project.topics.add(Topic.objects.create(name="curated"))
    Project.objects.update(
        name="The widget",
        summary="As the curator says.",
        lifecycle="maintenance",
        owner_team=guest_team,
        curated_fields=["name", "summary", "lifecycle", "owner_team", "topics"],
    )
    add_commit(source, files={"innersource.json": STATED, "CODEOWNERS": "* @corp/platform\n"})
    create_team("Platform")
    run()
    assert (project.name, project.summary) == ("The widget", "As the curator says.")
    assert (project.lifecycle, project.owner_team) == ("maintenance", guest_team)
    assert [topic.name for topic in project.topics.all()] == ["curated"]
    assert project.motivation == "Everybody turns gears."


def test_what_a_curator_changes_during_a_sync_stands(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = syncs.read_findings

    def read_slowly(*args: Any, **options: Any) -> Any:
        found = read(*args, **options)
        Project.objects.update(summary="Just curated.", curated_fields=["summary"])
        return found

    monkeypatch.setattr(syncs, "read_findings", read_slowly)
    run()
    assert project.summary == "Just curated."


def test_codeowners_name_the_owner_team(
    project: Project, source: Path, run: Run, host_team: Team, guest_team: Team
) -> None:
    add_commit(source, files={"CODEOWNERS": "* @corp/checkout\n"})
    run()
    assert project.owner_team == guest_team
    add_commit(source, files={"catalog-info.yaml": component("platform")})
    run()
    assert project.owner_team == host_team


def test_each_field_remembers_who_said_it(project: Project, source: Path, run: Run, guest_team: Team) -> None:
    add_commit(
        source,
        files={
            "innersource.json": STATED,
            "catalog-info.yaml": component("nobody"),
            "publiccode.yml": "name: Medusa\nlegal: {license: EUPL-1.2}\nusedBy: [City]\n",
            "CODEOWNERS": "* @corp/checkout\n",
            "GOVERNANCE.md": "# Governance\n\nShared write access for whoever has earned it.\n",
        },
    )
    Project.objects.update(host_says={"description": "As the host says.", "topics": ["hosted"]})
    run()
    assert project.owner_team == guest_team
    assert (project.governance, project.license_spdx) == (3, "EUPL-1.2")
    assert project.stated_in == {
        "name": "innersource.json",
        "summary": "host",
        "motivation": "innersource.json",
        "kind": "catalog-info.yaml",
        "lifecycle": "catalog-info.yaml",
        "docs_url": "innersource.json",
        "skills": "innersource.json",
        "help_wanted": "innersource.json",
        "governance": "GOVERNANCE.md",
        "topics": "innersource.json",
        "owner_team": "CODEOWNERS",
    }


def test_without_a_word_of_the_repository_host_and_readme_speak(project: Project, source: Path, run: Run) -> None:
    run()
    assert project.stated_in == {"name": "host", "summary": "README.md"}
    assert (project.name, project.governance) == ("widget", None)


def test_the_end_of_a_project_is_stated_by_its_repository(project: Project, source: Path, run: Run) -> None:
    heir = create_project("gadget")
    words = {"lifecycle": "deprecated", "successor": "gadget", "productionSince": "2020-02", "support": "#widget"}
    add_commit(source, files={"innersource.json": json.dumps(words)})
    run()
    assert (project.successor, project.successor_text, project.support) == (heir, "", "#widget")
    assert project.production_since == date(2020, 2, 1)
    words |= {"successor": "Ask the gear people", "productionSince": "2021-02-31"}
    add_commit(source, files={"innersource.json": json.dumps(words)})
    run()
    assert (project.successor, project.successor_text) == (None, "Ask the gear people")
    assert project.production_since is None
    Project.objects.update(successor=heir, curated_fields=["successor", "successor_text"])
    run()
    assert (project.successor, project.successor_text) == (heir, "Ask the gear people")


def test_a_project_is_not_its_own_successor(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={"innersource.json": '{"successor": "widget"}'})
    run()
    assert (project.successor, project.successor_text) == (None, "widget")


def test_a_curators_level_stands(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={"innersource.json": '{"governance": 4}'})
    Project.objects.update(governance=2, curated_fields=["governance"])
    run()
    assert (project.governance, project.stated_in["governance"]) == (2, "innersource.json")


def test_groups_and_users_of_a_file_change_nobody(project: Project, source: Path, run: Run, alice: User) -> None:
    text = (
        "kind: Group\nmetadata: {name: platform, title: Impostors}\n---\n"
        "kind: User\nmetadata: {name: alice, title: Not Alice}\n"
    )
    add_commit(source, files={"catalog-info.yaml": text})
    teams = set(Team.objects.values_list("name", flat=True))
    people = set(User.objects.values_list("name", flat=True))
    run()
    assert set(Team.objects.values_list("name", flat=True)) == teams
    assert set(User.objects.values_list("name", flat=True)) == people
    entities = LastRead.objects.get(project=project).files["metadata"]["entities"]
    assert [entity["kind"] for entity in entities] == ["Group", "User"]


def test_mistakes_in_owners_and_mailmap_are_shown_with_their_lines(
    project: Project, source: Path, run: Run
) -> None:
    add_commit(source, files={"CODEOWNERS": "* @a\n/docs alice\n", ".mailmap": "nonsense\n"})
    run()
    found = [(problem["path"], problem["line"]) for problem in project.metadata_problems]
    assert found == [("CODEOWNERS", 2), (".mailmap", 1)]


def component(owner: str) -> str:
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: widget\n"
        f"spec:\n  type: library\n  lifecycle: production\n  owner: {owner}\n"
    )


def test_an_author_line_names_a_person_only_by_a_verified_address(
    project: Project, source: Path, run: Run, charlie: User
) -> None:
    add_commit(source, files={"a": "a"}, author=BOB)
    Identity.objects.create(user=charlie, email=ALICE.email)
    dana = create_user("dana")
    Identity.objects.create(user=dana, email=BOB.email).verify()
    run()
    assert dict(Contributor.objects.values_list("email", "user")) == {ALICE.email: None, BOB.email: dana.pk}
