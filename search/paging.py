"""Pages of a list by the number in an address; here because every room with lists stands above this one."""

from typing import Any

from django.core.paginator import Page, Paginator


def page_of(rows: Any, number: int | str | None, *, size: int) -> Page[Any]:
    """A number out of range is the nearest page, where Django answers the last one to a number below 1.

    `rows` is a queryset or a sequence; no number, and what is none, is the first page.
    """
    pages: Paginator[Any] = Paginator(rows, size)
    try:
        return pages.get_page(max(1, int(number or 1)))
    except (TypeError, ValueError):
        return pages.get_page(1)
