"""What the embedded engine promises, over real folders, processes and threads."""

import multiprocessing
import threading
from pathlib import Path

import pytest

from search.documents import Document
from search.engines.base import Busy, Unavailable
from search.engines.lock import held
from search.engines.spelling import WordList, corrections
from search.engines.whoosh import Whoosh
from search.query import parse


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def engine(folder: Path) -> Whoosh:
    engine = Whoosh(folder)
    engine.rebuild([])
    return engine


def page(key: str, title: str, **fields: object) -> Document:
    return Document("page", key, title, **fields)  # type: ignore[arg-type]


def keys(engine: Whoosh, text: str) -> list[str]:
    return engine.match(parse(text)).keys("page")


class TestMatching:
    @pytest.mark.parametrize(
        "text",
        ["http-client", "HttpClient", "httpclient", "http client", "client", "clients", "cli", "HTTP", "ht"],
    )
    def test_an_identifier_is_found_by_its_parts_forms_and_beginnings(self, engine: Whoosh, text: str) -> None:
        engine.put([page("1", "http-client"), page("2", "parser")])
        assert keys(engine, text) == ["1"]

    def test_an_identifier_written_together_is_found_by_its_parts(self, engine: Whoosh) -> None:
        engine.put([page("1", "httpclient")])
        assert keys(engine, "http-client") == ["1"]

    def test_a_beginning_is_not_found_in_the_middle_of_a_word_nor_in_a_body(self, engine: Whoosh) -> None:
        engine.put([page("1", "parser", body="kubernetes")])
        assert keys(engine, "arser") == []
        assert keys(engine, "kuber") == []

    def test_a_body_is_found_by_forms_of_its_words(self, engine: Whoosh) -> None:
        engine.put([page("1", "parser", body="It connects to databases.")])
        assert keys(engine, "database connection") == ["1"]

    def test_all_words_must_be_there(self, engine: Whoosh) -> None:
        engine.put([page("1", "red", summary="green"), page("2", "red")])
        assert keys(engine, "red green") == ["1"]

    def test_the_words_of_a_phrase_follow_one_another(self, engine: Whoosh) -> None:
        engine.put([page("1", "a", summary="dead letter queue"), page("2", "b", summary="letter to the dead")])
        assert keys(engine, '"dead letter"') == ["1"]
        assert set(keys(engine, "dead letter")) == {"1", "2"}

    def test_a_word_in_quotes_finds_no_longer_one(self, engine: Whoosh) -> None:
        engine.put([page("1", "parse"), page("2", "parsecs")])
        assert keys(engine, '"parse"') == ["1"]

    def test_kinds_are_told_apart(self, engine: Whoosh) -> None:
        engine.put([page("1", "kafka"), Document("note", "1", "kafka")])
        assert engine.match(parse("kafka"), kinds={"note"}).keys("note") == ["1"]
        assert engine.match(parse("kafka"), kinds={"note"}).keys("page") == []

    @pytest.mark.parametrize("text", ["全文", "搜索", "Жук", "naïve", "naive", "ﬁle", "𝓀afka"])
    def test_other_scripts_are_found(self, engine: Whoosh, text: str) -> None:
        engine.put([page("1", "全文搜索 жук naïve file kafka")])
        assert keys(engine, text) in (["1"], [])
        assert keys(engine, text.casefold()) == keys(engine, text)

    @pytest.mark.parametrize("text", ["", "\x00", "\ud800", "*", "(((", "a:b AND", "z" * 100_000, "a " * 50_000])
    def test_no_question_breaks_it(self, engine: Whoosh, text: str) -> None:
        engine.put([page("1", "kafka")])
        assert keys(engine, text) == []
        assert engine.complete(parse(text)).hits == ()
        engine.spellings(parse(text))

    def test_no_document_breaks_it(self, engine: Whoosh) -> None:
        odd = ["", "\x00\ud800", "\u202e", "x" * 100_000, "🦀", "a\u0300" * 999]
        engine.put(
            [
                page(str(n), text, summary=text, names=(text,), topics=(text,), body=text)
                for n, text in enumerate(odd)
            ]
        )
        assert engine.ready().documents == len(odd)

    def test_more_than_the_limit_is_cut(self, engine: Whoosh) -> None:
        engine.put([page(str(n), "kafka") for n in range(5)])
        matches = engine.match(parse("kafka"), limit=3)
        assert len(matches.hits) == 3
        assert matches.cut


class TestRanking:
    def test_the_title_comes_before_names_summary_and_body(self, engine: Whoosh) -> None:
        engine.put(
            [
                page("body", "one", body="kafka kafka kafka"),
                page("summary", "two", summary="speaks kafka"),
                page("topic", "three", topics=("kafka",)),
                page("within", "tools for kafka"),
                page("begins", "kafka tools"),
                page("name", "four", names=("kafka",)),
                page("exact", "Kafka"),
            ]
        )
        assert keys(engine, "kafka") == ["exact", "name", "begins", "within", "topic", "summary", "body"]

    def test_a_boost_decides_among_equals(self, engine: Whoosh) -> None:
        engine.put([page("1", "kafka tools"), page("2", "kafka tools", boost=1.5)])
        assert keys(engine, "tools") == ["2", "1"]


class TestSuggestions:
    def test_every_word_may_be_a_beginning(self, engine: Whoosh) -> None:
        engine.put([page("1", "Kafka dead letters", body="storage"), page("2", "Kata")])
        assert engine.complete(parse("ka", typing=True)).keys("page") == ["2", "1"]
        assert engine.complete(parse("kaf de", typing=True)).keys("page") == ["1"]
        assert engine.complete(parse("stor", typing=True)).keys("page") == []

    @pytest.mark.parametrize(
        ("typed", "meant"), [("kafak", "kafka"), ("httpcleint", "httpclient"), ("parsr kafka", "parser kafka")]
    )
    def test_a_slip_is_corrected_by_the_words_of_the_index(self, engine: Whoosh, typed: str, meant: str) -> None:
        engine.put([page("1", "Kafka parser"), page("2", "http-client")])
        taught = {word: len(matches.hits) for word, matches in engine.spellings(parse(typed)).items()}
        known = WordList({word: count for word, count in taught.items() if count})
        assert corrections(parse(typed).all_words, known)[0] == meant

    def test_bodies_teach_no_spelling(self, engine: Whoosh) -> None:
        engine.put([page("1", "one", body="kafka")])
        assert {word: matches.hits for word, matches in engine.spellings(parse("kafak")).items()} == {"kafak": ()}

    def test_a_word_is_taught_by_those_who_have_it_whole(self, engine: Whoosh) -> None:
        engine.put(
            [page("1", "Kafka"), page("2", "Kafkaesque", body="kafka"), page("3", "two", topics=("kafka",))]
        )
        assert sorted(engine.spellings(parse("kafak"))["kafka"].keys("page")) == ["1", "3"]


class TestWriting:
    def test_a_changed_document_replaces_the_old_one(self, engine: Whoosh) -> None:
        engine.put([page("1", "old")])
        assert keys(engine, "old") == ["1"]
        engine.put([page("1", "fresh")])
        assert keys(engine, "old") == []
        assert keys(engine, "fresh") == ["1"]

    def test_a_removed_document_is_never_returned(self, engine: Whoosh) -> None:
        engine.put([page(str(n), "kafka", summary="dead letter") for n in range(4)])
        assert len(keys(engine, "kafka")) == 4
        engine.remove("page", ["1", "unknown"])
        for text in ("kafka", '"dead letter"', "dead"):
            assert sorted(keys(engine, text)) == ["0", "2", "3"]
        assert sorted(engine.complete(parse("kaf")).keys("page")) == ["0", "2", "3"]

    def test_another_object_sees_what_was_written(self, engine: Whoosh, folder: Path) -> None:
        reader = Whoosh(folder)
        assert keys(reader, "kafka") == []
        engine.put([page("1", "kafka")])
        assert keys(reader, "kafka") == ["1"]

    def test_the_folder_is_private(self, engine: Whoosh, folder: Path) -> None:
        assert folder.stat().st_mode & 0o777 == 0o700

    def test_the_versions_of_the_past_are_swept(self, engine: Whoosh, folder: Path) -> None:
        for _ in range(4):
            engine.rebuild([page("1", "kafka")])
        assert len(list(folder.glob("v-*"))) == 2

    def test_a_rebuild_that_fails_leaves_the_live_index(self, engine: Whoosh) -> None:
        engine.put([page("1", "kafka")])

        def broken() -> object:
            yield page("2", "kafka")
            raise RuntimeError

        with pytest.raises(RuntimeError):
            engine.rebuild(broken())  # type: ignore[arg-type]
        assert keys(engine, "kafka") == ["1"]

    def test_who_cannot_write_in_time_is_told(
        self, engine: Whoosh, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("search.engines.whoosh.WAIT", 0.05)
        with held(folder / "write.lock", seconds=0), pytest.raises(Busy):
            engine.put([page("1", "kafka")])


class TestDamage:
    def test_a_missing_index_is_noticed(self, folder: Path) -> None:
        engine = Whoosh(folder)
        assert not engine.ready().usable
        with pytest.raises(Unavailable):
            keys(engine, "kafka")
        with pytest.raises(Unavailable):
            engine.put([page("1", "kafka")])

    # Whoosh leaves files open when it fails to read one.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    @pytest.mark.parametrize("pattern", ["*.trm", "*.pst", "*.toc", "manifest.json"])
    @pytest.mark.parametrize("damage", ["cut", "gone", "zeros"])
    def test_a_torn_file_is_noticed_and_a_rebuild_heals_it(
        self, engine: Whoosh, folder: Path, pattern: str, damage: str
    ) -> None:
        engine.put([page("1", "kafka")])
        [torn] = (folder / "live").glob(pattern)
        whole = torn.read_bytes()
        if damage == "gone":
            torn.unlink()
        else:
            torn.write_bytes(whole[: len(whole) // 2] if damage == "cut" else bytes(len(whole)))
        again = Whoosh(folder)
        with pytest.raises(Unavailable):
            keys(again, "kafka")
        assert not again.ready().usable
        again.rebuild([page("1", "kafka")])
        assert again.ready().usable
        assert keys(again, "kafka") == ["1"]

    def test_an_index_of_another_release_is_noticed(
        self, engine: Whoosh, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("search.engines.whoosh.LAYOUT", 99)
        assert "another release" in Whoosh(folder).ready().detail

    def test_a_writer_stopped_before_its_manifest_is_noticed(
        self, engine: Whoosh, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("search.engines.folder.Folder.close", lambda *_: None)
            engine.put([page("1", "kafka")])
        assert not Whoosh(folder).ready().usable
        with pytest.raises(Unavailable, match="half-way"):
            engine.put([page("2", "kafka")])


def write(folder: Path, name: str, count: int) -> None:
    engine = Whoosh(folder)
    for n in range(count):
        engine.put([page(f"{name}{n}", "kafka")])


class TestTogether:
    def test_writers_of_several_processes_lose_nothing(self, engine: Whoosh, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        writers = [context.Process(target=write, args=(folder, name, 5)) for name in "ab"]
        for writer in writers:
            writer.start()
        write(folder, "c", 5)
        for writer in writers:
            writer.join(60)
            assert writer.exitcode == 0
        assert len(keys(engine, "kafka")) == 15

    def test_a_killed_writer_does_no_harm(self, engine: Whoosh, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        engine.put([page("first", "kafka")])
        writer = context.Process(target=write, args=(folder, "k", 100_000))
        writer.start()
        while len(keys(engine, "kafka")) < 3:
            assert writer.is_alive()
        writer.kill()
        writer.join(60)
        after = Whoosh(folder)
        if not after.ready().usable:  # Stopped between a commit and its manifest: noticed, and built afresh.
            after.rebuild([page("first", "kafka")])
        after.put([page("last", "kafka")])
        assert {"first", "last"} <= set(keys(after, "kafka"))

    def test_readers_are_answered_while_versions_are_swapped_and_documents_written(self, engine: Whoosh) -> None:
        documents = [page(str(n), "kafka", summary=f"number {n}") for n in range(20)]
        engine.rebuild(documents)
        done, wrong = threading.Event(), list[object]()

        def read() -> None:
            while not done.is_set():
                try:
                    found = keys(engine, "kafka")
                except Exception as error:
                    wrong.append(error)
                else:
                    wrong.extend([found] if len(found) != 20 else [])

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        try:
            for _ in range(5):
                engine.rebuild(documents)
                engine.put(documents[:3])
        finally:
            done.set()
            for reader in readers:
                reader.join(60)
        assert wrong == []
