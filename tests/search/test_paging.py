"""Numbers of pages come from addresses, so anything may stand there."""

import pytest

from search.paging import page_of


@pytest.mark.parametrize(
    ("number", "shown"),
    [(None, 1), ("", 1), ("x", 1), ("0", 1), ("-3", 1), ("1", 1), ("2", 2), ("99", 3), ("9" * 5000, 1), (2, 2)],
)
def test_a_number_out_of_range_is_the_nearest_page(number: int | str | None, shown: int) -> None:
    assert page_of(range(25), number, size=10).number == shown
