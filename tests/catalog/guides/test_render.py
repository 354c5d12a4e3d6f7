"""Markup of strangers becomes HTML that is safe, finds its way and never hangs.

Each vector is rendered alone, because several in one text hide each other, and judged by its parsed elements.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest

from catalog.guides import apart
from catalog.guides.code import Late, coloured_lines, highlight
from catalog.guides.links import Place
from catalog.guides.render import FALLBACK, LARGEST, Rendered, render, render_here

LINKS = "/projects/ledger/files/"
IMAGES = "/projects/ledger/raw/abc/"
TAGS = """
a abbr aside b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h2 h3 h4 h5
h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup table
tbody td tfoot th thead tr tt u ul var
"""
ATTRIBUTES = """
id class href title rel src alt width height align loading type disabled checked aria-label open start colspan
rowspan tabindex
"""
MAY_STAND = set(TAGS.split())
MAY_SAY = set(ATTRIBUTES.split())


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def shown(text, path="README.md", **more) -> Rendered:
    return render(text, path=path, link_base=LINKS, image_base=IMAGES, **more)


def elements(text, path="README.md"):
    return Elements(shown(text, path).html)


def assert_inert(html):
    for tag, attrs in Elements(html).found:
        assert tag in MAY_STAND, tag
        assert set(attrs) <= MAY_SAY, attrs
        for name in ("href", "src"):
            if name in attrs:
                assert attrs[name].startswith(
                    ("https://", "http://", "mailto:", "/projects/ledger/", "#guide-")
                ), attrs
        if "src" in attrs:
            assert attrs["src"].startswith(IMAGES), attrs
        if "id" in attrs:
            assert attrs["id"].startswith("guide-")
        if tag == "input":
            assert attrs["type"] == "checkbox"
            assert "disabled" in attrs


VECTORS = [
    "<script>fetch('/x')</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' style='position:fixed' srcset='//evil.example 2x'>",
    "<img src=javascript:alert(1)>",
    "<img src=data:image/svg+xml;base64,PHN2Zz4=>",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](<java\nscript:alert(1)>)",
    "[a](&#106;avascript:alert(1))",
    "[a](\x01javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "[a](file:///etc/passwd)",
    "[a](blob:https://x/1)",
    "<a href='jav&#x0A;ascript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<javascript:alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=9>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=/logout method=post><button>Continue</button></form>",
    "<input name=csrfmiddlewaretoken value=x>",
    "<input type=image src=//evil.example formaction=/x>",
    "<textarea></textarea><select><option>x</select>",
    "<div class='modal fixed inset-0 btn-danger' style='position:fixed;inset:0'>overlay</div>",
    "<style>body{display:none}</style>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<object data=x.swf></object><embed src=x.swf><applet code=x>",
    "<details open ontoggle=alert(1)>x</details>",
    "![track](http://169.254.169.254/pixel.png)",
    "![track](//evil.example/pixel.png)",
    "![track](\\\\evil.example/pixel.png)",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><script>alert(1)</script>-->",
    "<!--\n--!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "```<script>alert(1)</script>\nx\n```",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "<pre><code class='language-html'><script>alert(1)</script></code></pre>",
    "<pre><code class='language-\"><img src=x onerror=alert(1)>'>x</code></pre>",
    "- [ ] <script>alert(1)</script>",
    "# <img src=x onerror=alert(1)>",
    '# a"><script>alert(1)</script>',
    "<h1 id='x\"><script>alert(1)</script>'>x</h1>",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "> [!NOTE]\n> <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n|-|\n| <img src=x onerror=alert(1)> |",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](/a "t\\" onmouseover=alert(1) x=")',
    "<a href=x target=_blank ping=//evil.example download>x</a>",
    "<a id=document.cookie name=csrf_token>x</a>",
    "<div id=main-nav>x</div>",
    "<p hidden contenteditable tabindex=1 accesskey=x draggable=true>x</p>",
    "<div hx-get=/logout hx-trigger=load data-confirm=x data-hx-post=/x>x</div>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video><audio autoplay src=//evil.example>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "---\ntitle: <script>alert(1)</script>\n---\n\nx",
    "<img alt='\"><script>alert(1)</script>' src=https://evil.example/x>",
    "[![<script>alert(1)</script>](//evil.example/x.png)](javascript:alert(1))",
]


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("path", ["README.md", "README.rst", "README.adoc", "README.txt", "README"])
def test_markup_is_inert(vector, path):
    rendered = shown(vector, path)
    assert_inert(rendered.html)
    assert_inert(shown(f"text before\n\n{vector}\n\ntext after\n", path).html)


@pytest.mark.parametrize(
    "text",
    [
        ".. raw:: html\n\n   <script>alert(1)</script>\n",
        ".. include:: /etc/passwd\n",
        ".. literalinclude:: /etc/passwd\n",
        ".. csv-table:: x\n   :file: /etc/passwd\n",
        ".. figure:: javascript:alert(1)\n",
        ".. image:: x.png\n   :target: javascript:alert(1)\n",
        ".. |x| image:: https://evil.example/x.png\n\n|x|\n",
        "`x <javascript:alert(1)>`_\n",
        ".. role:: raw-html(raw)\n   :format: html\n\n:raw-html:`<script>alert(1)</script>`\n",
        ".. math:: <script>alert(1)</script>\n",
        ".. meta::\n   :http-equiv=refresh: 0;url=//evil.example\n",
        ".. class:: modal fixed\n\nx\n",
        ".. container:: modal\n   :name: main-nav\n\n   x\n",
        ".. code:: html\n\n   <script>alert(1)</script>\n",
    ],
)
def test_restructured_text_reaches_nothing(text):
    html = shown(text, "README.rst").html
    assert_inert(html)
    assert "root:" not in html
    assert "system-message" not in html


@pytest.mark.parametrize(
    ("path", "target", "leads_to"),
    [
        ("README.md", "docs/use.md", LINKS + "docs/use.md"),
        ("README.md", "./docs/use.md#set-up", LINKS + "docs/use.md#guide-set-up"),
        ("README.md", "/docs/use.md", LINKS + "docs/use.md"),
        ("sub/README.md", "docs/use.md", LINKS + "sub/docs/use.md"),
        ("sub/deep/README.md", "../x.md", LINKS + "sub/x.md"),
        ("sub/README.md", "..", LINKS),
        ("sub/README.md", "/x%20y.md?raw=1", LINKS + "x%20y.md"),
        ("README.md", "a/../b.md", LINKS + "b.md"),
        ("README.md", "#set-up", "#guide-set-up"),
        ("README.md", "https://corp.example/a?b=c#d", "https://corp.example/a?b=c#d"),
        ("README.md", "//corp.example/a", "https://corp.example/a"),
        ("README.md", "mailto:team@corp.example", "mailto:team@corp.example"),
        ("README.md", "../outside.md", None),
        ("sub/README.md", "../../outside.md", None),
        ("README.md", "%2e%2e/outside.md", None),
        ("README.md", "docs/%2e%2e/%2e%2e/x", None),
        ("README.md", "ftp://corp.example/", None),
        ("README.md", "x" * 3000, None),
    ],
)
def test_links_find_their_way(path, target, leads_to):
    [link] = elements(f'<a href="{target}">x</a>', path).named("a")
    assert link.get("href") == leads_to


def test_links_to_other_sites_give_no_credit():
    inside, outside = elements("[a](b.md) [c](https://corp.example)").named("a")
    assert "rel" not in inside
    assert outside["rel"] == "nofollow noopener"


def test_images_of_the_repository_are_shown():
    [image] = elements("![The flow](img/flow.png)", "docs/README.md").named("img")
    assert image == {"src": IMAGES + "docs/img/flow.png", "alt": "The flow", "loading": "lazy"}


def test_images_of_other_sites_become_links():
    html = shown("![Build](https://ci.corp.example/badge.svg)").html
    assert Elements(html).named("img") == []
    assert Elements(html).named("a")[0]["href"] == "https://ci.corp.example/badge.svg"
    assert "image: Build" in html


def test_a_badge_inside_a_link_is_its_text():
    html = shown("[![Build](https://ci.corp.example/badge.svg)](https://ci.corp.example)").html
    assert len(Elements(html).named("a")) == 1
    assert ">Build</a>" in html


def test_headings_leave_the_first_one_to_the_page():
    rendered = shown("# Ledger\n\n## Set up\n\n## Set up\n\n###### Deep\n")
    assert [(entry.level, entry.title, entry.anchor) for entry in rendered.toc] == [
        (2, "Ledger", "guide-ledger"),
        (3, "Set up", "guide-set-up"),
        (3, "Set up", "guide-set-up-1"),
        (6, "Deep", "guide-deep"),
    ]
    assert rendered.title == "Ledger"
    assert "<h1" not in rendered.html


def test_a_guide_that_starts_low_is_moved_up():
    assert [entry.level for entry in shown("### Ledger\n\n#### Use\n").toc] == [2, 3]


def test_a_text_without_a_name_has_no_title():
    assert shown("Books every payment.\n\n## Install\n\n## Use\n").title == ""
    assert shown("# Ledger\n\n# Use\n").title == "Ledger"
    assert shown("Badges\n\n# Ledger\n\n## Use\n").title == "Ledger"


def test_badges_in_a_heading_are_no_part_of_the_title():
    assert shown("# Ledger [![x](https://x/y.svg)](https://x)\n").title == "Ledger"


def test_no_two_ids_are_equal():
    text = "# a\n\n# a\n\n<a name=a>x</a> <div id=a>y</div>\n\n[^1] [^1]\n\n[^1]: z\n"
    ids = [attrs["id"] for _, attrs in elements(text).found if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_another_prefix_keeps_two_texts_apart():
    html = shown("# a\n\n[x](#a)", prefix="note-7-").html
    assert html.count("note-7-a") == 3
    assert "guide-" not in html


def test_a_heading_carries_a_link_to_itself_that_adds_no_words():
    rendered = shown("# Set up & run\n\n[# linked #](x)\n")
    link = Elements(rendered.html).named("a")[0]
    assert link == {"class": "anchor", "href": "#guide-set-up--run", "aria-label": "Link to Set up & run"}
    assert rendered.toc[0].title == rendered.title == "Set up & run"
    assert rendered.plain_text == "Set up & run # linked #"


def test_the_empty_corner_of_a_table_is_no_heading():
    found = elements("| | a |\n|:-:|--|\n| b | c |\n")
    assert found.named("th") == [{}]
    assert found.named("td")[0] == {"align": "center"}


def test_a_mermaid_diagram_is_its_text_and_says_so():
    html = shown("```mermaid\ngraph TD; a-->b\n```\n").html
    assert "graph TD; a--&gt;b" in html
    assert "A Mermaid diagram" in html


def test_code_gets_colours_without_style():
    html = shown("```python\nimport ledger\n```\n").html
    assert '<span class="kn">import</span>' in html
    assert "style" not in html


def test_long_code_stays_plain():
    html = shown("```python\n" + "x = 1\n" * 5000 + "```\n").html
    assert "<span" not in html
    assert html.count("x = 1") == 5000


def test_dialects_of_code_hosts_are_known():
    html = shown(
        "- [x] done\n- [ ] open\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n\n~~gone~~ https://corp.example\n"
    ).html
    assert len(Elements(html).named("input")) == 2
    assert Elements(html).named("td") == [{"align": "right"}, {"align": "center"}]
    assert "<del>gone</del>" in html
    assert Elements(html).named("a")[0]["href"] == "https://corp.example"


@pytest.mark.parametrize(
    ("text", "path"),
    [("> [!WARNING]\n> hot\n", "a.md"), (".. warning:: hot\n", "a.rst"), ("WARNING: hot\n", "a.adoc")],
)
def test_alerts_get_the_words_of_the_portal(text, path):
    assert 'class="notice caution"' in shown(text, path).html


def test_restructured_text_is_rendered():
    rendered = shown(
        "Ledger\n======\n\nSee :ref:`use <x>`.\n\n.. code:: python\n\n   import ledger\n", "README.rst"
    )
    assert rendered.title == "Ledger"
    assert "<code>use</code>" in rendered.html
    assert "import" in rendered.plain_text


def test_asciidoc_is_shown_in_outline():
    text = "= Ledger\n:toc:\n\nlink:docs/use.adoc[Use]\n\n== Set up\n\n[source,python]\n----\nimport x\n----\n"
    rendered = shown(text, "README.adoc")
    assert [entry.title for entry in rendered.toc] == ["Ledger", "Set up"]
    assert f'href="{LINKS}docs/use.adoc"' in rendered.html
    assert '<span class="kn">import</span>' in rendered.html


@pytest.mark.parametrize("path", ["README", "README.txt", "NEWS.org", "CHANGES.html"])
def test_other_kinds_are_shown_as_written(path):
    rendered = shown("== Ledger ==\n<b>bold</b> & more\n", path)
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in rendered.html
    assert rendered.title == "== Ledger =="


def test_plain_text_is_for_the_search():
    rendered = shown("# Ledger\n\nBooks *every*payment.\n\n```\ncode\n```\n\n- a\n- b\n")
    assert rendered.plain_text == "Ledger Books every payment. code a b".replace("every payment", "everypayment")
    assert len(shown("word " * 100_000).plain_text) == 60_000


def test_nothing_is_nothing():
    assert shown("") == Rendered(html="", title="", plain_text="", toc=())


def test_a_large_text_is_cut_and_says_so():
    rendered = shown("paragraph\n\n" * (LARGEST // 8))
    assert "512 kB" in rendered.note
    assert len(rendered.html) < 2_000_000


PATHOLOGICAL = {
    "quotes": ">" * 50_000 + "x",
    "lists": "- " * 20_000 + "x",
    "numbers": "1. " * 20_000 + "x",
    "divs": "<div>" * 12_000,
    "hidden divs": '<div title="</div>">' * 3_000,
    "inline": "<b><i><u><a>" * 3_000 + "<p>" * 3_000,
    "brackets": "[" * 60_000,
    "links": "[a](" * 15_000,
    "stars": "*a " * 20_000,
    "underscores": "_a __" * 12_000,
    "ticks": "".join("`" * n + " " for n in range(340)),
    "headings": "# a\n" * 15_000,
    "footnotes": "[^1]: " + "[^1] " * 12_000,
    "tables": "|" * 3_000 + "\n" + "|-" * 3_000 + "\n" + "|\n" * 15_000,
    "entities": "&#" * 30_000,
    "comment": "<!--" * 15_000,
    "code": "```python\n" + "((" * 9_000 + "\n```",
}


@pytest.mark.parametrize("name", list(PATHOLOGICAL))
def test_pathological_texts_end(name):
    rendered = shown(PATHOLOGICAL[name])
    assert_inert(rendered.html)


def test_a_table_that_would_grow_without_end_is_shown_as_written():
    table = "|a" * 1_500 + "|\n" + "|-" * 1_500 + "|\n" + "|x\n" * 1_300
    rendered = shown(table)
    assert rendered.note == FALLBACK
    assert len(rendered.html) < 2 * len(table)
    assert "<td>" in shown("a | b\n--- | ---\n" + "c | d\n" * 1_000).html


def test_what_nests_too_deep_is_shown_as_written():
    rendered = shown("<div>" * 1000)
    assert rendered.note == FALLBACK
    assert "&lt;div&gt;" in rendered.html


def test_a_large_text_is_rendered_apart_like_a_small_one():
    place = Place(path="README.md", link_base=LINKS, image_base=IMAGES, prefix="guide-")
    text = "# Ledger\n\n[x](y.md) größe\n\n```python\nimport a\n```\n"
    assert apart.render(text, place, "note") == render_here(text, place, "note")


def test_a_renderer_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    rendered = shown("word " * 20_000)
    assert rendered.note == FALLBACK
    assert "word word" in rendered.html


def test_substitutions_that_grow_without_end_are_stopped(monkeypatch):
    monkeypatch.setattr(apart, "SECONDS", 1)
    lines = [f".. |a{n}| replace:: |a{n + 1}| |a{n + 1}|\n" for n in range(40)]
    rendered = shown("".join(lines) + ".. |a40| replace:: x\n\n|a0|\n", "README.rst")
    assert rendered.note == FALLBACK


def test_the_process_that_renders_apart_is_asked_again():
    place = Place(path="README.rst", link_base=LINKS, image_base=IMAGES, prefix="guide-")
    assert apart.render("Ledger\n======\n", place, "") is not None
    renderer = apart.shared.renderer
    assert apart.render("Other\n=====\n", place, "") is not None
    assert apart.shared.renderer is renderer


def test_a_renderer_that_died_is_replaced():
    place = Place(path="README.md", link_base=LINKS, image_base=IMAGES, prefix="guide-")
    apart.render("# Ledger\n", place, "")
    apart.shared.renderer.process.kill()
    apart.shared.renderer.process.wait()
    assert apart.render("# Ledger\n", place, "") is not None


def test_two_threads_render_at_the_same_time():
    place = Place(path="README.md", link_base=LINKS, image_base=IMAGES, prefix="guide-")
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda n: apart.render(f"# Text {n}\n", place, ""), range(6)))
    assert [each.title for each in found] == [f"Text {n}" for n in range(6)]


def test_code_that_was_made_to_keep_a_lexer_busy_stays_plain():
    text = "\n" * 8_000 + "x"
    began = time.process_time()
    assert highlight(text, "autoit", seconds=0.1) == text
    assert time.process_time() - began < 15
    with pytest.raises(Late):
        coloured_lines("\n" * 19_000, "a.c", seconds=0.05)
