"""Notebooks of strangers are read, never run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.guides.render import FALLBACK, TOO_LARGE, Rendered, render
from tests.catalog.guides.test_render import IMAGES, LINKS, VECTORS, Elements

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shown(*cells: Any, **more: Any) -> Rendered:
    return read(json.dumps({"nbformat": 4, "cells": cells, "metadata": {}, **more}))


def read(text: str) -> Rendered:
    return render(text, path="work/a.ipynb", link_base=LINKS, image_base=IMAGES)


def prose(text: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text.splitlines(keepends=True), **more}


def code(source: str, *outputs: Any, number: int | None = 1) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": number, "source": source, "outputs": outputs}


def result(**said: Any) -> dict[str, Any]:
    data = {name.replace("_", "/"): value for name, value in said.items()}
    return {"output_type": "display_data", "data": data}


def test_prose_and_code_are_shown_in_their_order() -> None:
    rendered = shown(prose("# Rates\n\nSee [there](b.md)."), code("import ledger\n"), prose("## Then"))
    assert rendered.title == "Rates"
    assert [entry.title for entry in rendered.toc] == ["Rates", "Then"]
    assert f'href="{LINKS}work/b.md"' in rendered.html
    assert '<p class="cell-mark">In [1]</p>' in rendered.html
    assert '<span class="kn">import</span>' in rendered.html
    assert "Rates See there. In [1] import ledger Then" in rendered.plain_text


def test_the_language_is_that_of_the_kernel() -> None:
    html = shown(code("fn main() {}"), metadata={"kernelspec": {"language": "rust"}}).html
    assert '<span class="k">fn</span>' in html


def test_words_of_a_run_lose_the_colours_of_terminals() -> None:
    error = {"output_type": "error", "traceback": ["\x1b[0;31mValueError\x1b[0m: <b>no</b>"]}
    html = shown(code("x", {"output_type": "stream", "text": ["a\n", "b\n"]}, error)).html
    assert "a\nb" in html
    assert "ValueError: &lt;b&gt;no&lt;/b&gt;" in html
    assert 'class="cell-error"' in html


def test_pictures_stand_in_the_page() -> None:
    html = shown(code("plot()", result(image_png=PNG, text_plain="<Figure>"))).html
    assert Elements(html).named("img")[0]["src"] == f"data:image/png;base64,{PNG}"
    assert Elements(html).named("img")[0]["alt"] == "<Figure>"


def test_a_picture_may_be_attached_to_prose() -> None:
    attached = prose("![it](attachment:a.png)", attachments={"a.png": {"image/png": PNG}})
    assert Elements(shown(attached).html).named("img")[0]["src"].endswith(PNG)


def test_only_so_much_is_spent_on_pictures() -> None:
    html = shown(*(code("x", result(image_png="A" * 1_500_000)) for _ in range(3))).html
    assert len(Elements(html).named("img")) == 1
    assert "this notebook holds many" in html
    assert len(html) < 1_600_000


@pytest.mark.parametrize(
    "data", ['A" onerror="alert(1)', "javascript:alert(1)", "", "A=A", ["A", 5, '"><script>'], {"a": 1}]
)
def test_a_picture_is_base64_or_none(data: Any) -> None:
    html = shown(code("x", result(image_png=data))).html
    assert all(attrs["src"] == "data:image/png;base64,A" for attrs in Elements(html).named("img"))
    assert "onerror" not in html
    assert "script" not in html


def test_pictures_with_script_are_not_shown() -> None:
    said = {"image/svg+xml": "<svg onload=alert(1)>"}
    html = shown(code("x", {"output_type": "display_data", "data": said})).html
    assert "<svg" not in html
    assert "An output of the kind image/svg+xml is not shown." in html


def test_pictures_inside_addresses_are_for_notebooks_only() -> None:
    picture = f"![x](data:image/png;base64,{PNG})"
    assert "data:" not in render(picture, path="README.md", link_base=LINKS, image_base=IMAGES).html
    assert "data:" not in shown(prose("[x](data:text/html;base64,PHNjcmlwdD4=)")).html


def test_tables_of_html_stay_tables() -> None:
    table = "<style>td {color: red}</style><table border=1><tr><td onclick=x>5</td></tr></table>"
    html = shown(code("df", result(text_html=table, text_plain="5"))).html
    assert "<td>5</td>" in html
    assert "color" not in html


def test_what_needs_a_script_says_so_and_shows_its_words() -> None:
    html = shown(code("chart", result(text_html="<script>draw()</script>", text_plain="<Chart>"))).html
    assert "An output that needs a script is not shown." in html
    assert "&lt;Chart&gt;" in html
    assert "draw" not in html


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors_end_in_every_kind_of_cell(vector: str) -> None:
    cells = (prose(vector), code(vector, result(text_html=vector)), code("x", result(text_markdown=vector)))
    for cell in cells:
        for tag, attrs in Elements(shown(cell).html).found:
            assert tag not in ("script", "iframe", "svg", "form", "style", "object")
            assert not any(name.startswith("on") or name == "style" for name in attrs)
            for name in ("href", "src"):
                assert "script:" not in attrs.get(name, "").lower()
                assert not attrs.get(name, "").startswith("data:text")


@pytest.mark.parametrize(
    "open_ended", ["<!-- ", "<script>", "<textarea>", "<details><pre>", "<a href='", "</div></div>"]
)
def test_no_cell_swallows_the_next_one(open_ended: str) -> None:
    html = shown(prose(open_ended), code("x", result(text_html=open_ended)), prose("# After")).html
    assert Elements(html).named("h2") != []
    assert html.count("<div") == html.count("</div>")


def test_the_third_format_is_read_too() -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Old"]},
        {"cell_type": "code", "language": "python", "prompt_number": 7, "input": "import x",
         "outputs": [{"output_type": "pyout", "png": PNG, "text": ["t"]}]},
    ]  # fmt: skip
    rendered = read(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))
    assert rendered.title == "Old"
    assert "In [7]" in rendered.html
    assert len(Elements(rendered.html).named("img")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "5",
        '{"cells": 5}',
        '{"worksheets": [5]}',
        "[" * 100_000,
        '{"cells": ' * 5_000,
        "x" * 600_000,
    ],
)
def test_what_is_no_notebook_is_shown_as_written(text: str) -> None:
    rendered = read(text)
    assert rendered.note.startswith(FALLBACK) or rendered.html in ("", rendered.html)
    assert "<pre" in rendered.html or not text or "worksheets" in text


@pytest.mark.parametrize("cell", [None, 5, [], {"cell_type": []}, {"source": {}}, code("x", 5, None, {"data": 5})])
def test_odd_cells_do_no_harm(cell: Any) -> None:
    assert "After" in shown(cell, prose("# After")).html


def test_escapes_bring_no_control_characters_back() -> None:
    html = read('{"cells": [{"cell_type": "code", "source": "a\\u0000\\ud800\\u202eb"}]}').html
    assert "ab" in html
    odd = "\x00\x07\ud800"
    picture = {"output_type": "display_data", "data": {"image/png": PNG, "text/plain": odd}}
    cells = (
        prose(f"![{odd}](attachment:{odd}a.png) {odd}"),
        code(odd, picture, result(text_html=odd, text_plain=odd)),
    )
    for cell in cells:
        html = shown(cell).html
        assert html.encode()
        assert "\x00" not in html
        assert "\x07" not in html


def test_endless_notebooks_are_cut_and_say_so() -> None:
    rendered = shown(*[prose("word")] * 1_200)
    assert rendered.html.count("word") == 1_000
    assert "Only the first 1,000 of 1,200 cells are shown." in rendered.html
    assert "Only the first 50 of 60 outputs" in shown(code("x", *[result(text_plain="y")] * 60)).html
    assert "The beginning of a long output is left out." in shown(code("x", result(text_plain="z" * 30_000))).html


def test_one_that_is_too_large_shows_its_beginning() -> None:
    rendered = read('{"cells": [' + " " * 8_500_000)
    assert rendered.note == TOO_LARGE
    assert len(rendered.html) < 600_000
