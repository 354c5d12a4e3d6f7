"""The last year of a project by who worked in it."""

from __future__ import annotations

from datetime import date, timedelta

from catalog.facts.year import BOTS, UNKNOWN, Month, Stay, Year, YearAuthor, YearCounting, ownership, split

UNTIL = date(2026, 11, 23)
HOST, GUEST, THIRD = 1, 2, 3
LONG_AGO = date(2020, 1, 1)


def author(
    name: str, weeks: dict[str, list[int]], *, user: int | None = None, since: date = LONG_AGO
) -> YearAuthor:
    return YearAuthor(f"{name}@corp.example", name, user, since, weeks)


def counted(*authors: YearAuthor, stays: dict[int, list[Stay]] | None = None, owner: int | None = HOST) -> Year:
    counting = YearCounting(UNTIL, stays=stays or {}, owner=owner)
    for each in authors:
        counting.add(each)
    return counting.result([0] * 364, absence_factor=0)


def sums(year: Year, host: int = HOST) -> list[int]:
    return [sum(column) for column in zip(*(week.parts for week in split(year, {str(host)})), strict=True)]


def test_a_commit_counts_for_the_team_that_its_author_was_in_that_week() -> None:
    moved = {7: [Stay(GUEST, LONG_AGO, date(2026, 6, 1)), Stay(HOST, date(2026, 6, 1), None)]}
    year = counted(author("bob", {"2026-05-25": [2, 9, 0], "2026-06-01": [3, 5, 0]}, user=7), stays=moved)
    assert sums(year) == [3, 2, 0, 0]
    assert year.teams["1"].lines == 5


def test_who_is_in_two_teams_works_for_the_host() -> None:
    both = {7: [Stay(GUEST, LONG_AGO, None), Stay(HOST, date(2026, 1, 1), None)]}
    assert sums(counted(author("bob", {"2026-11-23": [1, 0, 0]}, user=7), stays=both)) == [1, 0, 0, 0]


def test_strangers_people_without_a_team_and_bots_stand_apart() -> None:
    year = counted(
        author("stranger", {"2026-11-23": [1, 0, 0]}),
        author("alone", {"2026-11-23": [2, 0, 0]}, user=9),
        author("renovate[bot]", {"2026-11-23": [4, 0, 0]}),
    )
    assert sums(year) == [0, 0, 3, 4]
    assert (year.people, year.bots) == (2, 1)


def test_what_lies_before_the_year_does_not_count() -> None:
    year = counted(author("old", {"2025-11-24": [1, 0, 0], "2025-12-01": [1, 0, 0]}))
    assert sums(year) == [0, 0, 1, 0]


def test_a_new_owner_is_the_host_without_a_new_count() -> None:
    stays = {7: [Stay(GUEST, LONG_AGO, None)]}
    year = counted(author("bob", {"2026-11-23": [1, 0, 0]}, user=7), stays=stays)
    assert sums(year) == [0, 1, 0, 0]
    assert sums(year, host=GUEST) == [1, 0, 0, 0]


def test_somebody_is_new_in_their_first_month_and_comes_back_in_later_ones() -> None:
    weeks = {"2026-09-07": [1, 0, 0], "2026-10-05": [1, 0, 0]}
    new = author("new", weeks, since=date(2026, 9, 8))
    months = {each.month: each for each in counted(new, author("old", weeks)).months}
    assert months["2026-09"] == Month("2026-09", new=1, returning=1)
    assert months["2026-10"] == Month("2026-10", new=0, returning=2)
    assert months["2026-11"] == Month("2026-11", 0, 0)


def test_one_person_with_two_addresses_is_one() -> None:
    weeks = {"2026-11-02": [1, 0, 0]}
    year = counted(author("a", weeks, user=7), author("b", weeks, user=7))
    assert year.people == 1
    assert year.months[-1] == Month("2026-11", 0, 1)


def test_a_month_that_began_before_the_weeks_is_left_out() -> None:
    assert counted().months[0].month == "2025-12"
    assert len(counted().months) == 12


def test_it_comes_back_from_the_database_as_it_was_and_moves_on_with_time() -> None:
    year = counted(author("stranger", {"2026-11-23": [1, 5, 0]}), author("x[bot]", {"2026-11-16": [1, 2, 0]}))
    stored = year.as_json()
    same = Year.from_json(stored, until=UNTIL, days=year.days, today=date(2026, 11, 29))
    assert split(same, ()) == split(year, ())
    later = Year.from_json(stored, until=UNTIL, days=year.days, today=date(2026, 12, 8))
    assert later.until == UNTIL + timedelta(weeks=2)
    assert [week.unknown for week in split(later, ())][-3:] == [1, 0, 0]
    assert len(later.days) == 364


def test_shares_say_whose_work_it_is_and_bots_stand_last() -> None:
    stays = {7: [Stay(HOST, LONG_AGO, None)], 8: [Stay(GUEST, LONG_AGO, None)]}
    year = counted(
        author("x[bot]", {"2026-11-23": [8, 0, 0]}),
        author("alice", {"2026-11-23": [3, 30, 0]}, user=7),
        author("charlie", {"2026-11-23": [5, 10, 0]}, user=8),
        stays=stays,
    )
    parts = ownership(year)
    assert [(part.key, part.commit_share, part.line_share) for part in parts] == [
        ("2", 31.2, 25.0),
        ("1", 18.8, 75.0),
        (BOTS, 50.0, 0.0),
    ]


def test_of_very_many_teams_the_owner_stays() -> None:
    stays = {number: [Stay(number, LONG_AGO, None)] for number in range(1, 300)}
    people = [
        author(f"p{number}", {"2026-11-23": [1 if number == HOST else 5, 1, 0]}, user=number) for number in stays
    ]
    year = counted(*people, stays=stays)
    assert len(year.teams) == 101
    assert str(HOST) in year.teams
    assert sums(year) == [1, 298 * 5, 0, 0]
    assert UNKNOWN not in year.teams
