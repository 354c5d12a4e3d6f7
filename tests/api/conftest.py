from __future__ import annotations

from typing import Any

import pytest

from catalog import broker
from catalog.models import CodeHost
from tests.api.deliveries import create_host


@pytest.fixture
def github() -> CodeHost:
    return create_host()


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What workers were told; none of it is done."""
    told: list[tuple[Any, ...]] = []

    def hint(task: str, *arguments: Any, **options: Any) -> bool:
        told.append((task, *arguments))
        return True

    monkeypatch.setattr(broker, "hint", hint)
    return told
