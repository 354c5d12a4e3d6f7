"""The token of a source is shown never, the secret of its webhook once."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core import serializers
from django.test import Client
from django.utils import timezone

from catalog.actions.discovery import look_if_due
from catalog.models import CodeHost, Secret
from catalog.views import add_source
from tests.catalog.acme import TOKEN, Acme
from tests.catalog.pages import page
from tests.catalog.source_pages.forms import SOURCES, add, connect, gitea
from tests.create import create_user
from tests.forge.connectors.code_host import Reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]


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


def test_a_token_that_was_typed_wrong_is_not_sent_back(client: Client) -> None:
    answer = connect(client, "github", address="", token=TOKEN)
    assert answer.status_code == 422
    assert TOKEN not in page(answer)


def test_a_token_that_was_entered_once_is_kept_for_its_own_host_alone(client: Client, acme: Acme) -> None:
    before = connect(client, "gitea", address=acme.address, token=TOKEN).context["draft"]
    again = connect(client, "gitea", address=f"{acme.address}/", topic="books", before=before)
    assert again.context["wanted"].token.reveal() == TOKEN
    elsewhere = connect(client, "gitea", address="http://other.corp.example/acme", before=before)
    assert elsewhere.status_code == 422
    asked = acme.server.origin.replace("127.0.0.1", "localhost.corp.example")
    assert add_source.token_of_before(elsewhere.wsgi_request, CodeHost(kind="gitea", address=asked)).cipher == ""


def test_no_log_holds_a_token(client: Client, acme: Acme, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answer = connect(client, "gitea", address=acme.address, token=TOKEN)
    add(client, "gitea", answer)
    look_if_due(CodeHost.objects.get().pk)
    acme.trouble = Reply({}, status=500)
    connect(client, "gitea", address=acme.address, token=TOKEN)
    assert TOKEN not in caplog.text


def test_a_token_is_kept_replaced_and_removed(client: Client) -> None:
    source = gitea(token=Secret.of(TOKEN), token_set_at=timezone.now())
    fields = {"name": "Acme", "private_listings": "restrict"}
    for more, left in (({}, TOKEN), ({"token": "another"}, "another"), ({"remove_token": "on"}, "")):
        assert client.post(f"{SOURCES}{source.pk}/", {**fields, **more}).status_code == 302
        source.refresh_from_db()
        assert source.token.reveal() == left
        assert bool(source.token_set_at) is bool(left)


def test_a_source_opens_though_its_key_is_lost(client: Client, settings: LazySettings) -> None:
    source = gitea(token=Secret.of(TOKEN))
    settings.CREDENTIALS_KEY = ["bm90IGEgc2VjcmV0LCBidXQgMzIgYnl0ZXMgbG9uZyE="]
    assert client.get(f"{SOURCES}{source.pk}/").status_code == 200
    look_if_due(source.pk)
    assert "credential_unreadable" in page(client.get(SOURCES))


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
