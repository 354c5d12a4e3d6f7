"""Sources in the browser: for operators, nothing added unseen, no secret shown twice, nothing lost unasked."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.core import serializers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.actions.discovery import look_if_due
from catalog.actions.removal import finish_removal
from catalog.models import CodeHost, HostItem, Project, Secret
from catalog.views import add_source
from forge.mirror import mirror_path
from people.models import User
from tests.catalog.acme import TOKEN, Acme
from tests.create import create_code_host, create_curator, create_project, create_request, create_user
from tests.forge.connectors.code_host import Reply
from tests.repos import build_repo

pytestmark = pytest.mark.django_db

SOURCES = "/curation/sources/"
ADD = "/curation/sources/add/"


@pytest.fixture
def operator(client: Client) -> User:
    user = create_user("operator", is_staff=True)
    client.force_login(user)
    return user


def page(answer: Any) -> str:
    return str(answer.content.decode())


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def connect(client: Client, kind: str, **fields: str) -> Any:
    usual = (
        {"take_archived": "on", "private_listings": "restrict"} if kind in ("github", "gitlab", "gitea") else {}
    )
    return client.post(f"{ADD}{kind}/", {**usual, **fields})


def add(client: Client, kind: str, answer: Any) -> Any:
    return client.post(f"{ADD}{kind}/", {"draft": answer.context["draft"]}, follow=True)


# ---------------------------------------------------------------- who
@pytest.mark.parametrize("what", ["", "add/", "add/github/", "{pk}/", "{pk}/state/", "{pk}/remove/"])
def test_operators_only(client: Client, what: str, alice: User) -> None:
    url = SOURCES + what.format(pk=create_code_host().pk)
    assert client.get(url).status_code == 302
    for user in (alice, create_curator()):
        client.force_login(user)
        assert client.get(url).status_code == 403


@pytest.mark.parametrize("what", ["rescan", "pause", "webhook", "remove"])
def test_nobody_else_changes_a_source(client: Client, what: str) -> None:
    source = create_code_host(kind="gitea", address="https://git.corp.example/x")
    client.force_login(create_curator())
    assert client.post(f"{SOURCES}{source.pk}/{what}/", {"listings": "delete"}).status_code == 403
    source.refresh_from_db()
    assert (source.enabled, source.removal, bool(source.webhook_secret)) == (True, "", False)


# ---------------------------------------------------------------- adding
@pytest.mark.usefixtures("operator")
def test_each_kind_asks_only_for_what_it_needs(client: Client) -> None:
    assert page(client.get(ADD)).count(ADD) >= 6
    folder, github = page(client.get(f"{ADD}directory/")), page(client.get(f"{ADD}github/"))
    assert 'name="token"' not in folder
    assert 'name="token"' in github
    assert "scope repo" in github
    assert client.get(f"{ADD}cvs/").status_code == 404


@pytest.mark.usefixtures("operator")
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


@pytest.mark.usefixtures("operator")
def test_a_huge_group_is_looked_at_in_part(client: Client, acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.actions.preview.MOST", 3)
    for number in range(20, 30):
        acme.add(number, f"p{number}")
    answer = connect(client, "gitea", address=acme.address)
    assert (answer.context["preview"].new, answer.context["preview"].more) == (3, True)
    assert "more follow" in page(answer)


@pytest.mark.usefixtures("operator")
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


@pytest.mark.usefixtures("operator")
def test_add_twice_adds_once(client: Client, acme: Acme) -> None:
    answer = connect(client, "gitea", address=acme.address)
    add(client, "gitea", answer)
    again = add(client, "gitea", answer)
    assert "added already" in page(again)
    assert CodeHost.objects.count() == 1


@pytest.mark.usefixtures("operator")
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


@pytest.mark.usefixtures("operator")
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


@pytest.mark.usefixtures("operator")
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


@pytest.mark.usefixtures("operator")
def test_a_list_without_a_good_line_names_each_bad_one(
    client: Client, tmp_path: Path, settings: LazySettings
) -> None:
    settings.SOURCE_FOLDERS = [tmp_path]
    (tmp_path / "repos.txt").write_text("# ours\next::evil\nftp://git.corp.example/x\n")
    answer = page(connect(client, "list", address=str(tmp_path / "repos.txt")))
    for words in ("list_without_urls", "Line 2", "ext::evil", "Line 3", "scheme_forbidden"):
        assert words in answer
    assert not CodeHost.objects.exists()


# ---------------------------------------------------------------- secrets
@pytest.mark.usefixtures("operator")
def test_a_token_is_in_no_page_no_session_no_dump_and_no_administration(client: Client, acme: Acme) -> None:
    first = connect(client, "gitea", address=acme.address, token=TOKEN)
    after = add(client, "gitea", first)
    source = CodeHost.objects.get()
    pages = [first, after, *(client.get(SOURCES + what) for what in ("", f"{source.pk}/", f"{source.pk}/remove/"))]
    root = Client()
    root.force_login(create_user("root", is_staff=True, is_superuser=True))
    pages += [root.get("/admin/catalog/codehost/"), root.get(f"/admin/catalog/codehost/{source.pk}/change/")]
    for answer in pages:
        assert answer.status_code == 200
        assert TOKEN not in page(answer)
        assert source.token.cipher not in page(answer)
    stored = [session.get_decoded() for session in Session.objects.all()]
    assert TOKEN not in str(stored)
    assert TOKEN not in serializers.serialize("json", CodeHost.objects.all())


@pytest.mark.usefixtures("operator")
def test_a_token_that_was_typed_wrong_is_not_sent_back(client: Client) -> None:
    answer = connect(client, "github", address="", token=TOKEN)
    assert answer.status_code == 422
    assert TOKEN not in page(answer)


@pytest.mark.usefixtures("operator")
def test_a_token_that_was_entered_once_is_kept_for_its_own_host_alone(client: Client, acme: Acme) -> None:
    before = connect(client, "gitea", address=acme.address, token=TOKEN).context["draft"]
    again = connect(client, "gitea", address=f"{acme.address}/", topic="books", before=before)
    assert again.context["wanted"].token.reveal() == TOKEN
    elsewhere = connect(client, "gitea", address="http://other.corp.example/acme", before=before)
    assert elsewhere.status_code == 422
    asked = acme.server.origin.replace("127.0.0.1", "localhost.corp.example")
    assert add_source.token_of_before(elsewhere.wsgi_request, CodeHost(kind="gitea", address=asked)).cipher == ""


@pytest.mark.usefixtures("operator")
def test_no_log_holds_a_token(client: Client, acme: Acme, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answer = connect(client, "gitea", address=acme.address, token=TOKEN)
    add(client, "gitea", answer)
    look_if_due(CodeHost.objects.get().pk)
    acme.trouble = Reply({}, status=500)
    connect(client, "gitea", address=acme.address, token=TOKEN)
    assert TOKEN not in caplog.text


@pytest.mark.usefixtures("operator")
def test_a_token_is_kept_replaced_and_removed(client: Client) -> None:
    source = gitea(token=Secret.of(TOKEN), token_set_at=timezone.now())
    fields = {"name": "Acme", "private_listings": "restrict"}
    for more, left in (({}, TOKEN), ({"token": "another"}, "another"), ({"remove_token": "on"}, "")):
        assert client.post(f"{SOURCES}{source.pk}/", {**fields, **more}).status_code == 302
        source.refresh_from_db()
        assert source.token.reveal() == left
        assert bool(source.token_set_at) is bool(left)


@pytest.mark.usefixtures("operator")
def test_a_source_opens_though_its_key_is_lost(client: Client, settings: LazySettings) -> None:
    source = gitea(token=Secret.of(TOKEN))
    settings.CREDENTIALS_KEY = ["bm90IGEgc2VjcmV0LCBidXQgMzIgYnl0ZXMgbG9uZyE="]
    assert client.get(f"{SOURCES}{source.pk}/").status_code == 200
    look_if_due(source.pk)
    assert "credential_unreadable" in page(client.get(SOURCES))


@pytest.mark.usefixtures("operator")
def test_the_secret_of_a_webhook_is_shown_once(client: Client, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://portal.corp.example"
    source = gitea()
    first = page(client.post(f"{SOURCES}{source.pk}/webhook/"))
    source.refresh_from_db()
    secret = source.webhook_secret.reveal()
    assert len(secret) > 30
    assert secret in first
    assert f"https://portal.corp.example/api/webhooks/{source.public_id}/" in first
    assert secret not in page(client.get(f"{SOURCES}{source.pk}/"))
    client.post(f"{SOURCES}{source.pk}/webhook/")
    source.refresh_from_db()
    assert source.webhook_secret.reveal() != secret


def gitea(**fields: Any) -> CodeHost:
    usual = {"kind": "gitea", "name": "Acme", "address": "https://git.corp.example/acme", "hosts": []}
    return create_code_host(**{**usual, **fields})


# ---------------------------------------------------------------- how it fares
@pytest.mark.usefixtures("operator")
def test_what_is_wrong_with_a_source_stands_beside_it(client: Client) -> None:
    create_code_host(
        error_code="unreachable",
        error_message="It does not answer.",
        error_cure="Ask its operator.",
        problems=[{"line": 3, "text": "ext::x", "code": "bad_scheme", "message": "No.", "cure": "Use https."}],
    )
    answer = page(client.get(SOURCES))
    for words in ("unreachable", "It does not answer.", "Line 3", "bad_scheme", "Use https."):
        assert words in answer
    assert client.post("/curation/sources/999999/rescan/").status_code == 404


@pytest.mark.usefixtures("operator")
def test_how_far_a_look_is_and_what_the_host_allows_is_told(client: Client) -> None:
    now = timezone.now()
    source = gitea(looking_until=now + timedelta(minutes=5), look_phase="reading the list", look_count=1234)
    row = page(client.get(f"{SOURCES}{source.pk}/state/"))
    assert "reading the list" in row
    assert "1,234 found" in row
    assert "hx-get" in row
    CodeHost.objects.update(
        looking_until=None, next_look_at=now + timedelta(hours=5), api_limit=5000, api_remaining=4321
    )
    row = page(client.get(f"{SOURCES}{source.pk}/state/"))
    assert "4,321 of 5,000 questions left" in row
    assert "hx-get" not in row


@pytest.mark.usefixtures("operator")
def test_the_number_of_queries_does_not_grow_with_the_sources(client: Client) -> None:
    counts = []
    for number in range(2):
        for each in range(4 * number + 1):
            gitea(address=f"https://git.corp.example/{number}-{each}")
        with CaptureQueriesContext(connection) as queries:
            client.get(SOURCES)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


# ---------------------------------------------------------------- pause, remove
@pytest.mark.usefixtures("operator")
def test_a_paused_source_rests_until_it_is_resumed(client: Client) -> None:
    source = gitea()
    client.post(f"{SOURCES}{source.pk}/pause/")
    source.refresh_from_db()
    assert not source.enabled
    assert "paused" in said(client.post(f"{SOURCES}{source.pk}/rescan/"))
    assert not CodeHost.objects.due().exists()
    client.post(f"{SOURCES}{source.pk}/pause/", {"enabled": "on"})
    assert CodeHost.objects.due().get() == source


def filled(source: CodeHost) -> Project:
    project = create_project("ledger", code_host=source, host_id="7")
    create_project("gateway", code_host=source, host_id="8")
    build_repo(mirror_path(project.pk))
    return project


@pytest.mark.usefixtures("operator")
def test_the_page_says_what_removing_does_and_does_nothing_itself(client: Client) -> None:
    source = gitea()
    filled(source)
    answer = page(client.get(f"{SOURCES}{source.pk}/remove/"))
    assert "<strong>2 listings</strong>" in answer
    assert "gateway, ledger" in answer
    Project.objects.filter(slug="ledger").update(visibility="admins")
    answer = page(client.get(f"{SOURCES}{source.pk}/remove/"))
    assert "<strong>2 listings</strong>" in answer
    assert "ledger" not in answer
    assert client.post(f"{SOURCES}{source.pk}/remove/").status_code == 422
    assert CodeHost.objects.get().removal == ""


@pytest.mark.usefixtures("operator")
def test_removed_with_its_listings_kept(client: Client) -> None:
    source = gitea(token=Secret.of(TOKEN))
    project = filled(source)
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "keep"})
    finish_removal(source.pk)
    project.refresh_from_db()
    source.refresh_from_db()
    assert project.gone_at is not None
    assert project.next_sync_at is None
    assert (project.listing, mirror_path(project.pk).exists()) == ("listed", True)
    assert not source.token
    assert source.name not in page(client.get(SOURCES)).partition("<main")[2].replace("Acme was removed", "")


@pytest.mark.usefixtures("operator")
def test_removed_with_its_listings(client: Client) -> None:
    source = gitea()
    project = filled(source)
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "delete"})
    assert not Project.objects.visible_to(create_user()).exists()
    finish_removal(source.pk)
    finish_removal(source.pk)
    assert not Project.objects.exists()
    assert not CodeHost.objects.exists()
    assert not mirror_path(project.pk).exists()


@pytest.mark.usefixtures("operator")
def test_a_listing_with_contributions_is_never_deleted(client: Client, alice: User) -> None:
    source = gitea()
    project = filled(source)
    create_request(project, alice)
    assert "1 of them has contribution requests" in page(client.get(f"{SOURCES}{source.pk}/remove/"))
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "delete"})
    finish_removal(source.pk)
    assert [each.slug for each in Project.objects.visible_to(alice)] == ["ledger"]
    assert CodeHost.objects.get().removal == "keep"


@pytest.mark.usefixtures("operator")
def test_a_source_that_was_removed_can_be_added_again(client: Client, acme: Acme) -> None:
    add(client, "gitea", connect(client, "gitea", address=acme.address))
    source = CodeHost.objects.get()
    look_if_due(source.pk)
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "keep"})
    add(client, "gitea", connect(client, "gitea", address=acme.address))
    look_if_due(source.pk)
    assert CodeHost.objects.get().removal == ""
    assert not Project.objects.exclude(gone_at=None).exists()
    assert Project.objects.count() == 2


# ---------------------------------------------------------------- on a project's page
def test_a_project_shows_what_its_host_counts_and_what_waits_there(client: Client) -> None:
    project = create_project(
        "ledger", host_id="7", stars=1234, forks=1, open_issues=2, open_changes=0, items_at=timezone.now()
    )
    item(project, 1, "Round down", is_first=True)
    item(project, 2, "Round up", is_wanted=True)
    item(project, 3, "A bug of ours")
    item(project, 4, "Rounding", kind="change")
    shown = page(client.get("/projects/ledger/"))
    for words in ("1,234 stars", "1 fork<", "2 open issues", "0 open changes", "Opportunities at its host"):
        assert words in shown
    assert shown.index("Round down") < shown.index("Round up") < shown.index("Rounding")
    assert "A bug of ours" not in shown
    assert 'href="https://git.corp.example/i/1" rel="noreferrer"' in shown


def item(project: Project, number: int, title: str, *, kind: str = "issue", **more: Any) -> HostItem:
    url = f"https://git.corp.example/i/{number}"
    return HostItem.objects.create(
        project=project, kind=kind, number=number, title=title, web_url=url, updated_at=timezone.now(), **more
    )


def test_a_project_that_is_gone_says_so_and_offers_no_sync(client: Client, alice: User) -> None:
    create_project(
        "ledger", host_id="7", gone_at=timezone.now(), owner_team=alice.teams.get(), head_commit="0" * 40
    )
    client.force_login(alice)
    shown = page(client.get("/projects/ledger/"))
    assert "Gone at its host since" in shown
    assert "Sync now" not in shown
    assert "git clone" not in shown
    assert client.post("/projects/ledger/sync/").status_code == 403


# ---------------------------------------------------------------- former names
@pytest.fixture
def renamed() -> Project:
    project = create_project("books", owner_team=None)
    project.former_slugs.create(slug="ledger")
    return project


@pytest.mark.parametrize("rest", ["", "guide/", "health/", "files/", "files/a/b.md", "contributions/"])
def test_old_addresses_lead_to_the_same_page_under_the_new_name(
    client: Client, renamed: Project, rest: str
) -> None:
    answer = client.get(f"/projects/ledger/{rest}?a=1&b=%20x")
    assert answer.status_code == 301
    assert answer["Location"] == f"/projects/books/{rest}?a=1&b=%20x"
    assert answer["Cache-Control"] == "no-cache"


def test_an_old_address_of_a_request_leads_on(client: Client, renamed: Project, alice: User) -> None:
    request = create_request(renamed, alice)
    answer = client.get(f"/projects/ledger/contributions/{request.pk}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/projects/books/contributions/{request.pk}/")


def test_what_is_posted_to_an_old_address_is_posted_to_the_new_one(
    client: Client, renamed: Project, alice: User
) -> None:
    client.force_login(alice)
    assert client.post("/projects/ledger/sync/").status_code == 308


def test_a_former_name_tells_nobody_of_what_they_may_not_see(client: Client, renamed: Project) -> None:
    Project.objects.update(visibility="admins")
    answers = [client.get(f"/projects/{slug}/") for slug in ("ledger", "books", "never-was")]
    pages = {re.sub(r"/projects/[\w-]+/|[0-9a-f]{32}", "", page(answer)) for answer in answers}
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({len(text) for text in pages}) == 1
    client.force_login(create_curator())
    assert client.get("/projects/ledger/").status_code == 301
