"""The difference on a request's page: every file is listed, lines come when they are looked at."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.models import Project
from catalog.views import diffs
from contributions import actions
from contributions.lifecycle import State
from contributions.models import Change, Request
from contributions.tasks import fetch_revision
from people.models import Team, User
from tests.create import create_request
from tests.repos import add_commit

pytestmark = pytest.mark.django_db

ODD = os.fsdecode(b"odd \xe9 <b>&.txt")
LONG = "".join(f"line {number}\n" for number in range(300))
FILES = {
    "a.py": "def f(x):\n    return x\n",
    "b/long.txt": LONG,
    "c/long.txt": LONG,
    ODD: "one\n<script>alert(1)</script>\n",
    "package-lock.json": "{\n}\n",
    "z.bin": b"\0\1\2",
    "z-large.txt": "x\n" * 600,
}


@pytest.fixture
def offered(real_project: Project, repo: Path, charlie: User, guest_team: Team) -> Request:
    add_commit(repo, branch="work", files=FILES)
    request = create_request(real_project, charlie, guest_team=guest_team, state=State.ACCEPTED)
    actions.offer_branch(request, "work", by=charlie)
    fetch_revision(Change.objects.get().pk)
    return Request.objects.get()


def show(client: Client, request: Request, query: str = "", **headers: Any) -> str:
    answer = client.get(request.get_absolute_url() + query, **headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def files_of(answer: Any) -> dict[str, diffs.FileShown]:
    return {file.path: file for file in answer.context["panel"].diff.files}


def part(client: Client, url: str) -> Any:
    return client.get(url, headers={"HX-Request": "true"})


def test_first_files_come_along_and_the_others_as_they_come_into_view(client: Client, offered: Request) -> None:
    answer = client.get(offered.get_absolute_url())
    files = files_of(answer)
    assert [path for path, file in files.items() if file.hunks] == ["a.py", "b/long.txt"]
    body = answer.content.decode()
    assert body.count('hx-trigger="revealed"') == 2
    for file in files.values():
        if file.hunks or file.note:
            continue
        fragment = part(client, file.url)
        assert fragment.status_code == 200
        text = fragment.content.decode()
        assert "<html" not in text and "<table" in text
        assert f'id="f{file.place}R1"' in text


def test_without_script_a_link_leads_to_one_file_and_back(client: Client, offered: Request) -> None:
    url = files_of(client.get(offered.get_absolute_url()))["c/long.txt"].url
    body = show(client, offered, url.removeprefix(offered.get_absolute_url()))
    assert "line 299" in body and "All changed files" in body
    assert "a.py" not in body


def test_large_and_generated_files_wait_for_a_click(client: Client, offered: Request) -> None:
    files = files_of(client.get(offered.get_absolute_url()))
    assert files["package-lock.json"].folded == "A lock file"
    assert files["z-large.txt"].folded == "A large change"
    assert files["z.bin"].note.startswith("A binary file")


def test_names_and_lines_of_strangers_are_text(client: Client, offered: Request) -> None:
    body = show(client, offered)
    assert "<b>" not in body and "<script>alert" not in body
    (url,) = {unescape(url) for url in re.findall(r'hx-get="([^"]+odd[^"]+)"', body)}
    text = part(client, url).content.decode()
    assert "&lt;script&gt;" in text and "<script>" not in text


def test_side_by_side_is_remembered(client: Client, offered: Request) -> None:
    assert 'class="diff split' not in show(client, offered)
    answer = client.get(offered.get_absolute_url() + "?view=split")
    assert answer.cookies[diffs.COOKIE]["samesite"] == "Lax"
    assert 'class="diff split' in show(client, offered)
    assert 'class="diff split' not in show(client, offered, "?view=unified")
    assert 'class="diff split' not in show(client, offered)


@pytest.mark.parametrize(
    "query",
    ["?file=nothing", "?file=../../etc/passwd", "?file=README.md", "?files=99", "?file=:(glob)*&old=*"],
)
def test_what_did_not_change_is_absent(client: Client, offered: Request, query: str) -> None:
    assert client.get(offered.get_absolute_url() + query).status_code == 404
    assert part(client, offered.get_absolute_url() + query).status_code == 404 or "files=" in query


@pytest.mark.parametrize("query", ["?n=x&files=-1&view=9&w=z", "?" + "a=1&" * 60, "?files=1&n=" + "9" * 50])
def test_odd_addresses_show_the_page(client: Client, offered: Request, query: str) -> None:
    assert "a.py" in show(client, offered, query)


def test_an_outsider_gets_no_lines(client: Client, offered: Request, charlie: User) -> None:
    url = files_of(client.get(offered.get_absolute_url()))["c/long.txt"].url
    Project.objects.update(visibility="admins")
    assert part(client, url).status_code == 404
