"""Tags and filters of every template, and the components built from them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.forms import BooleanField, CharField, Form
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Project
from contributions.lifecycle import State
from people.models import Team, User
from portal import context
from portal.templatetags import pages
from tests.create import create_project

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPRITE = Path(settings.BASE_DIR) / "static/img/icons.svg"


def render(text: str, **values: Any) -> str:
    return engines["django"].from_string(text).render(values)


def component(name: str, **values: Any) -> str:
    return render_to_string(f"components/{name}.html", values)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=50), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=13), "13 d ago"),
        (timedelta(days=14), "2 wk ago"),
        (timedelta(days=70), "2 mo ago"),
        (timedelta(days=800), "2 y ago"),
        (timedelta(hours=-2), "in 2 h"),
    ],
)
def test_relative_times(gap: timedelta, expected: str) -> None:
    assert pages.relative(NOW - gap, NOW) == expected


def test_a_time_says_its_exact_form_in_the_readers_zone() -> None:
    moment = datetime(2026, 1, 2, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        html = pages.when(moment)
    assert 'datetime="2026-01-02T23:30:00+00:00"' in html
    assert 'title="Sat 3 Jan 2026, 00:30 CET"' in html


def test_a_day_is_shown_as_it_is() -> None:
    assert pages.when(date(2026, 1, 2)) == '<time datetime="2026-01-02">2 Jan 2026</time>'


def test_what_is_not_known_is_a_dash_and_never_a_zero() -> None:
    page = render("{% when a %} {{ b|compact }} {{ b|size }} {{ b|span }} {{ missing|compact }}", a=None, b=None)
    assert words(page) == "– – – – –"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0"),
        (950, "950"),
        (999, "999"),
        (1000, "1k"),
        (1249, "1.2k"),
        (34_400, "34k"),
        (999_950, "1M"),
        (5_100_000, "5.1M"),
    ],
)
def test_counts_are_short(number: int, expected: str) -> None:
    assert pages.compact(number) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0.01, "1 min"), (0.5, "30 min"), (5, "5 h"), (35, "35 h"), (72, "3 d"), (timedelta(days=4), "4 d")],
)
def test_spans_are_short(length: float | timedelta, expected: str) -> None:
    assert pages.span(length) == expected


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = {symbol.get("id") for symbol in ET.parse(SPRITE).getroot()}  # noqa: S314 (our own file)
    named = {
        name
        for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        for name in re.findall(r"""{% icon ["']([\w-]+)["'](?!\|)""", path.read_text())
    }
    assert named - drawn == set()
    assert {f"state-{state}" for state in State} - drawn == set()


def test_decoration_is_hidden_from_screen_readers_and_a_label_is_not() -> None:
    assert 'aria-hidden="true"' in pages.icon("search")
    assert 'role="img" aria-label="contributes to"' in pages.icon("crossing", "contributes to")


def test_guest_work_crosses_and_inside_work_does_not() -> None:
    guest, host = Team(pk=1, name="Checkout", slug="checkout"), Team(pk=2, name="Platform", slug="platform")
    assert words(component("flow", guest=guest, host=host)) == "Ch Checkout Pl Platform"
    assert words(component("flow", guest=host, host=host)) == "Pl Platform"
    assert words(component("flow", guest=guest, host=None)) == "Ch Checkout No owner yet"


def test_health_is_a_word_with_its_score() -> None:
    assert words(component("health", score=82, url="/checks")) == "82 healthy"
    assert "#good" in component("health", score=82)
    assert words(component("health", score=0)) == "0 at risk"
    assert words(component("health", score=None)) == "not checked"


def test_a_promise_gives_way_to_what_was_measured() -> None:
    team = Team(name="Platform", answer_promise_days=3)
    asked = SimpleNamespace(owner_team=team, answer_hours=5)
    assert words(component("promise", project=asked)) == "answers in 5 h"
    unasked = SimpleNamespace(owner_team=team, answer_hours=None)
    assert words(component("promise", project=unasked)) == "promised within 3 d"
    assert words(component("promise", project=SimpleNamespace(owner_team=None))) == ""


def test_pages_keep_the_rest_of_the_url() -> None:
    request = RequestFactory().get("/?language=Go&page=2")
    html = render_to_string("components/pager.html", {"page": Paginator(range(90), 10).page(2)}, request)
    assert "language=Go&amp;page=3" in html
    assert words(html).startswith("11–20 of 90")


def test_left_out_pages_are_a_gap() -> None:
    assert pages.page_numbers(Paginator(range(200), 10).page(10)) == [1, None, 9, 10, 11, None, 20]


def test_a_field_is_tied_to_its_help_and_errors() -> None:
    class Wish(Form):
        title = CharField(help_text="One sentence.")
        mine = BooleanField(required=False)

    html = component("form", form=Wish({}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_long_facets_fold() -> None:
    values = [{"label": f"L{n}", "count": n, "url": "?", "on": n == 0} for n in range(10)]
    html = component("facet", title="Language", values=values)
    assert "<summary>2 more</summary>" in html
    assert component("facet", title="Language", values=[]).strip() == ""


def test_a_picture_has_its_numbers_as_a_table() -> None:
    html = render("{% activity_picture weeks until %}", weeks=[0, 3], until=date(2026, 11, 18))
    assert "<title" in html
    assert "<desc" in html
    assert words(html).endswith("Week of Commits 9 Nov 2026 0 16 Nov 2026 3")


def test_unknown_activity_is_said() -> None:
    assert "not known yet" in render("{% activity_picture weeks %}", weeks=[])
    assert words(render("{% spark weeks %}", weeks=None)) == "–"


def test_no_template_of_ours_needs_inline_script_or_style() -> None:
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        if "emails" in path.parts:
            continue
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*src=)", path.read_text()), path


@pytest.mark.django_db
def test_the_site_context_asks_nothing_until_it_is_shown(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[User] = []

    def count(user: User) -> int:
        asked.append(user)
        return 4

    monkeypatch.setattr(context, "queue_count", count)
    request = RequestFactory().get("/")
    request.user = alice
    with CaptureQueriesContext(connection) as queries:
        values = context.site(request)
        assert (len(queries), asked) == (0, [])
        assert render("{{ queue_count }}", **values) == "4"
    assert asked == [alice]


def test_nothing_waits_for_somebody_who_is_not_signed_in() -> None:
    request = RequestFactory().get("/")
    assert render("{{ queue_count }}{{ can_curate }}", **context.site(request)) == "0False"


@pytest.mark.django_db
def test_a_project_row_answers_its_four_questions_without_a_query(host_team: Team) -> None:
    create_project(
        "ledger",
        summary="Posts and balances",
        kind="library",
        owner_team=host_team,
        lifecycle="production",
        health_score=82,
        answer_hours=5,
        guests_welcomed=7,
        weekly_commits=[1] * 52,
        weekly_until=timezone.localdate(),
    )
    project = Project.objects.select_related("owner_team").get()
    with CaptureQueriesContext(connection) as queries:
        row = words(component("project_row", project=project))
        card = words(component("project_card", project=project))
    assert len(queries) == 0
    answers = ["ledger", "Library", "Posts and balances", "Platform", "answers in 5 h", "82 healthy", "7 guests"]
    for text in (row, card):
        places = [text.index(answer) for answer in answers]
        assert places == sorted(places)


@pytest.mark.django_db
def test_a_project_of_which_nothing_is_known_has_dashes() -> None:
    row = words(component("project_row", project=create_project("bare")))
    assert row == "bare No owner yet – not checked –"
