"""A source is added: shown before it comes in, refused with a reason, once only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from catalog.actions.discovery import look_if_due
from catalog.models import CodeHost, Project
from tests.catalog.acme import TOKEN, Acme
from tests.catalog.pages import page, said
from tests.catalog.source_pages.forms import ADD, SOURCES, add, connect
from tests.create import create_project
from tests.forge.connectors.code_host import Reply
from tests.repos import build_repo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]


def test_each_kind_asks_only_for_what_it_needs(client: Client) -> None:
    assert page(client.get(ADD)).count(ADD) >= 6
    folder, github = page(client.get(f"{ADD}directory/")), page(client.get(f"{ADD}github/"))
    assert 'name="token"' not in folder
    assert 'name="token"' in github
    assert "scope repo" in github
    assert client.get(f"{ADD}cvs/").status_code == 404


def test_connect_shows_what_would_come_in_and_writes_nothing(client: Client, acme: Acme) -> None:
    acme.add(9, "plans", private=True)
    acme.add(10, "copy", fork=True)
    acme.add(11, "old", archived=True)
    create_project("ledger", remote=f"{acme.server.origin}/acme/ledger")
    answer = connect(client, "gitea", address=acme.address, token=TOKEN)
    shown = answer.context["preview"]
    assert answer.status_code == 200
    assert (shown.new, shown.known, shown.archived) == (3, 1, 1)
    assert shown.names == ("acme/gateway", "acme/plans", "acme/old")
    assert dict(shown.visibilities) == {"public": 3, "private": 1}
    assert dict(shown.left_out) == {"forks": 1}
    assert "portal-bot" in page(answer)
    assert not CodeHost.objects.filter(kind="gitea").exists()
    assert Project.objects.count() == 1


def test_a_huge_group_is_looked_at_in_part(client: Client, acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.actions.preview.MOST", 3)
    for number in range(20, 30):
        acme.add(number, f"p{number}")
    answer = connect(client, "gitea", address=acme.address)
    assert (answer.context["preview"].new, answer.context["preview"].more) == (3, True)
    assert "more follow" in page(answer)


def test_what_was_connected_is_added_and_looked_through_by_a_worker(
    client: Client, acme: Acme, django_capture_on_commit_callbacks: Any
) -> None:
    answer = connect(client, "gitea", address=acme.address, token=TOKEN, name="Acme", topic="")
    asked = len(acme.server.asked)
    after = add(client, "gitea", answer)
    assert "Acme was added" in said(after) or "Acme was added" in page(after)
    source = CodeHost.objects.get()
    assert (source.name, source.token.reveal(), source.hosts) == ("Acme", TOKEN, [acme.server.name])
    assert source.token_set_at is not None
    # The browser does not wait for the code host.
    assert len(acme.server.asked) == asked
    assert "Waits for a worker" in page(client.get(SOURCES))
    look_if_due(source.pk)
    assert Project.objects.count() == 2
    assert "2 projects" in page(client.get(SOURCES))


def test_add_twice_adds_once(client: Client, acme: Acme) -> None:
    answer = connect(client, "gitea", address=acme.address)
    add(client, "gitea", answer)
    again = add(client, "gitea", answer)
    assert "added already" in page(again)
    assert CodeHost.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "code"), [(401, "token_refused"), (503, "unreachable"), (404, "not_a_code_host")]
)
def test_a_host_that_refuses_says_why_and_nothing_is_kept(
    client: Client, acme: Acme, status: int, code: str
) -> None:
    acme.trouble = Reply({}, status=status)
    answer = connect(client, "gitea", address=acme.address, token=TOKEN)
    assert answer.status_code == 422
    assert f'<p class="code">{code}</p>' in page(answer)
    assert "draft" not in answer.context
    assert not CodeHost.objects.exists()


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("directory", "/etc"),
        ("url", "ext::sh -c id"),
        ("url", "file:///etc/passwd"),
        ("url", "https://user:pw@host.example/x"),
        ("github", "https://user:pw@github.com/x"),
        ("github", "http://github.com/x"),
        ("gitlab", "https://127.0.0.1/x"),
        ("gitea", "https://169.254.169.254/x"),
        ("gitea", "nonsense"),
    ],
)
def test_an_address_that_cannot_be_says_why_with_a_code_and_a_cure(
    client: Client, kind: str, address: str
) -> None:
    answer = connect(client, kind, address=address)
    assert answer.status_code == 422
    error = answer.context["error"]
    assert f'<p class="code">{error.code}</p>' in page(answer)
    assert error.cure
    assert not CodeHost.objects.exists()


def test_a_folder_is_added_and_looked_through_again(
    client: Client, tmp_path: Path, settings: LazySettings
) -> None:
    settings.SOURCE_FOLDERS = [tmp_path]
    build_repo(tmp_path / "src" / "ledger.git")
    answer = connect(client, "directory", address=str(tmp_path / "src"), name="Ours")
    add(client, "directory", answer)
    source = CodeHost.objects.get()
    look_if_due(source.pk)
    build_repo(tmp_path / "src" / "gateway.git")
    client.post(f"{SOURCES}{source.pk}/rescan/")
    look_if_due(source.pk)
    assert set(Project.objects.values_list("slug", flat=True)) == {"ledger", "gateway"}


def test_a_list_without_a_good_line_names_each_bad_one(
    client: Client, tmp_path: Path, settings: LazySettings
) -> None:
    settings.SOURCE_FOLDERS = [tmp_path]
    (tmp_path / "repos.txt").write_text("# ours\next::evil\nftp://git.corp.example/x\n")
    answer = page(connect(client, "list", address=str(tmp_path / "repos.txt")))
    for words in ("list_without_urls", "Line 2", "ext::evil", "Line 3", "scheme_forbidden"):
        assert words in answer
    assert not CodeHost.objects.exists()
