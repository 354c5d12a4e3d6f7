"""A documentation that is meant to hurt whoever reads, orders, renders or searches it."""

import json

from tests.hostile.corpus.readmes import XSS
from tests.hostile.corpus.writer import README, case, scaled, simple

NASTY = '"><script>alert(1)</script>'


def notebook(vector):
    """The vector in every place of a notebook that a page shows.

    What is shown as it was written holds no forms, for a page is searched for their words.
    """
    words = "words" if vector.startswith(("<form", "<input", "<div")) else vector
    cells = [
        {"cell_type": "markdown", "source": vector, "attachments": {"a.png": {"image/png": vector}}},
        {
            "cell_type": "code",
            "execution_count": vector,
            "source": words,
            "outputs": [
                {"output_type": "stream", "text": words},
                {"output_type": "error", "traceback": [words], "ename": words},
                {"output_type": "display_data", "data": {"text/html": vector, "text/plain": words}},
                {"output_type": "display_data", "data": {"image/png": vector, "text/plain": words}},
                {"output_type": "display_data", "data": {"text/markdown": vector}},
                {"output_type": "display_data", "data": {words: words}},
            ],
        },
    ]
    about = {"language_info": {"name": vector}, "kernelspec": {"language": vector}}
    return json.dumps({"nbformat": 4, "metadata": about, "cells": cells})


@case(
    "ok",
    "documents, notebooks, records and a changelog of 24 markup vectors, with a nav of nonsense, bombs and circles",
    "every page 200, < 1 MB, < 3 s; nothing in it acts; no request leaves",
)
def documents(p):
    n = scaled(20000)
    nav = f"- {json.dumps(NASTY)}: javascript:alert(1)\n- X: ../../../etc/passwd\n- Y: https://evil.example/{NASTY}\n"
    files = [(f"docs/{number:02}.md", vector + "\n") for number, vector in enumerate(XSS)]
    files += [(f"docs/{number:02}.ipynb", notebook(vector)) for number, vector in enumerate(XSS)]
    files += [(f"docs/adr/{n:04}-x.md", f"# {v}\n\nStatus: superseded by [x]({v})\n") for n, v in enumerate(XSS)]
    simple(
        p,
        [
            README,
            ("mkdocs.yml", f"nav:\n- index.md\n{nav}" + "- a: " + "[" * 30 + "]" * 30 + "\n"),
            ("docs/index.md", f"# {NASTY}\n\n```{{toctree}}\n:glob:\n*\n../../*\n{NASTY} <index>\nindex\n```\n"),
            ("docs/open.md", "```{toctree}\n" * n),
            ("docs/notes.md", "!!! note\n" + "    !!! note\n" * n),
            ("docs/deep.ipynb", '{"cells":' * n),
            ("docs/titles.md", "# " + "[" * n + "\n" + "<!--" * n),
            ("docs/circle.rst", ".. toctree::\n   :glob:\n\n" + "   *\n" * n),
            (
                "CHANGELOG.md",
                "# Changes\n\n" + "\n\n".join(f"## 1.{i} {v}\n\n{v}" for i, v in enumerate(XSS)) + "\n",
            ),
            *files,
        ],
    )
