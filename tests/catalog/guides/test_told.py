"""What a README and a contribution guide tell, by section."""

from catalog.guides.render import render
from catalog.guides.told import contributing_tells, mentioned, readme_tells

README = """\
# Ledger

A ledger that never loses a cent of anybody.

## Quick start

Run it.

## Getting help

Ask in #ledger.

## Running the tests

`make test`
"""


def html(text: str) -> str:
    return render(text, path="README.md", link_base="/f/", image_base="/r/").html


def test_a_readme_says_what_it_is_how_to_use_it_and_how_to_get_help() -> None:
    told = readme_tells(html(README))
    assert told == {"what": "", "use": "Quick start", "setup": "Quick start", "help": "Getting help",
                    "test": "Running the tests"}  # fmt: skip


def test_a_heading_without_a_text_tells_nothing() -> None:
    told = readme_tells(html("# A\n\n## Usage\n\n## About\n\nWords.\n\n## Support\n"))
    assert told == {"what": "About"}


def test_a_bare_title_says_nothing() -> None:
    assert readme_tells(html("# Ledger\n")) == {}
    assert readme_tells("") == {}


def test_a_guide_tells_how_to_set_up_test_submit_and_review() -> None:
    parts = {"Set up": "A", "Regression tests": "B", "Pull requests": "C", "Reviews": "D"}
    guide = "# Contributing\n\n" + "".join(f"## {title}\n\n{text}.\n\n" for title, text in parts.items())
    assert contributing_tells(html(guide)) == {
        "setup": "Set up",
        "test": "Regression tests",
        "submit": "Pull requests",
        "review": "Reviews",
    }


def test_many_headings_cost_little() -> None:
    told = readme_tells(html("# T\n\n" + "## Usage\n" * 5_000))
    assert "use" not in told


def test_a_guide_without_headings_mentions_what_it_says() -> None:
    text = "Fork it, run cargo test and open a pull request. Somebody reviews it. pip install -e . sets it up."
    assert mentioned(text) == ("setup", "test", "submit", "review")
    assert mentioned("We are glad that you are here.") == ()


def test_help_on_an_option_is_no_way_to_get_help() -> None:
    assert "help" not in readme_tells(html("# A\n\n## Highlighting --help messages\n\nWords.\n"))
    for title in ("Getting help", "Support", "Questions?", "Reporting bugs", "Community", "Contact us"):
        assert "help" in readme_tells(html(f"# A\n\n## {title}\n\nWords.\n")), title
