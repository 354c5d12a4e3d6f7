"""History, blame, branches and tags, and files by their letters, as readers meet them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from celery import current_app
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog import blames, broker, commits, last_changes, texts
from catalog.guides.code import coloured_lines
from catalog.models import Contributor, Guide, Project, Rendering
from catalog.revisions import mirror_of
from forge.errors import ForgeError
from forge.mirror import mirror_path
from people.models import User
from tests.create import create_project
from tests.repos import ALICE, BOB, START, add_commit, build_repo, git, tip

ODD = os.fsdecode(b"caf\xe9 %41.py")
FILES = {
    "README.md": "# Widget\n",
    "src/app.py": "import os\n\n\ndef run():\n    return 1\n",
    "src/lib/deep.py": "x = 1\n",
    ODD: "odd = 1\n",
}


@pytest.fixture
def project(db: None) -> Project:
    project = create_project("widget", default_branch="main", sync_state="ok", refs_digest="1")
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True)
    build_repo(path, files=FILES)
    return synced(project)


@pytest.fixture
def path(project: Project) -> Path:
    return mirror_path(project.pk)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What workers were asked for."""
    hints: list[tuple[Any, ...]] = []
    monkeypatch.setattr(broker, "hint", lambda *words: bool(hints.append(words)) or True)
    return hints


def synced(project: Project) -> Project:
    project.head_commit = tip(mirror_path(project.pk))
    project.save()
    return project


def page(client: Client, url: str, **headers: str) -> str:
    answer = client.get(f"/projects/widget/{url}", headers=headers)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


# ---------------------------------------------------------------- folders
def test_a_folder_tells_who_changed_each_entry_last(client: Client, project: Project, path: Path) -> None:
    second = add_commit(path, files={"src/lib/deep.py": "x = 2\n"}, author=BOB, message="Deepen <b>it</b>")
    synced(project)
    text = page(client, "files/")
    assert "Deepen &lt;b&gt;it&lt;/b&gt;" in text
    assert f"/projects/widget/commits/{second}/" in text
    assert text.count("Start") >= 2


def test_a_folder_whose_history_is_long_is_looked_through_by_a_worker(
    client: Client, project: Project, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_changes, "AT_ONCE", 0.00001)
    for _ in range(2):
        text = page(client, "files/src/")
        assert 'hx-trigger="load delay:2s"' in text
        assert "app.py" in text
    [(task, *arguments)] = asked
    current_app.tasks[task](*arguments)
    part = page(client, "files/src/", **{"HX-Request": "true"})
    assert part.lstrip().startswith('<div class="card flush" id="entries">')
    assert "Start" in part


# ---------------------------------------------------------------- files
def test_code_has_colours_and_each_line_stays_its_own(client: Client, project: Project) -> None:
    text = page(client, "files/src/app.py")
    assert '<span class="k">def</span>' in text
    assert text.count('id="L') == 5


def test_what_is_too_long_to_be_coloured_at_once_is_coloured_by_a_worker(
    client: Client, project: Project, path: Path, asked: list[tuple[Any, ...]]
) -> None:
    add_commit(path, files={"long.py": "def run():\n    return 1\n" * 2_000})
    synced(project)
    assert '<span class="k">' not in page(client, "files/long.py")
    [(task, *arguments)] = asked
    current_app.tasks[task](*arguments)
    text = page(client, "files/long.py", **{"HX-Request": "true"})
    assert text.count('<span class="k">def</span>') == 2_000
    assert "hx-get" not in text


def test_a_lexer_that_dies_leaves_the_text(
    project: Project, path: Path, client: Client, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts.apart, "coloured_lines", lambda *_: None)
    add_commit(path, files={"long.py": "def run():\n    return 1\n" * 2_000})
    synced(project)
    page(client, "files/long.py")
    [(task, *arguments)] = asked
    current_app.tasks[task](*arguments)
    text = page(client, "files/long.py")
    assert "def run():" in text
    assert "delay:1s" not in text


def test_a_file_is_read_at_any_branch_tag_or_commit(client: Client, project: Project, path: Path) -> None:
    old = project.head_commit
    git(path, "tag", "v1", old)
    add_commit(path, files={"src/app.py": "changed = True\n"})
    synced(project)
    for at in ("v1", old, old[:8]):
        text = page(client, f"files/src/app.py?at={at}")
        assert "return" in text
        assert f"/projects/widget/raw/{old}/src/app.py" in text
    assert "changed" in page(client, "files/src/app.py")
    assert f"?at={project.head_commit}" in page(client, "files/src/app.py")


@pytest.mark.parametrize("url", ["files/", "files/src/app.py", "history/", "blame/src/app.py", "find/", "refs/"])
@pytest.mark.parametrize("at", ["gone", "a" * 40, "HEAD", "--all", "%FF"])
def test_a_revision_that_is_not_there_is_said_so(client: Client, project: Project, url: str, at: str) -> None:
    answer = client.get(f"/projects/widget/{url}?at={at}")
    assert answer.status_code == 404
    assert "No branch or tag is called" in answer.content.decode()


def test_a_file_names_who_owns_it(client: Client, project: Project, path: Path) -> None:
    assert "Owned by" not in page(client, "files/src/app.py")
    rules = "* @corp/all\n/src/lib/ @corp/core alice@corp.example\n/src/app.py\n"
    add_commit(path, files={".github/CODEOWNERS": rules})
    synced(project)
    Guide.objects.create(project=project, kind="codeowners", path=".github/CODEOWNERS", blob="0" * 40, size=1)
    text = page(client, "files/src/lib/deep.py")
    assert "corp/core" in text
    assert "alice@corp.example" in text
    assert "/projects/widget/files/.github/CODEOWNERS?source=1#L2" in text
    assert "Owned by" not in page(client, "files/src/app.py")
    assert "corp/all" in page(client, "files/README.md")


# ---------------------------------------------------------------- history
def test_history_is_newest_first_and_paged(
    client: Client, project: Project, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "PAGE", 2)
    for number in range(3):
        add_commit(path, files={"src/app.py": f"{number}\n"}, message=f"Step {number}")
    synced(project)
    first = page(client, "history/")
    assert first.index("Step 2") < first.index("Step 1")
    assert "Step 0" not in first
    second = page(client, "history/?page=2")
    assert "Step 0" in second
    assert "Start" in second
    assert "Older" not in second
    assert "Step 0" not in page(client, "history/README.md")
    assert "Step 0" in page(client, "history/src?page=2")
    for nonsense in ("0", "-1", "x", "9" * 30, "2e3"):
        page(client, f"history/?page={nonsense}")


def test_history_follows_a_file_to_its_earlier_name(client: Client, project: Project, path: Path) -> None:
    add_commit(path, files={"src/app.py": None, "src/main.py": FILES["src/app.py"]}, message="Rename it")
    synced(project)
    text = page(client, "history/src/main.py")
    assert "Rename it" in text
    assert "Before that it was called" in text
    before = text.partition("Before that")[2].partition('href="')[2].partition('"')[0]
    assert "Start" in client.get(before).content.decode()


def test_history_says_when_time_was_over(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "SECONDS", 0.00001)
    assert "there may be more commits" in page(client, "history/src")


def test_an_author_is_a_person_only_where_the_address_is_verified(
    client: Client, project: Project, alice: User
) -> None:
    assert f"/people/{alice.username}/" not in page(client, "history/")
    Contributor.objects.create(
        project=project, name="A", email=ALICE.email, user=alice, commits=1, first_at=START, last_at=START
    )
    assert f"/people/{alice.username}/" in page(client, "history/")


def test_odd_names_have_history_and_blame(client: Client, project: Project) -> None:
    name = quote(os.fsencode(ODD))
    for place in ("files", "history", "blame"):
        page(client, f"{place}/{name}")


# ---------------------------------------------------------------- blame
def test_blame_names_the_commit_of_each_line(client: Client, project: Project, path: Path) -> None:
    second = add_commit(path, files={"src/app.py": "import os\n\n\ndef run():\n    return 2\n"}, author=BOB)
    synced(project)
    text = page(client, "blame/src/app.py")
    assert text.count(f"/projects/widget/commits/{second}/") == 1
    assert 'rowspan="4"' in text
    assert client.get("/projects/widget/blame/src").status_code == 404
    assert client.get("/projects/widget/blame/gone.py").status_code == 404


def test_a_blame_that_takes_long_is_made_by_a_worker(
    client: Client, project: Project, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blames, "AT_ONCE", 0.00001)
    text = page(client, "blame/src/app.py")
    assert "is looking through the history" in text
    assert 'id="L5"' in text
    [(task, *arguments)] = asked
    current_app.tasks[task](*arguments)
    text = page(client, "blame/src/app.py", **{"HX-Request": "true"})
    assert 'rowspan="5"' in text
    assert "is looking through" not in text


def test_a_blame_that_no_worker_can_make_says_so(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blames, "AT_ONCE", 0.00001)
    monkeypatch.setattr(blames, "LATER", 0.00001)
    page(client, "blame/src/app.py")
    blames.find(project, mirror_of(project), project.head_commit, "src/app.py")
    assert "did not find in time" in page(client, "blame/src/app.py")


def test_the_symbols_of_a_file_lead_to_their_lines(
    client: Client, project: Project, asked: list[tuple[Any, ...]]
) -> None:
    assert "/projects/widget/outline/src/app.py" in page(client, "files/src/app.py")
    assert "being looked for" in page(client, "outline/src/app.py")
    [(task, *arguments)] = asked
    current_app.tasks[task](*arguments)
    assert 'href="/projects/widget/files/src/app.py#L4"' in page(client, "outline/src/app.py")
    assert "outline" not in page(client, "files/README.md").partition("<main")[2]
    assert client.get("/projects/widget/outline/README.md").status_code == 404
    assert page(client, "outline/src/app.py", **{"HX-Request": "true"}).lstrip().startswith("<ol")


# ---------------------------------------------------------------- what is not made in vain
def test_while_a_worker_is_waited_for_nothing_is_tried_again(
    client: Client, project: Project, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def slow(*words: Any, **_: Any) -> None:
        tried.append(words[2])

    monkeypatch.setattr(blames, "ask", slow)
    for _ in range(3):
        assert "is looking through" in page(client, "blame/src/app.py")
    assert len(tried) == len([words for words in asked if words[0] == "catalog.tasks.find_blame"]) == 1


def test_what_git_cannot_do_is_not_asked_for_again_on_the_same_day(
    client: Client, project: Project, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise ForgeError("git_failed", why="out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(blames, "ask", lambda *_, **__: None)
        page(client, "blame/src/app.py")
        patch.setattr(blames, "ask", fails)
        [(task, *arguments)] = asked
        current_app.tasks[task](*arguments)
    text = page(client, "blame/src/app.py")
    assert "did not find in time" in text
    assert "hx-trigger" not in text.partition('id="contents"')[2].partition(">")[0]
    row = Rendering.objects.get(kind="blame")
    row.content = {"failed_on": "2020-01-01"}
    row.save()
    assert 'rowspan="5"' in page(client, "blame/src/app.py")


def test_what_is_not_there_leaves_no_row(client: Client, project: Project) -> None:
    assert client.get("/projects/widget/history/no/such.py").status_code == 404
    page(client, "history/src/app.py?page=99")
    assert not Rendering.objects.filter(kind="history").exists()


def test_the_source_stays_the_source_while_it_gets_its_colours(
    client: Client, project: Project, path: Path, asked: list[tuple[Any, ...]]
) -> None:
    add_commit(path, files={"docs/README.md": "# Long\n\nwords\n" * 3_000})
    synced(project)
    assert 'hx-get="/projects/widget/files/docs/README.md?source=1"' in page(
        client, "files/docs/README.md?source=1"
    )
    folder = page(client, "files/docs")
    assert 'hx-get="/projects/widget/files/docs/README.md" hx-trigger="load delay:1s"' in folder


def test_a_lexer_that_takes_long_is_left_to_a_worker(
    client: Client, project: Project, path: Path, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coloured_lines, "__kwdefaults__", {"seconds": 0.05})
    add_commit(path, files={"lines.c": "\n" * 19_000})
    synced(project)
    assert "delay:1s" in page(client, "files/lines.c")
    assert [words[0] for words in asked] == ["catalog.tasks.make_text"]


# ---------------------------------------------------------------- branches, tags, letters
def test_branches_and_tags_lead_to_the_same_place_at_another_revision(
    client: Client, project: Project, path: Path
) -> None:
    git(path, "tag", "v1.0#b", "main")
    add_commit(path, branch="feature/ü", files={"x": "1"})
    text = page(client, "refs/src/app.py?to=history")
    assert 'href="/projects/widget/history/src/app.py?at=feature%2F%C3%BC"' in text
    assert 'href="/projects/widget/history/src/app.py"' in text
    text = page(client, "refs/src/app.py?kind=tags")
    assert 'href="/projects/widget/files/src/app.py?at=v1.0%23b"' in text
    assert "feature" not in text
    assert "No branches with" in page(client, "refs/?q=zzz")
    assert "feature" in page(client, "refs/?q=FEAT", **{"HX-Request": "true"})


def test_five_thousand_refs_are_paged(client: Client, project: Project, path: Path) -> None:
    lines = "".join(f"create refs/heads/b{number:04} {project.head_commit}\n" for number in range(5_000))
    git(path, "update-ref", "--stdin", stdin=lines)
    text = page(client, "refs/?page=2")
    assert "of 5001" in text
    assert text.count("data-item") == 50
    assert text.count("b4321") >= 1 or "b4321" in page(client, "refs/?q=b4321")


def test_a_file_is_found_by_letters_of_its_path(client: Client, project: Project) -> None:
    answer = client.get("/projects/widget/find/?q=sldeep")
    assert [each.name for each in answer.context["found"]] == ["src/lib/deep.py"]
    assert "No path holds" in page(client, "find/?q=zzzz")
    assert page(client, "find/?q=py", **{"HX-Request": "true"}).lstrip().startswith('<div id="found"')


# ---------------------------------------------------------------- costs
@pytest.mark.parametrize(
    ("url", "queries"),
    [
        ("files/", 2),
        ("files/src/app.py", 3),
        ("history/", 2),
        ("history/src/app.py", 3),
        ("blame/src/app.py", 4),
        ("refs/", 1),
        ("find/?q=app", 1),
    ],
)
def test_a_second_look_costs_a_fixed_number_of_queries(
    client: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries, url: str, queries: int
) -> None:
    page(client, url)
    with django_assert_num_queries(queries):
        page(client, url)
