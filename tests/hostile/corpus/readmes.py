"""Documents whose markup, size or encoding is meant to hurt whoever renders them."""

from tests.hostile.corpus.writer import README, case, scaled, simple

XSS = [
    "<script>fetch('/x')</script>",
    "<img src=x onerror=alert(1)>",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](vbscript:x)",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=9>x</text></a></svg>",
    "<iframe src=//evil.example></iframe>",
    "<form action=/logout method=post><button>Continue</button></form>",
    "<input name=csrfmiddlewaretoken value=x>",
    "<div class='modal fixed inset-0 btn-danger' style='position:fixed;inset:0'>overlay</div>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<object data=x.swf></object>",
    "<details open ontoggle=alert(1)>x</details>",
    "![track](http://169.254.169.254/pixel.png)",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><script>alert(1)</script>-->",
    "```<script>alert(1)</script>\nx\n```",
    "<details><summary>{{ settings.SECRET_KEY }} {% include '/etc/passwd' %}</summary></details>",
    "- [ ] <script>alert(1)</script>",
    "# <img src=x onerror=alert(1)>",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
]


@case(
    "ok",
    "24 markup vectors are inert (README.md holds all, xss/NN.md one each: test them one by one)",
    "parsed DOM of the page: 0 script/iframe/object/form/base/meta/style inside the readme, 0 on* attributes, every href scheme in {http,https,mailto,#,/}, ids prefixed, no class outside the allow list; no request leaves for evil.example or 169.254.*; headless browser: 0 dialogs, 0 CSP violations executed",
)
def readme_xss(p):
    simple(
        p,
        [("README.md", "# Vectors\n\n" + "\n\n".join(f"{i}. vector\n\n{v}" for i, v in enumerate(XSS)) + "\n")]
        + [("xss/%02d.md" % i, v + "\n") for i, v in enumerate(XSS)],
    )  # one file each: an open <style> hides what follows


@case(
    "ok",
    "README nested 50,000 deep and quadratic inputs ('[', '*', '>', '`'): rendered or cut within the time limit",
    "page < 2 s; memory < 300 MB; 'shown as plain text' note allowed",
)
def readme_pathological(p):
    n = scaled(50000)
    simple(
        p,
        [
            (
                "README.md",
                "[" * n
                + "\n\n"
                + "> " * n
                + "x\n\n"
                + "*a **a " * n
                + "\n\n"
                + "".join("`" * i + "e" for i in range(1, 400))
                + "\n\n"
                + "![a](<" * n
                + "\n"
                + "| a " * n
                + "\n"
                + "|---" * n,
            )
        ],
    )


@case(
    "ok",
    "20 MB README: size-capped, raw link offered, search indexes a bounded part",
    "page < 2 s and < 1 MB; index document < cap",
)
def readme_20mb(p):
    simple(p, [("README.md", ("# Big\n" + "lorem ipsum dolor sit amet\n" * scaled(20 * 2**20 // 27)))])


@case(
    "ok",
    "README is a symlink to /etc/passwd and out of the tree: shown as a link, never followed",
    "page shows no 'root:' and nothing of the host; API too",
)
def readme_symlink(p):
    simple(
        p,
        [
            ("120000", "README.md", "/etc/passwd"),
            ("120000", "CONTRIBUTING.md", "../../../../etc/hostname"),
            ("120000", "docs", "../.."),
            ("120000", "loop", "loop"),
        ],
    )


@case(
    "ok",
    "latin-1, UTF-16, BOM, NUL, lone surrogates, control characters, bidi: text or 'binary', never a 500 or a database error",
    "pages and API 200, JSON valid UTF-8, search index accepts; Postgres stores no NUL; bidi flagged",
)
def encodings(p):
    simple(
        p,
        [
            ("README.md", "Gr\u00f6\u00dfe na\u00efve\n".encode("latin-1")),
            ("utf16.md", "\ufeff# utf16\n".encode("utf-16-le")),
            ("bom.md", b"\xef\xbb\xbf# bom\n"),
            ("nul.md", b"# a\0b\n"),
            ("surrogate.txt", b"\xed\xa0\x80\xff\xfe"),
            ("ctl.txt", bytes(range(32)) + b"\x1b]0;title\x07\x1b[2J\x7f\xc2\x9b"),
            ("sjis.txt", "\u65e5\u672c\u8a9e".encode("shift_jis")),
            (
                "trojan.py",
                "access = 'user'\nif access != 'none\u202e\u2066': # check\u2069\u2066\n    pass\nadm\u0456n = 1\n",
            ),
        ],
    )


@case(
    "ok",
    "raw SVG/HTML/XML/PDF from a repository never run in the portal's origin",
    "raw endpoint: text/plain or attachment, nosniff, CSP sandbox; image proxy refuses svg with script",
)
def raw_files(p):
    simple(
        p,
        [
            README,
            (
                "logo.svg",
                "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script><foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='javascript:alert(1)'/></foreignObject></svg>",
            ),
            ("index.html", "<script>fetch('/api/').then(r=>r.text())</script>"),
            (
                "x.xml",
                "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a xmlns:h='http://www.w3.org/1999/xhtml'>&x;<h:script>alert(1)</h:script></a>",
            ),
            ("a.js", "alert(1)"),
            ("gif.html.png", "GIF89a<script>alert(1)</script>"),
            ("sw.js", "self.addEventListener('fetch',()=>{})"),
        ],
    )
