"""The index follows the database: wishes are rows, the broker is a hint."""

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import transaction
from kombu.exceptions import OperationalError

from search import following, index, tasks
from search.engines import engine
from search.engines.base import Unavailable
from search.engines.lock import held
from search.models import PendingDocument
from tests.search.fakes import Pages

pytestmark = pytest.mark.django_db


def test_what_was_put_is_found_and_no_longer_pending(pages: Pages) -> None:
    pages.add("1", "Kafka")
    index.put("page", ["1"])
    following.catch_up()
    assert index.match("page", "kafka") == ["1"]
    assert not PendingDocument.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_task_is_hinted_on_commit(pages: Pages) -> None:
    pages.add("1", "Kafka")
    with transaction.atomic():
        index.put("page", [1])
        assert PendingDocument.objects.count() == 1
    assert index.match("page", "kafka") == ["1"]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_wishes_nothing(pages: Pages) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        index.put("page", ["1"])
        raise RuntimeError
    assert not PendingDocument.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_broker_out_of_reach_stops_nobody(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> None:
        raise OperationalError("no route")

    monkeypatch.setattr(tasks.catch_up, "delay", unreachable)
    pages.add("1", "Kafka")
    index.put("page", ["1"])
    assert PendingDocument.objects.count() == 1
    tasks.catch_up()
    assert index.match("page", "kafka") == ["1"]


def test_a_key_without_a_document_is_taken_out(pages: Pages) -> None:
    pages.add("1", "Kafka")
    following.rebuild()
    del pages.rows["1"]
    index.remove("page", ["1"])
    following.catch_up()
    assert index.match("page", "kafka") == []


def test_a_kind_that_is_gone_does_not_stop_the_others(pages: Pages) -> None:
    following.rebuild()
    pages.add("1", "Kafka")
    index.put("forgotten", ["7"])
    index.put("page", ["1", "1"])
    following.catch_up()
    assert index.match("page", "kafka") == ["1"]
    assert not PendingDocument.objects.exists()


def test_a_wish_that_comes_during_the_work_stays(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    following.rebuild()
    pages.add("1", "Kafka")
    index.put("page", ["1"])
    read = Pages.documents

    def changed_while_read(self: Pages, keys: list[str] | None = None) -> object:
        found = list(read(self, keys))
        if pages.rows["1"].title == "Kafka":
            pages.add("1", "Rabbit")
            index.put("page", ["1"])
        return found

    monkeypatch.setattr(Pages, "documents", changed_while_read)
    following.catch_up()
    assert index.match("page", "rabbit") == ["1"]
    assert index.match("page", "kafka") == []


def test_many_wishes_for_one_document_are_one_reading(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    following.rebuild()
    pages.add("1", "Kafka")
    for _ in range(5):
        index.put("page", ["1"])
    asked: list[list[str]] = []
    read = Pages.documents
    monkeypatch.setattr(Pages, "documents", lambda self, keys=None: asked.append(keys) or read(self, keys))
    following.catch_up()
    assert asked == [["1"]]


def test_a_missing_index_is_built_by_the_next_catch_up(pages: Pages) -> None:
    pages.add("1", "Kafka")
    assert not index.ready().usable
    with pytest.raises(Unavailable):
        index.match("page", "kafka")
    following.catch_up()
    assert index.ready().usable
    assert index.match("page", "kafka") == ["1"]


def test_a_text_without_words_matches_nothing_in_particular(pages: Pages) -> None:
    assert index.match("page", " … ") is None


def test_who_finds_another_at_it_leaves_the_wishes(
    pages: Pages, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "WAIT", 0.05)
    index.put("page", ["1"])
    with held(settings.INDEX / "turn.lock", seconds=0):
        assert following.catch_up() == 0
        with pytest.raises(CommandError, match="search-index-busy"):
            call_command("rebuild_index")
    assert PendingDocument.objects.count() == 1


def test_the_command_says_how_many_can_be_found(pages: Pages, capsys: pytest.CaptureFixture[str]) -> None:
    pages.add("1", "Kafka")
    index.put("page", ["1"])
    call_command("rebuild_index")
    assert capsys.readouterr().out == "1 documents can be found.\n"
    assert not PendingDocument.objects.exists()
    assert engine().ready().documents == 1
