"""One commit and two that are compared: what they say, what they refuse, and to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Contributor, Project, Rendering
from forge.mirror import mirror_path
from people.models import User
from tests.create import create_project, create_user
from tests.repos import BOB, START, add_branch, add_commit, build_repo, git, merge_branch, tip

EVIL = "Fix <script>alert(1)</script>\n\nSee https://example.org/ and\u202e <b>bold</b>\nSecond line\n"
FILES = {"a.py": "def f(x):\n    return x\n", "docs/note.txt": "one\ntwo\n"}


@pytest.fixture
def project(db: None) -> Project:
    project = create_project("widget", default_branch="main", sync_state="ok", refs_digest="1")
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True)
    build_repo(path, files=FILES)
    return moved(project)


@pytest.fixture
def repo(project: Project) -> Path:
    return mirror_path(project.pk)


def moved(project: Project) -> Project:
    project.head_commit = tip(mirror_path(project.pk))
    project.refs_digest += "1"
    project.save()
    return project


def commit(client: Client, id: str, query: str = "", **headers: Any) -> Any:
    return client.get(f"/projects/widget/commits/{id}/{query}", **headers)


def compare(client: Client, base: str = "", head: str = "", **more: str) -> Any:
    return client.get("/projects/widget/compare/", {"base": base, "head": head, **more})


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


# ---------------------------------------------------------------- a commit
def test_a_commit_says_who_when_and_what(client: Client, project: Project, repo: Path) -> None:
    made = add_commit(repo, files={"a.py": "def f(y):\n    return y\n"}, message="Rename x\n\nBecause.\n")
    moved(project)
    body = text(commit(client, made))
    assert "Rename x" in body and "Because." in body and "Bob Brandt" in body
    assert 'title="No account with a verified address"' in body
    assert "<mark>y</mark>" in body
    parent = git(repo, "rev-parse", f"{made}^")
    assert f'href="/projects/widget/commits/{parent}/"' in body


def test_a_verified_address_names_its_person(client: Client, project: Project, repo: Path) -> None:
    made = add_commit(repo, files={"b": "b\n"}, author=BOB)
    moved(project)
    bob = create_user("bob-brandt", name="Robert Brandt")
    Contributor.objects.create(
        project=project, email=BOB.email, name=BOB.name, user=bob, commits=1, first_at=START, last_at=START
    )
    assert "Robert Brandt" in text(commit(client, made))


def test_a_commit_costs_the_same_number_of_queries_however_much_it_changes(
    client: Client, project: Project, repo: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small = add_commit(repo, files={"b": "b\n"})
    large = add_commit(repo, files={f"many/{number}": f"{number}\n" for number in range(250)})
    add_commit(repo, files={"c": "c\n"})
    moved(project)
    for made in (small, large):
        commit(client, made)
        with django_assert_num_queries(3):
            commit(client, made)


def test_words_of_strangers_are_text(client: Client, project: Project, repo: Path) -> None:
    made = add_commit(repo, files={"b": "b\n"}, message=EVIL)
    moved(project)
    body = text(commit(client, made))
    assert "<script>alert" not in body and "<b>bold" not in body and "\u202e" not in body
    assert 'href="https://example.org' not in body


def test_a_root_is_compared_with_nothing(client: Client, project: Project, repo: Path) -> None:
    body = text(commit(client, tip(repo)))
    assert "None: this commit starts a history" in body
    assert "2 changed files" in body


def test_a_merge_is_shown_against_the_parent_of_choice(client: Client, project: Project, repo: Path) -> None:
    add_branch(repo, "work")
    add_commit(repo, files={"main.txt": "main\n"})
    made = merge_branch(repo, "work")
    moved(project)
    first, second = commit(client, made), commit(client, made, "?parent=2")
    assert "work-1.txt" in text(first) and "main.txt" not in text(first)
    assert "main.txt" in text(second) and "work-1.txt" not in text(second)
    assert "merges 2 histories" in text(first)
    for query in ("?parent=3", "?parent=0", "?parent=x"):
        assert commit(client, made, query).status_code == 404


def test_lines_of_one_file_are_asked_for_alone(client: Client, project: Project, repo: Path) -> None:
    made = add_commit(repo, files={f"{name}.txt": "x\n" * 300 for name in "abc"})
    moved(project)
    answer = commit(client, made)
    waiting = [file for file in answer.context["diff"].files if not file.hunks]
    assert [file.path for file in waiting] == ["b.txt", "c.txt"]
    part = client.get(waiting[0].url, headers={"HX-Request": "true"})
    assert text(part).count("<tr") == 301 and "<html" not in text(part)


def test_branches_and_tags_that_hold_it_are_told_on_demand(client: Client, project: Project, repo: Path) -> None:
    first = tip(repo)
    git(repo, "tag", "v1.0", first)
    add_branch(repo, "odd-ü/<b>", commits=1)
    add_commit(repo, files={"b": "b\n"})
    moved(project)
    assert "v1.0" not in text(commit(client, first))
    body = text(commit(client, first, "?holders=1", headers={"HX-Request": "true"}))
    assert "v1.0" in body and "main" in body and "odd-ü/&lt;b&gt;" in body and "<html" not in body
    assert Rendering.objects.filter(kind="holders").count() == 1
    git(repo, "tag", "-d", "v1.0")
    moved(project)
    assert "v1.0" not in text(commit(client, first, "?holders=1"))


def test_what_no_branch_leads_to_is_absent(client: Client, project: Project, repo: Path) -> None:
    gone = add_commit(repo, files={"secret": "x\n"}, branch="work")
    git(repo, "update-ref", "refs/changes/1/1", gone)
    git(repo, "update-ref", "-d", "refs/heads/work")
    moved(project)
    for id in (gone, "0" * 40, git(repo, "rev-parse", "HEAD^{tree}")):
        assert "secret" not in text(commit(client, id), 404)
    assert commit(client, gone, "?holders=1", headers={"HX-Request": "true"}).status_code == 404
    assert "secret" not in text(compare(client, "main", gone), 404)


def test_outsiders_see_neither(client: Client, project: Project, repo: Path, charlie: User) -> None:
    Project.objects.update(visibility="admins")
    client.force_login(charlie)
    assert commit(client, tip(repo)).status_code == 404
    assert compare(client, "main", "main").status_code == 404


# ---------------------------------------------------------------- two of them
def test_two_branches_are_compared_since_they_parted(client: Client, project: Project, repo: Path) -> None:
    base = tip(repo)
    add_branch(repo, "work")
    add_commit(repo, files={"main.txt": "main\n"})
    moved(project)
    answer = compare(client, "main", "work")
    body = text(answer)
    assert "2 commits of" in body and base[:10] in body
    assert [file.path for file in answer.context["comparison"].diff.files] == ["work-1.txt", "work-2.txt"]
    assert compare(client, "", "work").context["comparison"].base.name == "main"
    assert "main.txt" in text(client.get(answer.context["swapped_url"]))


def test_the_form_offers_names(client: Client, project: Project, repo: Path) -> None:
    git(repo, "tag", "v1")
    add_branch(repo, "work")
    moved(project)
    body = text(client.get("/projects/widget/compare/"))
    assert '<option value="work">' in body and '<option value="v1">' in body


@pytest.mark.parametrize(
    "head", ["nothing", "--output=/tmp/x", "HEAD~1", "main^{tree}", "a" * 400, "\ud800", ":/x"]
)
def test_unknown_names_get_a_sentence(client: Client, project: Project, head: str) -> None:
    answer = client.get(f"/projects/widget/compare/?base=main&head={head.encode('utf-8', 'replace').decode()}")
    assert "revision_missing" in text(answer, 404)


def test_the_same_commit_and_a_branch_that_is_behind_are_told(
    client: Client, project: Project, repo: Path
) -> None:
    add_branch(repo, "work", commits=1)
    assert "Both are the same commit" in text(compare(client, "main", "main"))
    body = text(compare(client, "work", "main"))
    assert "has everything that" in body and "Compare the other way round" in body


def test_unrelated_histories_are_told(client: Client, project: Project, repo: Path) -> None:
    other = git(repo, "commit-tree", "-m", "Other", git(repo, "rev-parse", "HEAD^{tree}"))
    git(repo, "update-ref", "refs/heads/other", other)
    assert "unrelated" in text(compare(client, "main", "other"), 404)


def test_many_commits_come_in_pages_at_a_fixed_number_of_queries(
    client: Client, project: Project, repo: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add_branch(repo, "work", commits=25)
    with django_assert_num_queries(1):
        first = compare(client, "main", "work")
    assert (len(first.context["page"]), first.context["page"].paginator.count) == (10, 25)
    assert len(compare(client, "main", "work", page="3").context["page"]) == 5
