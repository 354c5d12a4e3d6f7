"""A newcomer's questions are answered by the sections of a guide, found by their headings."""

from catalog.guides.render import render
from catalog.guides.sections import TOPICS, find_sections, topic_of

GUIDE = """\
# Contributing to the ledger

Welcome!

## Getting started

Install it.

### Prerequisites

Java 21.

## Running the tests

`make test`

<div>

## How we review

Within two days.

</div>

## Who decides

The ledger team.

## Chat

Ask in #ledger.
"""


def sections(text, path="CONTRIBUTING.md"):
    rendered = render(text, path=path, link_base="/f/", image_base="/r/")
    return {section.topic: section for section in find_sections(rendered.html)}


def test_each_question_finds_its_section():
    found = sections(GUIDE)
    assert {topic: section.title for topic, section in found.items()} == {
        "setup": "Getting started",
        "test": "Running the tests",
        "review": "How we review",
        "decide": "Who decides",
        "talk": "Chat",
    }
    assert found["setup"].anchor == "guide-getting-started"
    assert set(found) <= set(TOPICS)


def test_a_section_holds_its_sub_sections_and_ends_at_the_next():
    html = sections(GUIDE)["setup"].html
    assert "Java 21." in html
    assert "make test" not in html


def test_a_torn_element_is_closed():
    html = sections(GUIDE)["review"].html
    assert html.count("<div") == html.count("</div>")
    assert "Within two days." in html


def test_code_keeps_its_colours_and_links_their_targets():
    text = "# x\n\n## Testing\n\n[how](docs/t.md) [out](https://x)\n\n```python\nimport a\n```\n\n- [ ] open\n"
    html = sections(text)["test"].html
    assert '<span class="kn">import</span>' in html
    assert 'href="/f/docs/t.md"' in html
    assert 'rel="nofollow noopener"' in html
    assert 'aria-label="to do"' in html


def test_restructured_text_is_cut_as_well():
    text = "Guide\n=====\n\nTesting\n-------\n\nRun it.\n\nStyle\n-----\n\nBlack.\n"
    assert sections(text, "CONTRIBUTING.rst")["test"].html == "<p>Run it.</p>"


def test_a_guide_without_known_headings_has_no_sections():
    assert sections("# Contributing\n\nJust do.\n") == {}
    assert sections("") == {}


def test_usual_headings_are_known():
    known = {
        "Setting up your development environment": "setup",
        "Prerequisites": "setup",
        "Building": "build",
        "Run the test suite": "test",
        "Code style": "style",
        "Commit messages": "style",
        "Pull Request Guidelines": "submit",
        "Submitting a change": "submit",
        "Code review process": "review",
        "Issue Reporting Guidelines": "report",
        "Getting help": "talk",
        "Maintainers": "decide",
        "Good first issues": "wanted",
        "What we are looking for": "wanted",
        "License": "licence",
        "API": None,
    }
    assert {title: topic_of(title) for title in known} == known


def test_a_heading_that_says_nothing_is_known_by_its_commands():
    found = sections("# Contributing\n\nHi.\n\n## Hacking\n\n```sh\n$ npm ci\nnpm test  # fast\n```\n")
    assert found["setup"].title == found["test"].title == "Hacking"
    assert found["test"].commands == ("npm ci", "npm test")


def test_a_named_section_answers_what_its_commands_do_as_well():
    found = sections("# C\n\nHi.\n\n## Setting up\n\n```sh\nmake setup\nmake test\n```\n")
    assert found["test"].html == found["setup"].html


def test_a_text_without_sections_is_searched_by_paragraph():
    found = sections("# Contributing\n\nBe kind.\n\nBuild: `./gradlew test`. Ask Grace.\n")
    assert set(found) == {"test"}
    assert "Be kind" not in found["test"].html
    assert (found["test"].title, found["test"].anchor) == ("", "")


def test_a_readme_tells_how_to_use_a_thing_first():
    rendered = render("# W\n\nx\n\n## Installation\n\npip\n", path="README.md", link_base="/f/", image_base="/r/")
    assert [each.topic for each in find_sections(rendered.html, for_users=True)] == ["use"]
    assert [each.topic for each in find_sections(rendered.html)] == ["setup"]


def test_a_hostile_number_of_headings_and_lines_is_bounded():
    html = "".join(f'<h3 id="guide-{n}">x{n}</h3><pre><code>ls\n</code></pre>' for n in range(5_000))
    assert find_sections(html) == ()


def test_a_part_that_answers_a_question_of_its_own_is_not_shown_twice():
    text = "# C\n\nHi.\n\n## Submitting\n\nBe nice.\n\n### Testing\n\nRun it.\n\n### Names\n\nShort.\n"
    found = sections(text)
    assert found["test"].html == "<p>Run it.</p>"
    assert "Run it." not in found["submit"].html
    assert "Be nice." in found["submit"].html
    assert "Short." in found["submit"].html


def test_a_heading_with_nothing_below_it_answers_nothing():
    assert sections("# C\n\nHi.\n\n## Testing\n\n## How to run tests\n\nSo.\n")["test"].title == "How to run tests"
