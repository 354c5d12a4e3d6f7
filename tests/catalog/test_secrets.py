"""What a code host entrusts to the portal is stored encrypted and shown nowhere."""

from __future__ import annotations

import pickle
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory
from django.views.debug import ExceptionReporter, get_exception_reporter_filter

from catalog.models import CodeHost, Secret
from catalog.reach import reach_of, whole_reach
from forge.errors import ForgeError
from forge.types import Credential
from forge.urls import parse_remote
from tests.create import create_code_host

pytestmark = pytest.mark.django_db
TOKEN = "glpat-that-nobody-may-see"


@pytest.fixture
def code_host() -> CodeHost:
    address = "https://git.corp.example/payments"
    return create_code_host(kind="gitlab", address=address, hosts=["git.corp.example"], token=Secret.of(TOKEN))


def column() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM catalog_codehost")
        return str(cursor.fetchone()[0])


def test_the_database_holds_a_cipher(code_host: CodeHost) -> None:
    assert TOKEN not in column()
    assert CodeHost.objects.get().token.reveal() == TOKEN


def test_no_form_of_a_secret_is_the_secret(code_host: CodeHost) -> None:
    secret = CodeHost.objects.get().token
    shown = f"{secret} {secret!r} {[secret]} {code_host.__dict__} {pickle.dumps(secret)!r}"
    assert TOKEN not in shown
    assert secret == code_host.token


def test_none_is_none(code_host: CodeHost) -> None:
    CodeHost.objects.update(token=Secret())
    secret = CodeHost.objects.get().token
    assert not secret
    assert secret.reveal() == ""
    assert column() == ""


def test_a_plain_text_is_no_secret(code_host: CodeHost) -> None:
    with pytest.raises(TypeError):
        CodeHost.objects.update(token=TOKEN)


def test_a_lost_key_is_said_with_a_cure(code_host: CodeHost, settings: LazySettings) -> None:
    settings.CREDENTIALS_KEY = [Fernet.generate_key().decode()]
    with pytest.raises(ForgeError) as caught:
        CodeHost.objects.get().token.reveal()
    assert caught.value.code == "credential_unreadable"
    assert "CREDENTIALS_KEY" in caught.value.cure
    with pytest.raises(ForgeError):
        reach_of(CodeHost.objects.get())


def test_a_key_is_changed_without_losing_a_secret(code_host: CodeHost, settings: LazySettings) -> None:
    old, new = settings.CREDENTIALS_KEY[0], Fernet.generate_key().decode()
    settings.CREDENTIALS_KEY = [new, old]
    call_command("rotate_credentials")
    settings.CREDENTIALS_KEY = [new]
    assert CodeHost.objects.get().token.reveal() == TOKEN


def test_what_no_key_reads_is_named_and_left(code_host: CodeHost, settings: LazySettings) -> None:
    before = column()
    settings.CREDENTIALS_KEY = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="credential_unreadable"):
        call_command("rotate_credentials")
    assert column() == before


# ---------------------------------------------------------------- git
def test_git_gets_it_for_its_own_host_alone(code_host: CodeHost) -> None:
    (credential,) = reach_of(code_host).credentials
    assert credential.is_for(parse_remote("https://git.corp.example/payments/ledger.git"))
    for elsewhere in (
        "https://git.corp.example:8443/payments/ledger.git",
        "https://other.corp.example/payments/ledger.git",
        "https://git.corp.example.evil.example/payments/ledger.git",
        "ssh://git@git.corp.example/payments/ledger.git",
    ):
        assert not credential.is_for(parse_remote(elsewhere))


def test_an_address_that_somebody_offers_is_never_read_by_our_token(code_host: CodeHost) -> None:
    assert whole_reach().credentials == ()


def test_a_credential_shows_nothing_of_itself() -> None:
    assert "Basic" not in repr(Credential("https://git.corp.example", "Authorization: Basic x"))


# ---------------------------------------------------------------- reports of errors
@pytest.mark.parametrize("debug", [True, False])
def test_a_report_of_an_error_repeats_no_secret(code_host: CodeHost, settings: LazySettings, debug: bool) -> None:
    settings.DEBUG = debug
    request = RequestFactory().post("/curation/sources/add/github/", {"token": TOKEN, "name": "Ours"})

    def fail(token: str, headers: dict[str, str]) -> None:
        raise ZeroDivisionError

    try:
        fail(TOKEN, {"Authorization": TOKEN})
    except ZeroDivisionError:
        reporter = ExceptionReporter(request, *sys.exc_info())
        reporter.filter = get_exception_reporter_filter(request)
        data = reporter.get_traceback_data()
        frame = data["frames"][-1]["vars"]
        report = reporter.get_traceback_html() if debug else reporter.get_traceback_text()
    assert TOKEN not in str(frame)
    assert "Ours" in str(data["filtered_POST_items"])
    assert TOKEN not in str(data["filtered_POST_items"])
    for secret in (settings.CREDENTIALS_KEY[0], settings.SECRET_KEY):
        assert secret not in report
