import threading
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client

from forge import urls
from people.models import User
from tests.catalog.acme import Acme
from tests.create import create_user
from tests.forge.connectors.code_host import CodeHost


@pytest.fixture
def acme(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Acme]:
    """A code host with two repositories: ledger (7) and gateway (8)."""
    settings.GIT_PROTOCOLS = ["https", "ssh", "http"]
    monkeypatch.setattr(urls, "is_forbidden", lambda address: False)
    server = CodeHost()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    host = Acme(server)
    host.add(7, "ledger")
    host.add(8, "gateway")
    yield host
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def operator(client: Client, db: None) -> User:
    """Signed in; no curator."""
    user = create_user("operator", is_staff=True)
    client.force_login(user)
    return user
