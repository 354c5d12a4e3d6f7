import pytest

from catalog.findings import first_sentence


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
    assert first_sentence(markup) == words


def test_a_long_sentence_ends_at_a_word() -> None:
    words = first_sentence(f"<p>{'gears and bolts ' * 40}</p>")
    assert len(words) <= 202 and words.endswith((" gears …", " and …", " bolts …"))
