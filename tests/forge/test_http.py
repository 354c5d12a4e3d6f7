"""A code host on loopback that misbehaves."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from forge import remotes
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.urls import parse_remote
from tests.forge.calls import Sync
from tests.servers import serving


class Host(BaseHTTPRequestHandler):
    hits: list[str]
    release: threading.Event

    def do_GET(self) -> None:
        self.server.hits.append(self.path)  # type: ignore[attr-defined]
        kind = self.path.split("/")[1]
        if kind == "hang":
            self.server.release.wait(30)  # type: ignore[attr-defined]
        status = {"moved": 302, "auth": 401, "gone": 404, "broken": 503, "limited": 429, "repaired": 503}.get(
            kind, 200
        )
        self.send_response(status)
        self.send_header("Location", f"http://{self.headers['Host']}/inner/info/refs")
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Type", "text/plain" if kind == "plain" else "text/html")
        if kind in ("limited", "repaired"):
            self.send_header("Retry-After", "600")
        self.end_headers()
        self.wfile.write(b"" if kind == "empty" else b"<html>Please sign in</html>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host(open_loopback: None) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.hits, server.release = [], threading.Event()  # type: ignore[attr-defined]
    with serving(server):
        yield server
        server.release.set()  # type: ignore[attr-defined]


def sync_from(server: ThreadingHTTPServer, mirror: Mirror, kind: str) -> str:
    address = f"127.0.0.1:{server.server_port}"
    with mirror.lock(), pytest.raises(ForgeError) as caught:
        mirror.update(parse_remote(f"http://{address}/{kind}/x.git"), hosts=[address])
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("page", "not_a_repository"),
        ("empty", "not_a_repository"),
        ("plain", "not_a_repository"),
        ("moved", "redirected"),
        ("auth", "auth_required"),
        ("gone", "gone"),
        ("broken", "unreachable"),
    ],
)
def test_host_that_is_none_is_told_apart(host: ThreadingHTTPServer, mirror: Mirror, kind: str, code: str) -> None:
    assert sync_from(host, mirror, kind) == code
    assert not any(path.startswith("/inner") for path in host.hits)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["limited", "repaired"])
def test_host_that_wants_to_be_left_alone_says_until_when(
    host: ThreadingHTTPServer, mirror: Mirror, kind: str
) -> None:
    address = f"127.0.0.1:{host.server_port}"
    with mirror.lock(), pytest.raises(ForgeError) as caught:
        mirror.update(parse_remote(f"http://{address}/{kind}/x.git"), hosts=[address])
    assert caught.value.code == "rate_limited"
    assert caught.value.retry_at is not None
    wait = caught.value.retry_at - datetime.now(UTC)
    assert timedelta(minutes=9) < wait < timedelta(minutes=11)


@pytest.mark.parametrize("kind", ["page", "empty"])
def test_sign_in_page_empties_no_mirror(
    host: ThreadingHTTPServer, source: Path, sync: Sync, mirror: Mirror, kind: str
) -> None:
    before = sync(source).refs
    assert sync_from(host, mirror, kind) == "not_a_repository"
    assert mirror.refs() == before


def test_host_that_never_answers_is_given_up(
    host: ThreadingHTTPServer, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remotes, "LIMITS", replace(remotes.LIMITS, seconds=1))
    assert sync_from(host, mirror, "hang") == "timed_out"


def test_nobody_at_the_port_is_said_plainly(host: ThreadingHTTPServer, mirror: Mirror) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.server_close()
    assert sync_from(server, mirror, "x") == "unreachable"
