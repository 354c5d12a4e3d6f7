from collections.abc import Iterator

import pytest
from django.test import Client

from people.models import User
from tests.catalog.acme import Acme
from tests.create import create_user
from tests.forge.connectors.code_host import CodeHost
from tests.servers import serving


@pytest.fixture
def acme(open_loopback: None) -> Iterator[Acme]:
    """A code host with two repositories: ledger (7) and gateway (8)."""
    server = CodeHost()
    host = Acme(server)
    host.add(7, "ledger")
    host.add(8, "gateway")
    with serving(server):
        yield host


@pytest.fixture
def operator(client: Client, db: None) -> User:
    """Signed in; no curator."""
    user = create_user("operator", is_staff=True)
    client.force_login(user)
    return user
