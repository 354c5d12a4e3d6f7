"""The geometry of pictures, and colours and monograms that never move."""

from __future__ import annotations

from datetime import date

from portal import pictures


def ys(spark: pictures.Spark) -> list[int]:
    """Heights of the line itself, without the two corners outside the box at either end."""
    return [int(point.split(",")[1]) for point in spark.points.split()[2:-2]]


def test_the_busiest_week_touches_the_top_and_a_quiet_one_the_bottom() -> None:
    spark = pictures.spark([0, 5, 10])
    low, middle, high = ys(spark)
    assert (low, middle, high) == (45, 24, 3)
    assert spark.total == 15
    assert spark.active_weeks == 2


def test_a_year_without_commits_is_a_flat_line() -> None:
    spark = pictures.spark([0] * 52)
    assert set(ys(spark)) == {45}
    assert spark.width == 102


def test_a_line_begins_and_ends_outside_its_box() -> None:
    points = pictures.spark([3, 1]).points.split()
    assert points[0] == "-4,52"
    assert points[-1] == "6,52"


def test_a_line_of_one_week_or_none_has_a_box() -> None:
    assert pictures.spark([4]).width == 2
    assert pictures.spark([]).total == 0


def test_bars_stand_on_the_base_within_the_picture() -> None:
    picture = pictures.activity([1, 400, 0], date(2026, 11, 2))
    assert all(bar.y + bar.height == picture.base for bar in picture.bars)
    assert max(bar.x + bar.width for bar in picture.bars) <= picture.width
    assert (picture.peak, picture.total) == (400, 401)
    assert picture.last == date(2026, 11, 16)


def test_a_single_commit_is_seen_beside_hundreds() -> None:
    one, _, none = pictures.activity([1, 400, 0], date(2026, 11, 2)).bars
    assert one.height == 2
    assert none.height == 0


def test_months_are_named_where_they_begin() -> None:
    picture = pictures.activity([1] * 52, date(2025, 12, 1))
    labels = [tick.label for tick in picture.months]
    assert labels[:3] == ["Jan", "Feb", "Mar"]
    assert all(tick.at < picture.width - 28 for tick in picture.months)


def test_an_empty_activity_has_no_bars() -> None:
    picture = pictures.activity([], date(2026, 1, 5))
    assert picture.bars == ()
    assert picture.last == picture.first


def test_languages_fill_the_bar_largest_first() -> None:
    python, shell = pictures.languages({"Shell": 25, "Python": 75})
    assert (python.name, python.share, python.x) == ("Python", 75.0, 0)
    assert (shell.x, shell.width) == (75, 25)


def test_small_languages_are_summed_up() -> None:
    sizes = {f"L{number}": 100 - number for number in range(9)}
    slices = pictures.languages(sizes)
    assert len(slices) == 7
    assert slices[-1].name == "Other"
    assert slices[-1].colour == 0
    assert sum(part.bytes for part in slices) == sum(sizes.values())


def test_one_language_more_than_the_bar_holds_is_shown_by_its_name() -> None:
    slices = pictures.languages({f"L{number}": 10 for number in range(7)})
    assert "Other" not in [part.name for part in slices]


def test_nothing_known_is_no_bar() -> None:
    assert pictures.languages({}) == ()
    assert pictures.languages({"Python": 0}) == ()


def test_twelve_teams_in_a_row_have_twelve_colours() -> None:
    assert {pictures.team_colour(key) for key in range(40, 52)} == set(range(1, 13))


def test_siblings_stand_far_apart_in_hue() -> None:
    steps = {(pictures.team_colour(key + 1) - pictures.team_colour(key)) % 12 for key in range(1, 50)}
    assert steps == {5}


def test_a_person_keeps_a_colour_on_every_machine() -> None:
    assert [pictures.person_colour(name) for name in ("alice", "bob", "charlie")] == [12, 9, 7]


def test_monograms() -> None:
    names = [
        "Payments Core",
        "Machine Learning Operations",
        "Ledger",
        "i18n",
        "Identity & Access",
        "žižkov",
        "…",
        "",
    ]
    assert [pictures.monogram(name) for name in names] == ["PC", "MO", "Le", "I1", "IA", "Ži", "?", "?"]
