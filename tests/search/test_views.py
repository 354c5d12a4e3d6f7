"""The search page and suggestions: what one may not see is nowhere in them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from people.models import User
from search import finding, following
from search.query import parse
from tests.search.fakes import Notes, Pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(pages: Pages, notes: Notes) -> None:
    pages.add("1", "Kafka client", summary="Reads and writes <topics>.", topics=("streams",))
    pages.add("2", "Kafka tools", summary="Small tools.")
    pages.add("3", "Kafka vault", secret=True, summary="The zanzibar project.")
    notes.add("1", "How to run Kafka", body="First start the brokers.")
    following.rebuild()


def ask(client: Client, **params: str) -> str:
    return client.get(reverse("search:search"), params).content.decode()


def suggestions(client: Client, text: str) -> list[str]:
    answer = client.get(reverse("search:suggest"), {"q": text}).json()
    return [each["label"] for each in answer["suggestions"]]


@pytest.mark.usefixtures("filled")
class TestPage:
    def test_results_of_all_kinds_come_with_marked_words(self, client: Client) -> None:
        page = ask(client, q="kafka")
        assert "<mark>Kafka</mark> client" in page
        assert "How to run <mark>Kafka</mark>" in page
        assert "&lt;topics&gt;" in page

    def test_an_outsider_sees_no_secret_row_and_no_count_of_it(self, client: Client, charlie: User) -> None:
        assert "vault" not in ask(client, q="kafka")
        found = finding.find(AnonymousUser(), parse("kafka"), params=QueryDict())
        assert [(tab.label, tab.count) for tab in found.tabs] == [("All", 3), ("Pages", 2), ("Notes", 1)]
        client.force_login(charlie)
        assert "<mark>Kafka</mark> vault" in ask(client, q="kafka")

    def test_a_tab_shows_its_kind_with_its_filters(self, client: Client) -> None:
        page = ask(client, q="kafka", kind="page", topic="streams")
        assert "<mark>Kafka</mark> client" in page
        assert "tools" not in page
        assert "How to run" not in page

    def test_an_unknown_kind_or_page_is_no_error(self, client: Client) -> None:
        assert "<mark>Kafka</mark> client" in ask(client, q="kafka", kind="nonsense", page="9999")

    def test_without_words_there_is_only_the_box(self, client: Client) -> None:
        assert 'name="q"' in ask(client)
        assert 'name="q"' in ask(client, q="…")

    def test_a_very_long_question_is_answered(self, client: Client) -> None:
        assert client.get(reverse("search:search"), {"q": "kafka " * 20_000}).status_code == 200

    def test_pages_are_walked_without_loss(self, pages: Pages) -> None:
        for number in range(10, 60):
            pages.add(str(number), f"Number {number}")
        following.rebuild()
        seen: list[str] = []
        for page in (1, 2, 3):
            found = finding.find(AnonymousUser(), parse("number"), params=QueryDict(), page=page)
            seen += [shown.result.key for shown in found.results]
        assert sorted(seen) == sorted(str(number) for number in range(10, 60))

    def test_more_results_cost_no_more_queries(
        self, pages: Pages, notes: Notes, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(10, 18):
            pages.add(str(number), f"Kafka number {number}")
            notes.add(str(number), f"Kafka number {number}")
        following.rebuild()
        with django_assert_num_queries(4):  # Two kinds, each asked what is visible and for the rows of the page.
            finding.find(AnonymousUser(), parse("kafka"), params=QueryDict())


@pytest.mark.usefixtures("filled")
class TestNothingFound:
    def test_a_slip_leads_to_the_word_that_was_meant(self, client: Client) -> None:
        page = ask(client, q="kafak")
        assert "Did you mean" in page
        assert "?q=kafka" in page

    def test_a_correction_is_not_offered_when_only_hidden_rows_have_it(self, client: Client, alice: User) -> None:
        assert "zanzibar" not in ask(client, q="zanzibra")
        client.force_login(alice)
        assert "?q=zanzibar" in ask(client, q="zanzibra")

    @pytest.mark.parametrize("text", ["moonrise quixatron", "moonrixf", "moonrixf quixatron", "moonrise", "lunr"])
    def test_hidden_words_make_no_difference(self, pages: Pages, text: str) -> None:
        def ways() -> object:
            following.rebuild()
            finding.engine()._pool._words = None  # type: ignore[attr-defined]
            found = finding.find(AnonymousUser(), parse(text), params=QueryDict())
            return found.corrections, found.shorter, found.tabs

        pages.add("4", "moonrixe quixotron", body="moonrise lunar")
        pages.add("5", "lunarscape")
        before = ways()
        pages.add("6", "moonrise", secret=True, summary="quixatron quixotran lunar", topics=("moonrixf",))
        for number, letter in enumerate("abcdghijk"):
            pages.add(f"7{number}", f"moonrix{letter} {letter}unr", secret=True)
        assert ways() == before

    def test_every_slip_of_several_is_corrected(self, pages: Pages) -> None:
        pages.add("4", "moonrixe quixotron")
        following.rebuild()
        found = finding.find(AnonymousUser(), parse("moonrise quixatron"), params=QueryDict())
        assert [way.text for way in found.corrections] == ["moonrixe quixotron"]

    def test_fewer_words_are_offered_when_they_find_something(self, client: Client) -> None:
        found = finding.find(AnonymousUser(), parse("kafka zebra"), params=QueryDict())
        assert [(way.text, way.count) for way in found.shorter] == [("kafka", 3)]
        assert "?q=kafka" in ask(client, q="kafka zebra")

    def test_there_is_always_a_way_on(self, client: Client) -> None:
        page = ask(client, q="xylophone")
        assert reverse("catalog:list") in page
        assert "Try another word" in page

    def test_ways_on_cost_a_fixed_number_of_looks(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        # Two kinds: what is found, whose words are known, what the ways on find.
        with django_assert_num_queries(6):
            finding.find(AnonymousUser(), parse("kafka zebra"), params=QueryDict())


@pytest.mark.usefixtures("filled")
class TestTime:
    @pytest.mark.parametrize("text", ["vault", "zanzibar", "nosuchword"])
    def test_hidden_matches_are_looked_up_like_none(
        self, text: str, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(6):
            finding.find(AnonymousUser(), parse(text), params=QueryDict())
        with django_assert_num_queries(2):
            finding.suggest(AnonymousUser(), text)


@pytest.mark.usefixtures("filled")
class TestSuggestions:
    def test_beginnings_lead_to_visible_rows(self, client: Client, alice: User) -> None:
        assert suggestions(client, "kaf") == ["Kafka tools", "Kafka client", "How to run Kafka"]
        assert suggestions(client, "vau") == []
        client.force_login(alice)
        assert suggestions(client, "vau") == ["Kafka vault"]

    def test_each_says_where_it_leads_and_what_it_is(self, client: Client) -> None:
        [first] = client.get(reverse("search:suggest"), {"q": "client"}).json()["suggestions"]
        assert first == {"label": "Kafka client", "detail": "Pages", "url": "/pages/1", "kind": "page"}

    @pytest.mark.parametrize("text", ["", "…", "x" * 5000])
    def test_nothing_is_no_error(self, client: Client, text: str) -> None:
        assert suggestions(client, text) == []


class TestWithoutIndex:
    def test_the_page_says_so_with_a_code_and_a_cure(self, client: Client, pages: Pages) -> None:
        answer = client.get(reverse("search:search"), {"q": "kafka"})
        assert answer.status_code == 503
        assert "search-index-unavailable" in answer.content.decode()

    def test_suggestions_are_empty(self, client: Client, pages: Pages) -> None:
        assert suggestions(client, "kafka") == []
