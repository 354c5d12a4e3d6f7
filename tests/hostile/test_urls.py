"""Each address of the corpus is refused or accepted as it says, at every door; no credential is given away."""

from __future__ import annotations

import io
import json
import logging
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client
from django.urls import reverse

from catalog.actions import looking
from catalog.forms import AddressInput
from catalog.models import CodeHost, Project
from contributions.forms import OfferForm
from forge.connectors import KINDS, UrlList
from forge.errors import ERRORS, ForgeError
from forge.remotes import Source, open_source
from forge.types import RemoteRefs
from forge.urls import holds_credentials, parse_remote
from tests.create import create_project, create_user
from tests.hostile.corpus.inputs import address_rows
from tests.hostile.syncing import synced

Row = dict[str, str]
ROWS = address_rows()
REFUSED = [row for row in ROWS if row["verdict"] == "rejected"]
ACCEPTED = [row for row in ROWS if row["verdict"] == "ok"]
CREDENTIALS = ("p%40ss", "p@ss", "ghp_token")
WITH_CREDENTIALS = [row for row in ROWS if any(word in row["url"] for word in CREDENTIALS)]
#: Where the names of the corpus lead.
NAMES = {"127.0.0.1.nip.io": "127.0.0.1", "corp.example": "10.1.2.3"}


def name_of(row: Row) -> str:
    return f"{row['why']} {row['url'][:20]!r}"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    """A name server that knows the names of the corpus, and a portal that allows every scheme it knows."""
    settings.GIT_PROTOCOLS = ["https", "http", "ssh"]

    def lookup(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        if host not in NAMES:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (NAMES[host], port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture
def contacted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been contacted by a source's form, without doing so."""
    urls: list[str] = []

    def list_refs(source: Source) -> RemoteRefs:
        urls.append(source.url)
        return RemoteRefs("main", {"refs/heads/main": "1" * 40})

    monkeypatch.setattr(looking, "list_refs", list_refs)
    return urls


# ---------------------------------------------------------------- the rules themselves
def opened(url: str) -> Source:
    """As the portal does for an operator: the host that is named becomes a registered one."""
    remote = parse_remote(url)
    return open_source(remote, hosts=[f"{remote.host}:{remote.port}" if remote.port else remote.host])


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
def test_address_is_refused_with_a_reason(row: Row) -> None:
    with pytest.raises(ForgeError) as caught:
        opened(row["url"])
    assert caught.value.code in ERRORS
    assert caught.value.message and caught.value.cure


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
def test_address_is_refused_by_a_closed_portal_as_well(row: Row, settings: LazySettings) -> None:
    settings.GIT_PROTOCOLS = ["https"]
    with pytest.raises(ForgeError):
        opened(row["url"])


@pytest.mark.parametrize("row", ACCEPTED, ids=name_of)
def test_address_is_accepted(row: Row) -> None:
    assert opened(row["url"]).addresses == ("10.1.2.3",)


def test_spellings_of_one_repository_are_one() -> None:
    found = [parse_remote(row["url"]).canonical for row in ACCEPTED]
    assert found[0] == found[1] == found[2] == "https://corp.example/Team/Repo"
    assert found[3] == found[4] == "ssh://git@corp.example/team/repo"


# ---------------------------------------------------------------- the doors
@pytest.fixture
def operator(client: Client, db: None) -> Client:
    client.force_login(create_user("operator", is_staff=True))
    return client


def connect(operator: Client, url: str, kind: str = "url") -> Any:
    return operator.post(
        reverse("catalog:add-source", args=[kind]), {"address": url, "private_listings": "restrict"}
    )


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
def test_form_refuses_it_and_writes_nothing(row: Row, operator: Client, contacted: list[str]) -> None:
    response = connect(operator, row["url"])
    assert response.status_code == 422
    assert contacted == []
    assert not CodeHost.objects.exists() and not Project.objects.exists()


@pytest.mark.parametrize("row", ACCEPTED, ids=name_of)
def test_form_takes_it(row: Row, operator: Client, contacted: list[str]) -> None:
    response = connect(operator, row["url"])
    assert response.status_code == 200
    assert len(contacted) == 1
    assert response.context["preview"].new == 1


def test_list_of_addresses_says_of_each_refused_one_why(tmp_path: Path) -> None:
    """Lines cannot hold line ends, and blank ones are none."""
    lines = [row["url"] for row in REFUSED if row["url"].strip() and row["url"].isprintable()]
    connector = UrlList()
    found = list(connector.read("\n".join(lines)))
    # Names are looked up when they are used: here one leads to this machine.
    assert [each.clone_url for each in found] == ["http://127.0.0.1.nip.io/x"]
    assert len(connector.problems) == len(lines) - 1


# ---------------------------------------------------------------- credentials
def database_text() -> str:
    return json.dumps([list(rows) for rows in texts()], default=str)


def texts() -> Iterable[Iterable[tuple[Any, ...]]]:
    for model in apps.get_models():
        kinds = (models.CharField, models.TextField, models.JSONField)
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, kinds)]
        yield model._default_manager.values_list(*names) if names else []


def assert_silent(*said: str) -> None:
    for text in said:
        assert [word for word in CREDENTIALS if word in text] == []


def by_form(operator: Client, url: str) -> str:
    """The form of every kind, also of those that want something else there."""
    return "".join(connect(operator, url, kind).content.decode() for kind in KINDS)


def by_command(url: str, **options: Any) -> str:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("add_source", url, stdout=out, stderr=err, **options)
    return f"{out.getvalue()}{err.getvalue()}{caught.value}"


@pytest.mark.parametrize("row", WITH_CREDENTIALS, ids=name_of)
def test_no_door_repeats_a_credential(
    row: Row, operator: Client, contacted: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listed = tmp_path / "list.txt"
    listed.write_text(f"{row['url']}\n")
    assert_silent(by_form(operator, row["url"]), by_command(row["url"]), by_command(str(listed)))
    assert_silent(operator.get(reverse("catalog:sources")).content.decode(), database_text(), caplog.text)
    assert contacted == []


@pytest.mark.parametrize("row", WITH_CREDENTIALS, ids=name_of)
def test_credential_that_a_row_holds_already_is_never_used_or_repeated(
    row: Row, db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever wrote such an address into the database, no process gets it."""
    caplog.set_level(logging.DEBUG)
    started: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", lambda args, **_: started.append(args))
    project = synced(create_project("leaky", remote=row["url"]))
    assert project.sync_code == "credentials_in_url"
    assert started == []
    assert_silent(caplog.text, project.sync_message, project.sync_cure)


def test_form_for_a_fork_does_not_repeat_a_credential_either() -> None:
    for row in WITH_CREDENTIALS:
        assert_silent(AddressInput().render("fork_url", row["url"]))
    for address in ("https://corp.example/x.git", "git@corp.example:team/x.git", "https://corp.example/@team/x"):
        assert address in AddressInput().render("fork_url", address)
    assert isinstance(OfferForm.base_fields["fork_url"].widget, AddressInput)


@pytest.mark.parametrize(
    "url",
    [
        "user:secret@corp.example:team/repo.git",
        "git://user:secret@corp.example/x",
        "https://user:secret@corp.example/a b",
        "https://user:se/cret@corp.example/x",
        "ssh://git:secret@corp.example/x",
        "HTTPS://secret@corp.example",
        "https://a@secret@corp.example/x",
    ],
)
def test_credential_in_an_unusual_place_is_seen(url: str) -> None:
    """It does not have to be refused by that name, but nothing of it may be said again."""
    with pytest.raises(ForgeError) as caught:
        opened(url)
    assert holds_credentials(url)
    assert "secret" not in f"{caught.value.message} {caught.value.cure}"
