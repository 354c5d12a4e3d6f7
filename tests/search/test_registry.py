from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured

from search import registry
from tests.search.fakes import Notes, Pages


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    registry.unregister("page")
    registry.unregister("note")


def test_a_kind_is_found_by_its_name() -> None:
    pages = Pages()
    registry.register(pages)
    assert registry.get("page") is pages
    assert registry.get("unknown") is None


def test_registering_a_kind_twice_is_an_error() -> None:
    registry.register(Pages())
    with pytest.raises(ImproperlyConfigured, match="page"):
        registry.register(Pages())


def test_kinds_come_in_the_order_of_their_tabs() -> None:
    registry.register(Notes())
    registry.register(Pages())
    kinds = [each.kind for each in registry.kinds() if each.kind in {"page", "note"}]
    assert kinds == ["page", "note"]
