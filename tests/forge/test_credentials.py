"""Private repositories over https: the token reaches the host, and no other place at all."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from forge import environment, process
from forge.environment import closed
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.types import Credential
from forge.urls import parse_remote
from tests.servers import serving

TOKEN = "token-of-the-portal"
HEADER = "Authorization: Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


class Private(BaseHTTPRequestHandler):
    """Smart http in front of `git http-backend`, for whoever sends the header."""

    protocol_version = "HTTP/1.1"
    server: Host

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body: bytes) -> None:
        self.server.seen.append(self.headers.get("Authorization", ""))
        if f"Authorization: {self.server.seen[-1]}" != HEADER:
            self.say(401, b"", [("WWW-Authenticate", 'Basic realm="x"')])
        else:
            self.serve(body)

    def serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=True,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(self.server.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_USER": "portal",
                "REMOTE_ADDR": "127.0.0.1",
            },
        )
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.decode().split(": ", 1)) for line in head.splitlines()]
        self.say(200, rest, headers)  # type: ignore[arg-type]

    def say(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Host(ThreadingHTTPServer):
    daemon_threads = True
    root: Path
    seen: list[str]

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.server_port}"


@pytest.fixture
def host(source: Path, open_loopback: None) -> Iterator[Host]:
    server = Host(("127.0.0.1", 0), Private)
    server.root, server.seen = source.parent, []
    with serving(server):
        yield server


def fetch(host: Host, mirror: Mirror, source: Path, *credentials: Credential) -> int:
    remote = parse_remote(f"http://{host.name}/{source.name}")
    with mirror.lock():
        return len(mirror.update(remote, hosts=[host.name], credentials=credentials).refs)


def test_a_private_repository_is_fetched_with_the_token(host: Host, mirror: Mirror, source: Path) -> None:
    assert fetch(host, mirror, source, Credential(f"http://{host.name}", HEADER)) > 0


@pytest.mark.parametrize("base", ["", "http://127.0.0.1:1", "https://git.corp.example"])
def test_without_its_own_token_it_is_refused(host: Host, mirror: Mirror, source: Path, base: str) -> None:
    credentials = [Credential(base, HEADER)] if base else []
    with pytest.raises(ForgeError) as caught:
        fetch(host, mirror, source, *credentials)
    assert caught.value.code == "auth_required"
    assert set(host.seen) == {""}


def test_the_token_is_in_no_file_no_argument_and_no_error(
    host: Host, mirror: Mirror, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in what git prints of its headers either, though we ask it to print them."""
    printed: list[str] = []
    started: list[str] = []
    real_run, real_start = environment.run, process.start

    def run(args: list[str], **options: object) -> environment.Done:
        done = real_run(args, **options)  # type: ignore[arg-type]
        printed.append(done.stderr)
        return done

    monkeypatch.setattr(environment, "run", run)

    def start(args: list[str], limits: Limits, **options: object) -> subprocess.Popen[bytes]:
        started.extend(args)
        return real_start(args, limits, **options)

    monkeypatch.setattr(process, "start", start)
    fetch(host, mirror, source, Credential(f"http://{host.name}", HEADER))
    secrets = (TOKEN, HEADER.rpartition(" ")[2])
    files = [path.read_bytes() for path in mirror.path.parent.rglob("*") if path.is_file()]
    assert started
    for secret in secrets:
        assert not any(secret in text for text in [*printed, *started])
        assert not any(secret.encode() in data for data in files)


def test_only_the_process_that_needs_it_has_it(host: Host) -> None:
    credential = Credential(f"http://{host.name}", HEADER)
    remote = parse_remote(f"http://{host.name}/x.git")
    assert HEADER in closed(remote=remote, credential=credential).values()
    assert HEADER not in closed(credential=credential).values()
    elsewhere = parse_remote("http://git.corp.example/x.git")
    assert HEADER not in closed(remote=elsewhere, credential=credential).values()
