import pytest

from catalog.guides.summary import description, summarise


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<h1>Widget</h1><p>Turns gears into widgets. And more.</p>", "Turns gears into widgets."),
        (
            "<p><a href='x'>Build Status</a> <a href='y'>npm</a></p><p>Turns <b>gears</b> &amp; bolts</p>",
            "Turns gears & bolts",
        ),
        ("<p><sup>With thanks to our sponsors.</sup></p>", ""),
        ("<p>Made for <a href='x'>Node.js</a> and others.<br>Soon more.</p>", "Made for Node.js and others."),
        ("<pre><code>pip install widget from here</code></pre>", ""),
        ("<p>Short.</p>", ""),
        ("", ""),
    ],
)
def test_the_first_sentence_of_a_readme_is_no_badge(markup: str, words: str) -> None:
    assert summarise(markup) == words


@pytest.mark.parametrize(
    "poor",
    [
        "<p>This README is just a quick start.</p>",
        "<p>Video introduction: <a href='x'>A talk on how widgets are made and sold</a></p>",
        "<p>See the <a href='x'>website</a> for documentation.</p>",
        "<blockquote><p>Note This describes version 3 of it.</p></blockquote>",
        "<ul><li><p>Words that stand in a list.</p></li></ul>",
        "<h2>Donations</h2><h3>A fund</h3><p>Everybody lives on gifts.</p><h2>Widget</h2>",
    ],
)
def test_a_beginning_that_says_nothing_is_skipped(poor: str) -> None:
    assert summarise(f"<h1>Widget</h1>{poor}<p>Turns gears into widgets.</p>") == "Turns gears into widgets."


def test_a_manifest_beats_a_poor_beginning_only() -> None:
    poor = "<h1>Widget</h1><p>Please read the manual first.</p><p>By now it is old.</p>"
    assert (
        summarise(poor, described="Makes widgets") == summarise("", described="Makes widgets") == "Makes widgets"
    )
    assert summarise("<p>Turns gears into widgets.</p>", described="Makes widgets") == "Turns gears into widgets."


def test_a_title_that_is_a_sentence_speaks_when_the_text_does_not() -> None:
    title = "<h1><code>widget</code> makes <em>beautiful</em> gears turn</h1>"
    markup = f"{title}<p>This page is old.</p><p>So it is said.</p>"
    assert summarise(markup) == "widget makes beautiful gears turn"


def test_marks_of_other_markup_are_stripped() -> None:
    assert summarise("<p>Makes *beautiful* and `round` widgets of 2 * 3 gears</p>") == (
        "Makes beautiful and round widgets of 2 * 3 gears"
    )


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("pyproject.toml", '[project]\ndescription = "Makes\\n widgets"', "Makes widgets"),
        ("pyproject.toml", '[tool.poetry]\ndescription = "Makes widgets"', "Makes widgets"),
        ("Cargo.toml", '[package]\ndescription = "Makes widgets"', "Makes widgets"),
        ("package.json", '{"description": "Makes widgets"}', "Makes widgets"),
        ("package.json", '{"description": ["x"]}', ""),
        ("package.json", "[]", ""),
        ("Cargo.toml", "package = []", ""),
        ("pyproject.toml", "=", ""),
        ("setup.py", "description", ""),
    ],
)
def test_manifests_describe(path: str, content: str, words: str) -> None:
    assert description({path: content.encode()}) == words


def test_a_long_sentence_ends_at_a_word() -> None:
    words = summarise(f"<p>{'gears and bolts ' * 40}</p>")
    assert len(words) <= 202 and words.endswith((" gears …", " and …", " bolts …"))
