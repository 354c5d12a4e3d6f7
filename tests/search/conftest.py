"""Search is tested with kinds of its own; those of the apps above are put aside."""

import pytest

from search import registry
from tests.search.fakes import Notes, Pages


@pytest.fixture
def no_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_kinds", {})


@pytest.fixture
def pages(no_kinds: None) -> Pages:
    pages = Pages()
    registry.register(pages)
    return pages


@pytest.fixture
def notes(pages: Pages) -> Notes:
    notes = Notes()
    registry.register(notes)
    return notes
