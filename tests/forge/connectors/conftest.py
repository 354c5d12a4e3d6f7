import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings

from forge import urls
from forge.connectors import Access, HostConnector, host_connector
from tests.forge.connectors import specified
from tests.forge.connectors.code_host import Asked, CodeHost

Connect = Callable[..., HostConnector]
# The real names stand in the recorded answers, so they are registered beside the host on loopback.
REAL_HOSTS = ("github.com", "gitlab.corp.example", "gitea.corp.example")


@pytest.fixture
def open_loopback(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GIT_PROTOCOLS = ["https", "ssh", "http"]
    monkeypatch.setattr(urls, "is_forbidden", lambda address: False)


@pytest.fixture
def may_be_asked() -> Callable[[Asked], bool]:
    """Whether the real API has such a question; the tests of one kind of host say so for it."""
    return lambda asked: True


@pytest.fixture
def code_host(open_loopback: None, may_be_asked: Callable[[Asked], bool]) -> Iterator[CodeHost]:
    server = CodeHost()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
    assert [asked for asked in server.asked if not may_be_asked(asked)] == []


@pytest.fixture
def connect(code_host: CodeHost) -> Iterator[Connect]:
    opened: list[HostConnector] = []

    def connect_to(kind: str, **access: object) -> HostConnector:
        hosts = (code_host.name, *REAL_HOSTS)
        opened.append(host_connector(kind, Access(**{"hosts": hosts, **access})))  # type: ignore[arg-type]
        return opened[-1]

    yield connect_to
    for connector in opened:
        connector.close()


@pytest.fixture(scope="session")
def github_api() -> specified.GitHubApi:
    return specified.github("api.github.com")
