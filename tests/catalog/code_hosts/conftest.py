from __future__ import annotations

import pytest

from catalog.actions.sources import add_source
from catalog.models import CodeHost, Secret
from tests.catalog.acme import TOKEN, Acme


@pytest.fixture
def source(acme: Acme) -> CodeHost:
    """Acme, looked through once."""
    return add_source(acme.address, kind="gitea", token=Secret.of(TOKEN)).code_host
