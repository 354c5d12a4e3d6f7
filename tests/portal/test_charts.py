"""Geometry of the pictures on activity pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.template import Context, Template

from catalog.facts.year import Month
from portal.charts import heat, month_ticks, stacks, time_line

KINDS = (("host", "Host team"), ("guest", "Guests"))
MONDAY = date(2025, 12, 1)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_blocks_stand_on_each_other_and_the_highest_bar_reaches_the_rule() -> None:
    picture = stacks([("a", (3, 1)), ("b", (0, 2)), ("c", (0, 0))], KINDS, [])
    low, high = picture.bars[0].blocks
    assert low.y + low.height == picture.base
    assert high.y + high.height == low.y
    assert high.y == 14
    assert picture.peak == 4
    assert [block.label for block in picture.bars[1].blocks] == ["Guests"]
    assert picture.bars[2].blocks == ()


def test_a_picture_of_nothing_is_drawn() -> None:
    assert stacks([], KINDS, []).bars == ()
    assert heat([0] * 364, MONDAY).busiest is None
    assert time_line([], now=NOW).marks == ()


def test_a_day_grows_with_its_commits() -> None:
    days = [0] * 364
    days[0], days[1], days[363] = 1, 50, 100
    picture = heat(days, MONDAY)
    assert [(cell.level, cell.day) for cell in picture.cells] == [
        (1, "Mon 1 Dec 2025"),
        (2, "Tue 2 Dec 2025"),
        (4, "Sun 29 Nov 2026"),
    ]
    assert picture.cells[0].size < picture.cells[1].size < picture.cells[2].size
    assert (picture.total, picture.active) == (151, 3)
    assert all(0 <= cell.x < picture.width and 0 <= cell.y < picture.height for cell in picture.cells)


def test_months_are_named_where_they_begin() -> None:
    assert month_ticks([MONDAY + timedelta(weeks=number) for number in range(6)]) == [(5, "Jan")]


def test_releases_stand_in_their_order_between_the_edges() -> None:
    days = (2000, 900, 1, -400)
    line = time_line([(f"v{day}", NOW - timedelta(days=day)) for day in days], now=NOW)
    places = [mark.x for mark in line.marks]
    assert places == sorted(places)
    assert places[0] > 0 and places[-1] < line.width
    assert [tick.label for tick in line.years] == ["2022", "2023", "2024", "2025", "2026"]
    young = time_line([("v1", NOW - timedelta(days=70))], now=NOW)
    assert [tick.label for tick in young.years] == ["Oct", "Nov"]


def test_the_people_of_a_month_are_told_by_what_they_are() -> None:
    template = Template("{% load charts %}{% people_picture months %}")
    html = template.render(Context({"months": [Month("2026-11", new=1, returning=2)]}))
    assert "3 in Nov 2026: 2 came before, 1 for the first time" in html
    assert ">Bots<" in html
    assert "Show as table" in html
