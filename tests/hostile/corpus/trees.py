"""Names, numbers and sizes of files that trip up whoever lists them."""

from tests.hostile.corpus.writer import CANARY, README, Repo, case, scaled, simple


@case(
    "ok",
    "newline, quote, markup, RTL, non-UTF-8, dash, backslash, control and very long names: listed, openable by link, diffable",
    "tree/blob/diff/search pages 200 for every entry (links round-trip bytes); no unescaped '<'; archive download keeps names safe",
)
def odd_paths(p):
    names = [
        b"new\nline.txt",
        b'quo"te.txt',
        b"apo'strophe",
        b"<script>alert(1)</script>.md",
        b"<img src=x onerror=alert(1)>",
        "\u202egpj.exe".encode(),
        b"\xff\xfe\xfd.txt",
        b"--upload-pack=x",
        b"-rf",
        b"back\\slash",
        b"..\\..\\win.ini",
        b"tab\there",
        b"bell\x07\x1b[31m",
        b" lead",
        b"trail ",
        b"semi;colon",
        b"$(id)",
        b"`id`",
        b"%2e%2e%2fetc",
        b"a?b#c&d=e",
        b"x" * 255,
        "caf\u00e9".encode(),
        "cafe\u0301".encode(),
        b"Case.txt",
        b"case.txt",
        b"CON",
        b"aux.c",
        b"a:b",
        b"dir./f",
        b".hidden",
        b":(glob)**",
        b"*",
        b"[a]",
        b"{{x}}",
        b"{% x %}",
        "\u200b.md".encode(),
        b"...",
        b"~",
        b"CSV=cmd|' /C calc'!A0",
        b"line\r.txt",
    ]
    simple(p, [README] + [(n, b"content of " + n + b"\n") for n in names])


@case(
    "ok",
    "50,000 files in one folder and 50,000 in 500 folders: tree page paged, sync bounded",
    "tree page < 2 s, < 1 MB; file search answers; memory < 500 MB",
)
def files_100k(p):
    r = Repo(p)
    m = r.blob("x\n")
    n = scaled(50000)
    r.commit(
        [README]
        + [("100644", "flat/f%05d.txt" % i, (m,)) for i in range(n)]
        + [("100644", "d%03d/f%03d.py" % (i % 500, i // 500), (m,)) for i in range(n)]
    )
    r.done()


@case(
    "ok",
    "one 5 MB line, minified js, 200,000 short lines, deep brackets: highlighter capped",
    "blob page < 2 s; falls back to plain text above the cap",
)
def long_lines(p):
    simple(
        p,
        [
            README,
            ("one.js", "a=" + "(" * 1000 + "1+" * scaled(5 * 2**19)),
            ("lines.txt", "x\n" * scaled(200000)),
            ("deep.json", "[" * 100000 + "]" * 100000),
            ("re.pl", "$a =~ s{" + "{" * 5000),
        ],
    )


@case(
    "partial",
    "256 MB of zeros in a 260 kB pack: never fully read into memory; blob shown as 'too large'",
    "worker RSS < 500 MB; blob page 200 with size; not indexed",
)
def blob_bomb(p):
    simple(p, [README, ("zeros.bin", bytes(scaled(256 * 2**20))), ("zeros.md", b" " * scaled(64 * 2**20))])


@case(
    "rejected",
    "trees holding '.git', '.GIT', 'git~1', '..', names with '/', duplicates, .gitmodules as symlink: fsck refuses",
    "sync state=failed(fsck) with the check's name; nothing written outside the mirror; other repos sync",
)
def evil_trees(p):
    r = Repo(p)
    o = r.raw("blob", b"#!/bin/sh\ntouch %s/hook\n" % CANARY.encode())
    sub = r.tree(("100755", "post-checkout", o))
    hooks = r.tree(("40000", "hooks", sub))
    t = r.tree(
        ("40000", "..", hooks),
        ("40000", ".GIT", hooks),
        ("40000", ".git", hooks),
        ("120000", ".gitmodules", r.raw("blob", b".git/config")),
        ("100644", "a/b", o),
        ("100644", "dup", o),
        ("100644", "dup", o),
        ("40000", "git~1", hooks),
    )
    r.setref("refs/heads/main", r.rawcommit(t))
