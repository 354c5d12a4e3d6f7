"""The line of a health score: steps that stay inside, gaps where nothing was known, marks of other formulas."""

from datetime import UTC, datetime, timedelta

from portal.score_line import ScorePoint, score_line

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def at(days: int, score: int | None, formula: str = "2") -> ScorePoint:
    return ScorePoint(NOW - timedelta(days=days), score, formula)


def corners(line: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, _, y in (point.partition(",") for point in line.split())]


def test_a_score_holds_until_the_next_one_and_the_last_until_now() -> None:
    picture = score_line([at(10, 50), at(5, 100)], NOW)
    assert picture is not None
    (a, b, c, d) = corners(picture.lines[0])
    assert a[1] == b[1] > c[1] == d[1]
    assert b[0] == c[0]
    assert d[0] <= picture.width
    assert picture.end == d


def test_it_breaks_where_nothing_was_known() -> None:
    picture = score_line([at(10, 50), at(8, None), at(5, 70), at(2, None)], NOW)
    assert picture is not None
    assert len(picture.lines) == 2
    assert picture.end is None
    assert (picture.lowest, picture.highest) == (50, 70)


def test_another_formula_is_marked() -> None:
    picture = score_line([at(10, 50, "1"), at(5, 70, "2"), at(2, 75, "2")], NOW)
    assert picture is not None
    assert [mark.label for mark in picture.formulas] == ["formula 2"]
    assert [point.score for point in picture.points] == [75, 70, 50]


def test_one_moment_and_none() -> None:
    assert score_line([], NOW) is None
    picture = score_line([at(0, 0)], NOW)
    assert picture is not None
    assert corners(picture.lines[0])[0][1] == picture.base
    unknown = score_line([at(0, None)], NOW)
    assert unknown is not None
    assert unknown.lines == ()
