from collections.abc import Callable, Iterator

import pytest

from forge.connectors import Access, HostConnector, host_connector
from tests.forge.connectors import specified
from tests.forge.connectors.code_host import CodeHost

Connect = Callable[..., HostConnector]
# The real names stand in the recorded answers, so they are registered beside the host on loopback.
REAL_HOSTS = ("github.com", "gitlab.corp.example", "gitea.corp.example")


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
