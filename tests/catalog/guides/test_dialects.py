"""Documents of MkDocs, MyST and Sphinx read as their authors meant them, without their builds."""

from __future__ import annotations

import time

import pytest

from catalog.guides.dialects import github_dialect
from catalog.guides.markup import restructured_text
from catalog.guides.render import FALLBACK, render


def html(text: str, path: str = "docs/a.md") -> str:
    return render(text, path=path, link_base="/l/", image_base="/i/").html


class TestMarkdown:
    def test_admonitions_of_mkdocs_are_notices(self) -> None:
        shown = html('!!! warning "Hot & <b>"\n    Do not *touch*.\n\n    - it\n\nAfter.\n')
        assert '<div class="notice caution">\n<p class="notice-title">Hot &amp; &lt;b&gt;</p>' in shown
        assert "<em>touch</em>" in shown
        assert shown.index("<li>it</li>") < shown.index("</div>") < shown.index("After.")

    def test_they_nest_and_fold(self) -> None:
        shown = html("??? note\n    a\n\n    !!! tip\n        b\n")
        assert shown.count('class="notice ') == 2

    def test_tabs_become_parts_with_a_name(self) -> None:
        shown = html('=== "Linux"\n\n    ```sh\n    make\n    ```\n\n=== "Mac"\n\n    brew\n')
        assert "<strong>Linux</strong>" in shown
        assert "make" in shown
        assert "<p>brew</p>" in shown

    @pytest.mark.parametrize("text", ["```{note}\nhot\n```", ":::{note}\nhot\n:::", ":::note\nhot\n:::"])
    def test_directives_are_notices(self, text: str) -> None:
        shown = html(text + "\n\nAfter.\n")
        assert '<div class="notice info">\n<p class="notice-title">Note</p>\n<p>hot</p>\n</div>' in shown
        assert "<p>After.</p>" in shown

    def test_directives_that_name_versions_pictures_and_code(self) -> None:
        assert "New in version 8.1" in html("```{versionadded} 8.1\nWords.\n```\n")
        assert 'src="/i/docs/x.png"' in html("```{image} x.png\n:width: 5\n```\n")
        assert '<span class="kn">import</span>' in html("```{code-block} python\n:linenos:\nimport x\n```\n")

    def test_what_only_a_build_knows_stays_readable_or_goes(self) -> None:
        assert "import click" in html("```{click:example}\nimport click\n```\n")
        assert "autoclass" in html("```{eval-rst}\n.. autoclass:: X\n```\n")
        assert "toctree" not in html("Words.\n\n```{toctree}\na\nb\n```\n")

    def test_labels_roles_and_own_ids(self) -> None:
        assert "(x)=" not in html("(x)=\n# T\n")
        assert "<code>Command</code>" in html("See {class}`~Command`.\n")
        assert 'id="guide-own"' in html("## Head {#own .x}\n\n[there](#own)\n")
        assert "{" not in html("## Head { #own }\n")

    def test_code_stays_as_it_was_written(self) -> None:
        text = "```md\n!!! note\n    {role}`x`\n(a)=\n```\n"
        assert github_dialect(text) == text

    def test_a_readme_without_such_words_is_not_touched(self) -> None:
        text = "# A\n\nWords: {x} and === and !!\n"
        assert github_dialect(text) is text

    @pytest.mark.parametrize(
        "line",
        ["!!! note\n", "```{note}\n", ":::note\n", " " * 2_000 + "}\n", '=== "a"\n', "{#" * 900 + "}\n",
         "{a}`" * 400,
         "    " * 30 + "!!! note\n", "??? a " + "b " * 900 + "\n", ":::" * 600 + "\n"],
    )  # fmt: skip
    def test_no_text_makes_it_slow(self, line: str) -> None:
        text = line * (400_000 // len(line))
        started = time.process_time()
        github_dialect("!!!\n" + text)
        assert time.process_time() - started < 15


class TestRestructuredText:
    def test_code_keeps_its_place_whatever_its_options(self) -> None:
        shown = html(".. code-block:: python\n   :caption: x\n   :new: y\n\n   import x\n", "a.rst")
        assert '<span class="kn">import</span>' in shown

    def test_versions_and_hints_are_notices(self) -> None:
        shown = html(".. versionadded:: 8.1 With *it*.\n\n.. seealso:: :doc:`Use <use>`\n", "docs/a.rst")
        assert "New in version 8.1" in shown
        assert '<a href="/l/docs/use.rst">Use</a>' in shown

    def test_tabs_and_descriptions_keep_their_words(self) -> None:
        shown = html(
            ".. tab-set::\n\n   .. tab-item:: A\n\n      one\n\n.. py:function:: f(x)\n\n   does\n", "a.rst"
        )
        for words in ("<strong>A</strong>", "<p>one</p>", "<code>f(x)</code>", "<p>does</p>"):
            assert words in shown

    def test_what_comes_from_the_code_is_named(self) -> None:
        assert "<code>automodule ledger</code>" in html(".. automodule:: ledger\n   :members:\n", "a.rst")

    def test_what_nobody_knows_is_told(self) -> None:
        shown = html("T\n=\n\n.. chart:: <x>\n\n   words\n", "a.rst")
        assert "only the project's own build can draw it:</em> <code>chart</code>" in shown
        assert "Left out" not in html(".. note:: x\n\n.. image:: y\n", "a.rst")

    @pytest.mark.parametrize(
        "name",
        [
            "raw:: html",
            "include:: /etc/passwd",
            "literalinclude:: /etc/passwd",
            "csv-table::\n   :file: /etc/passwd",
        ],
    )
    def test_files_and_raw_html_stay_outside(self, name: str) -> None:
        shown = html(f"T\n=\n\n.. {name}\n\n   <script>x</script>\n", "a.rst")
        assert "root:" not in shown
        assert "<script" not in shown

    def test_a_reader_that_fails_ends_no_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("docutils.parsers.rst.Parser.parse", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restructured_text("x")
        assert render("x", path="a.rst", link_base="/", image_base="/").note == FALLBACK
