"""Which address our client connects to, and how it knows who answers there."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from forge import http, urls
from forge.http import Api
from tests.forge.connectors.code_host import CodeHost, Reply
from tests.forge.test_http_client import SECRETS, api_of, code_of


# ---------------------------------------------------------------- who is contacted
def test_only_registered_hosts_are_asked(code_host: CodeHost) -> None:
    assert code_of(lambda: Api(f"{code_host.origin}/api").get("/x")) == "host_not_registered"
    assert code_host.asked == []


def test_a_name_that_leads_to_this_machine_is_refused(settings: LazySettings) -> None:
    settings.GIT_PROTOCOLS = ["http"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name = f"git.corp.example:{listener.getsockname()[1]}"
        api = Api(f"http://{name}/api", hosts=(name,))
        with pytest.MonkeyPatch.context() as patch:
            answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))]
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
            assert code_of(lambda: api.get("/x")) == "address_forbidden"


def test_the_connection_goes_to_the_checked_address(code_host: CodeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolve(name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(name)
        # Whoever asks a second time in one request gets another answer, as rebinding names give.
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]

    name = f"git.corp.example:{code_host.server_port}"
    code_host.replies["/api/x"] = Reply([])
    monkeypatch.setattr(http, "check_reachable", checked_by(resolve))
    with Api(f"http://{name}/api", hosts=(name,)) as api:
        api.get("/x")
    assert asked == ["git.corp.example"] and code_host.asked[0].headers["host"] == name


def checked_by(resolve: Callable[..., list[tuple[object, ...]]]) -> Callable[..., tuple[str, ...]]:
    """The real check with another name server: connecting itself must not ask one again."""

    def check(remote: urls.Remote, *, hosts: tuple[str, ...]) -> tuple[str, ...]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", resolve)
            return urls.check_reachable(remote, hosts=hosts)

    return check


def test_the_next_address_is_tried_when_one_does_not_answer(
    code_host: CodeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    code_host.replies["/api/x"] = Reply([])
    monkeypatch.setattr(http, "check_reachable", lambda *_, **__: ("127.0.0.2", "127.0.0.1"))
    with api_of(code_host) as api:
        assert api.get("/x").status == 200


def test_no_proxy_of_the_environment_is_used(code_host: CodeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    code_host.replies["/api/x"] = Reply([])
    with api_of(code_host) as api:
        assert api.get("/x").status == 200


def test_plain_http_needs_to_be_allowed(settings: LazySettings) -> None:
    settings.GIT_PROTOCOLS = ["https"]
    assert code_of(lambda: Api("http://git.corp.example/api", hosts=("git.corp.example",)).get("/x")) == (
        "scheme_forbidden"
    )


# ---------------------------------------------------------------- certificates
@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for git.corp.example, with its key, signed by itself."""
    if not shutil.which("openssl"):
        pytest.skip("Certificates are made with openssl, which is not installed.")
    path = tmp_path / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=git.corp.example", "-addext", "subjectAltName=DNS:git.corp.example"]
    subprocess.run(
        [*request, *names, "-days", "2", "-keyout", path, "-out", tmp_path / "c"], check=True, capture_output=True
    )
    path.write_bytes(path.read_bytes() + (tmp_path / "c").read_bytes())
    return path


@pytest.fixture
def tls_host(code_host: CodeHost, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> CodeHost:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    code_host.socket = context.wrap_socket(code_host.socket, server_side=True)
    code_host.replies["/api/x"] = Reply([])
    monkeypatch.setattr(http, "check_reachable", lambda *_, **__: ("127.0.0.1",))
    return code_host


def test_a_certificate_of_the_company_is_verified_by_name(
    tls_host: CodeHost, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Api(f"https://git.corp.example:{tls_host.server_port}/api") as api:
        assert api.get("/x").status == 200
    with Api(f"https://other.corp.example:{tls_host.server_port}/api") as api:
        assert code_of(lambda: api.get("/x")) == "certificate"


def test_an_unknown_certificate_is_refused(tls_host: CodeHost) -> None:
    with Api(f"https://git.corp.example:{tls_host.server_port}/api", secrets=SECRETS) as api:
        assert code_of(lambda: api.get("/x")) == "certificate"
    assert tls_host.asked == []
