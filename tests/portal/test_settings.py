"""A wrong setting stops the start with a plain sentence."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as here
from django.core.exceptions import ImproperlyConfigured

LONG_KEY = "a-key-that-nobody-guesses-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2
STORING_KEY = "bm90IGEgc2VjcmV0LCBidXQgMzIgYnl0ZXMgbG9uZyE="
PRODUCTION = {
    "PRODUCTION": "true",
    "SECRET_KEY": LONG_KEY,
    "CREDENTIALS_KEY": STORING_KEY,
    "ALLOWED_HOSTS": "portal.corp.example",
}


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment of the machine that runs the tests says nothing here."""
    for name in [name for name in os.environ if name not in {"PATH", "HOME", "LANG", "TMPDIR"}]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("VAR", str(tmp_path / "var"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads the settings of an environment; answers them by name."""

    def read(**environment: str) -> dict[str, Any]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(here.BASE_DIR / "portal" / "settings.py"))

    return read


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PRODUCTION": "maybe"}, "PRODUCTION='maybe' is neither yes nor no"),
        ({"DEBUG": "2"}, "DEBUG='2' is neither yes nor no"),
        ({"DEMO": "ja"}, "DEMO='ja' is neither yes nor no"),
        ({"READING_NEEDS_SIGN_IN": "x"}, "READING_NEEDS_SIGN_IN='x' is neither yes nor no"),
        ({"NEW_LISTINGS_NEED_CURATION": "x"}, "NEW_LISTINGS_NEED_CURATION='x' is neither yes nor no"),
        ({"HTTPS": "x"}, "HTTPS='x' is neither yes nor no"),
        ({"HTTPS": "yes", "HTTPS_REDIRECT": "x"}, "HTTPS_REDIRECT='x' is neither yes nor no"),
        ({"HTTPS": "yes", "BEHIND_PROXY": "x"}, "BEHIND_PROXY='x' is neither yes nor no"),
        ({"HTTPS": "yes", "HSTS_SECONDS": "long"}, "HSTS_SECONDS='long' is not a whole number"),
        ({"PORT": "http"}, "PORT='http' is not a whole number"),
        ({"PORT": "0"}, "PORT=0 is too small: the least is 1"),
        ({"PORT": "70000"}, "PORT=70000 is too large: the most is 65535"),
        ({"WEB_PROCESSES": "0"}, "WEB_PROCESSES=0 is too small"),
        ({"WORKER_PROCESSES": "0"}, "WORKER_PROCESSES=0 is too small"),
        ({"GIT_TIMEOUT": "0"}, "GIT_TIMEOUT=0 is too small"),
        ({"SYNC_INTERVAL": "3600"}, "SYNC_INTERVAL is no more"),
        ({"SYNC_INTERVAL_LEAST": "1"}, "SYNC_INTERVAL_LEAST=1 is too small: the least is 60"),
        ({"SYNC_INTERVAL_MOST": "120"}, "SYNC_INTERVAL_MOST is less than SYNC_INTERVAL_LEAST"),
        ({"DISCOVER_INTERVAL": "1"}, "DISCOVER_INTERVAL=1 is too small: the least is 300"),
        ({"GIT_PROTOCOLS": "https,ext"}, "GIT_PROTOCOLS names 'ext'. Use some of: git, http, https, ssh"),
        ({"PUBLIC_URL": "portal.corp.example"}, "PUBLIC_URL must begin with https:// or http://"),
        ({"CSRF_TRUSTED_ORIGINS": "portal.corp.example"}, "CSRF_TRUSTED_ORIGINS: each must begin with https://"),
        ({"DATABASE_URL": "mysql://db/portal"}, "DATABASE_URL must begin with postgres:// or postgresql://"),
        ({"DATABASE_URL": "postgres://db:port/x"}, "DATABASE_URL must begin with postgres://"),
        ({"DATABASE_URL": "postgres://db/x", "DATABASE_POOL": "0"}, "DATABASE_POOL=0 is too small"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must begin with redis:// or rediss://"),
        ({"TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE='Mars/Olympus' is not known. Use a name such as Europe/Berlin"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD' is not known. Use DEBUG, INFO, WARNING or ERROR"),
        ({**PRODUCTION, "DEBUG": "yes"}, "DEBUG shows secrets to every visitor"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "PRODUCTION needs SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": "secret"}, "SECRET_KEY is too short"),
        ({**PRODUCTION, "CREDENTIALS_KEY": ""}, "PRODUCTION needs CREDENTIALS_KEY"),
        ({"CREDENTIALS_KEY": "c2hvcnQ="}, "CREDENTIALS_KEY: each is 32 random bytes"),
        ({"CREDENTIALS_KEY": f"{STORING_KEY},nonsense"}, "CREDENTIALS_KEY: each is 32 random bytes"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "PRODUCTION needs ALLOWED_HOSTS"),
    ],
    ids=lambda value: ",".join(map("=".join, value.items()))[:60] if isinstance(value, dict) else "",
)
def test_a_wrong_value_stops_the_start(read: Any, environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as stopped:
        read(**environment)
    assert sentence in str(stopped.value)


def test_a_password_is_never_repeated(read: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as stopped:
        read(DATABASE_URL="mysql://portal:hunter2@db/portal")
    assert "hunter2" not in str(stopped.value)


def test_nothing_needs_to_be_set_for_a_trial(read: Any, tmp_path: Path) -> None:
    first = read()
    assert first["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert first["EMBEDDED_BROKER"]
    assert first["DEMO"]
    assert all(tmp_path in path.parents for path in (first["MIRRORS"], first["INDEX"], first["STATIC_ROOT"]))


def test_the_key_of_a_trial_survives_a_restart_and_is_private(read: Any, tmp_path: Path) -> None:
    assert read()["SECRET_KEY"] == read()["SECRET_KEY"]
    assert read()["CREDENTIALS_KEY"] == read()["CREDENTIALS_KEY"]
    for name in ("secret-key", "credentials-key"):
        assert (tmp_path / "var" / name).stat().st_mode & 0o077 == 0


def test_a_storing_key_may_come_in_either_alphabet_and_is_never_repeated(read: Any) -> None:
    key = "+/" * 21 + "w="
    assert read(CREDENTIALS_KEY=f"{key}, {STORING_KEY}")["CREDENTIALS_KEY"][1] == STORING_KEY
    with pytest.raises(ImproperlyConfigured) as stopped:
        read(CREDENTIALS_KEY="hunter2")
    assert "hunter2" not in str(stopped.value)


def test_what_is_written_is_for_no_other_account(read: Any, tmp_path: Path) -> None:
    read()
    (tmp_path / "var" / "portal.sqlite3").touch()
    written = [tmp_path / "var", *(tmp_path / "var").iterdir()]
    assert {path.stat().st_mode & 0o077 for path in written} == {0}


def test_production_sends_cookies_over_https_only_and_loads_no_demo(read: Any) -> None:
    made = read(**PRODUCTION)
    assert made["SESSION_COOKIE_SECURE"] and made["CSRF_COOKIE_SECURE"] and made["SECURE_SSL_REDIRECT"]
    assert not made["DEMO"]


def test_a_long_path_still_gets_a_socket(read: Any, tmp_path: Path) -> None:
    made = read(VAR=str(tmp_path / ("deep" * 30)))
    assert len(os.fsencode(made["BROKER_SOCKET"])) < 104


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=here.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_refused_start_is_one_sentence_and_no_traceback() -> None:
    done = manage("serve", PRODUCTION="true")
    assert done.returncode == 1
    assert done.stderr == (
        "PRODUCTION needs SECRET_KEY: at least 50 random characters that stay the same between starts.\n"
    )


def test_production_settings_pass_djangos_own_checks() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
