"""Tags and the changelog tell one story."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from catalog.docs.changelog import Notes, changelog, same, version_of, whole
from catalog.docs.releases import Release, Tagged, timeline, unreleased
from catalog.guides.render import render

KEPT = """# Changelog

All notable changes.

## [Unreleased]

### Added

- The future.

## [1.2.0] - 2026-03-04

- Two.

## 1.1.0 (5th February, 2026)

### Fixed

- <b>One</b>.

## v1.0

## How to read this
"""


def sections(text: str, path: str = "CHANGELOG.md") -> tuple[Notes, ...]:
    return changelog(render(text, path=path, link_base="/l/", image_base="/i/").html)


def tag(name: str, day: int = 1) -> Tagged:
    return Tagged(name, f"{day:040d}", datetime(2026, 1, day, tzinfo=UTC))


class TestChangelog:
    def test_sections_are_cut_at_headings_of_releases(self) -> None:
        found = sections(KEPT)
        assert [(each.version, each.day) for each in found] == [
            ("", None),
            ("1.2.0", date(2026, 3, 4)),
            ("1.1.0", date(2026, 2, 5)),
            ("1.0", None),
        ]
        assert "The future." in found[0].html
        assert "<b>One</b>" in whole(found[2]).html
        assert not found[3].html.strip()

    def test_restructured_text_is_cut_too(self) -> None:
        text = "Changes\n=======\n\n2.0 (2026-01-02)\n----------------\n\n- Two\n\n1.0\n---\n\n- One\n"
        assert [(each.version, each.day) for each in sections(text, "CHANGES.rst")] == [
            ("2.0", date(2026, 1, 2)),
            ("1.0", None),
        ]

    def test_plain_text_is_cut_at_lines_of_versions(self) -> None:
        found = sections("News\n\nVersion 2.0 (2026-01-02)\n  * <Two>\n\n1.0\n  * One of 1.5 things\n", "NEWS")
        assert [(each.title, each.version) for each in found] == [
            ("Version 2.0 (2026-01-02)", "2.0"),
            ("1.0", "1.0"),
        ]
        assert "&lt;Two&gt;" in found[0].html

    def test_a_date_below_the_heading_counts(self) -> None:
        assert sections("# Changes\n\n## Version 8.1\n\nReleased 2026-03-04\n\n- x 2020-01-01\n")[0].day == date(
            2026, 3, 4
        )

    def test_what_says_that_it_is_not_released_is_not(self) -> None:
        found = sections("# C\n\n## Version 8.5.0\n\nUnreleased\n\n- x\n\n## Version 8.4\n\n- y\n")
        assert [each.is_coming for each in found] == [True, False]
        assert unreleased(found, [tag("8.4.0")]) == found[0]
        assert unreleased(found, [tag("8.5.0")]) is None
        assert [row.name for row in timeline([tag("8.4.0")], found)] == ["8.4.0"]
        assert Release(tag("8.5.0"), found[0]) in timeline([tag("8.5.0")], found)

    def test_a_series_above_its_releases_is_no_release(self) -> None:
        found = sections("# C\n\n## 1.0 series\n\n### 1.0.2\n\n- b\n\n### 1.0.1\n\n- a\n")
        assert [each.version for each in found] == ["1.0.2", "1.0.1"]

    @pytest.mark.parametrize(
        ("title", "version"),
        [("[1.2.0] - 2026-01-01", "1.2.0"), ("ledger 2.0", "2.0"), ("v1.2.3-rc.1", "1.2.3-rc.1"),
         ("1.0b2", "1.0b2"),
         ("Next release", ""), ("Unreleased", ""), ("2026-01-01", None), ("Added", None), ("Python 3 only", None),
         ("v2", "2"), ("1.2.3: the big one", "1.2.3")],
    )  # fmt: skip
    def test_versions_of_headings(self, title: str, version: str | None) -> None:
        assert version_of(title) == version

    def test_one_version_is_written_in_many_ways(self) -> None:
        assert {same(name) for name in ("v1.2.0", "1.2", "ledger-1.2.0", "release/1.2", "REL_1_2_0")} == {"1.2"}
        assert same("1.2rc1") == same("v1.2.0-rc.1") != same("1.2")

    @pytest.mark.parametrize(
        "text", ["## 1.0\n" * 60_000, "## " + "1." * 200_000, "## " + "1.0-" * 100_000, "1.0\n" * 100_000]
    )
    @pytest.mark.parametrize("path", ["NEWS.md", "NEWS"])
    def test_no_text_makes_it_slow(self, text: str, path: str) -> None:
        html = render(text, path=path, link_base="/l/", image_base="/i/").html
        started = time.process_time()
        assert len(changelog(html)) <= 2_000
        assert time.process_time() - started < 15


class TestTimeline:
    def test_tags_and_notes_meet(self) -> None:
        rows = timeline([tag("v1.0.0", 1), tag("v1.1.0", 2)], sections(KEPT))
        assert [(row.name, bool(row.tag), bool(row.notes)) for row in rows] == [
            ("[1.2.0] - 2026-03-04", False, True),
            ("v1.1.0", True, True),
            ("v1.0.0", True, True),
        ]
        assert rows[1].before == tag("v1.0.0", 1)
        assert rows[2].before is None

    def test_a_release_without_notes_stays(self) -> None:
        assert Release(tag("v9.0"), None) in timeline([tag("v9.0")], sections(KEPT))

    def test_notes_without_tag_or_date_keep_their_place(self) -> None:
        text = "# C\n\n## 3\n\n## 1.4\n\n- d\n\n## 1.3\n\n- c\n\n## 1.2\n\n- b\n\n## 1.1\n\n- a\n"
        rows = timeline([tag("1.1", 1), tag("1.3", 3)], sections(text))
        assert [row.notes.version for row in rows if row.notes] == ["1.4", "1.3", "1.2", "1.1"]

    def test_packages_of_one_repository_follow_their_own(self) -> None:
        rows = timeline([tag("a@1.0", 1), tag("b@1.0", 2), tag("a@1.1", 3), tag("b@1.1", 4)], ())
        assert [(row.name, row.before.name if row.before else "") for row in rows] == [
            ("b@1.1", "b@1.0"),
            ("a@1.1", "a@1.0"),
            ("b@1.0", ""),
            ("a@1.0", ""),
        ]

    def test_what_is_coming_stands_apart(self) -> None:
        coming = unreleased(sections(KEPT), ())
        assert coming is not None
        assert "The future." in coming.html
        assert unreleased(sections("# C\n\n## Unreleased\n\n## 1.0\n\n- x\n"), ()) is None
        assert unreleased((), ()) is None

    def test_a_tag_without_a_date_comes_last(self) -> None:
        assert [row.name for row in timeline([Tagged("v0", "a", None), tag("v1.0")], ())] == ["v1.0", "v0"]
