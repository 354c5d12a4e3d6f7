"""Data for the tests of the whole site."""

from __future__ import annotations

from pathlib import Path

import pytest

from people.models import Team, User
from tests.portal.planted import Planted, plant


@pytest.fixture
def planted(tmp_path: Path, host_team: Team, alice: User, bob: User, charlie: User) -> Planted:
    return plant(tmp_path / "git", host_team=host_team, alice=alice, bob=bob, charlie=charlie)
