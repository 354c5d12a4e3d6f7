"""Heads, branches and tags that lie, and sources that change between two syncs."""

from pathlib import Path

from tests.hostile.corpus.writer import CANARY, README, Repo, b, case, git, scaled, simple


@case(
    "ok",
    "listed as 'empty repository', no error page, no retry storm",
    "sync state ok, 0 commits; detail page 200 with the empty-state text",
)
def empty(p):
    Repo(p)


@case(
    "ok",
    "HEAD names a branch that does not exist: fall back to another branch, say so",
    "sync ok; shown branch = dev; page 200",
)
def head_missing_branch(p):
    simple(p, [README], ref="refs/heads/dev")


@case(
    "ok", "detached HEAD at the source: default branch guessed (main), not a crash", "sync ok; default branch main"
)
def head_detached(p):
    r = simple(p, [README])
    r.setref("HEAD", git(p, "rev-parse", "main").decode())


@case(
    "ok",
    "names starting with a dash, shell, markup, SHA-like, bidi, 200 chars: shown escaped, none reaches a git option or shell",
    "canary empty; every branch page/diff 200 or 404; HTML has no unescaped '<script'; SHA-like name resolves to the branch only where refs/heads/ is written",
)
def ref_names(p):
    simple(p, [README])
    oid = git(p, "rev-parse", "main").decode()
    names = [
        "--upload-pack=touch${IFS}" + CANARY.replace("/", "%2f"),
        "-oProxyCommand=x",
        "--output=PWNED",
        f"$(touch${{IFS}}{CANARY}/ref)",
        "`id`",
        ";id;",
        "a|b&c",
        "<script>alert(1)</script>",
        '"onmouseover=alert(1)',
        "x'--",
        "deadbeef" * 5,
        "HEAD",
        "refs/heads/main",
        "origin/main",
        "a" * 200,
        "\u202egnp.exe",
        "caf\u00e9",
        "cafe\u0301",
        "UPPER",
        "upper",
        "100%",
        "%2e%2e",
        "a#b",
        "a+b",
        "\U0001f600",
        "a.b/c.d",
        "@",
    ]
    git(
        p,
        "update-ref",
        "--stdin",
        data=b"".join(b"create refs/heads/" + b(n) + b" " + b(oid) + b"\n" for n in names),
    )
    git(p, "tag", "main", "main")


@case(
    "ok",
    "5,000 branches and 2,000 tags: sync in one fetch, list pages paged",
    "sync < 30 s; branch page < 1 s and < 500 kB",
)
def many_refs(p):
    simple(p, [README])
    oid = b(git(p, "rev-parse", "main"))
    git(
        p,
        "update-ref",
        "--stdin",
        data=b"".join(b"create refs/heads/b/%05d %s\n" % (i, oid) for i in range(scaled(5000)))
        + b"".join(b"create refs/tags/v%d.0.0 %s\n" % (i, oid) for i in range(scaled(2000)))
        + b"".join(b"create refs/pull/%d/head %s\n" % (i, oid) for i in range(scaled(1000))),
    )
    git(p, "pack-refs", "--all")


@case(
    "ok",
    "branch 'foo' becomes 'foo/bar' between syncs: prune first, the second sync succeeds",
    "second sync ok; branches = main, foo/bar",
    step2=lambda p: (git(p, "branch", "-D", "foo"), git(p, "branch", "foo/bar", "main")),
)
def df_conflict(p):
    simple(p, [README])
    git(p, "branch", "foo", "main")


@case(
    "ok",
    "history rewritten: mirror follows, open requests on lost commits say 'outdated', approvals void",
    "second sync ok; head = new; old head still reachable for the request's diff",
    step2=lambda p: git(p, "update-ref", "refs/heads/main", git(p, "rev-parse", "rewritten").decode()),
)
def force_pushed(p):
    r = Repo(p)
    r.commit([README])
    r.commit([("a.txt", "secret of v1\n")])
    r.commit([README, ("b.txt", "rewritten\n")], ref="refs/heads/rewritten")
    r.done()


@case(
    "rejected",
    "repository gone at the second sync: last good copy stays readable, marked stale with the reason; others unaffected",
    "second sync state=failed(gone); page 200 with a stale banner; next repo still syncs",
    step2=lambda p: Path(p).rename(p + ".moved"),
)
def gone_later(p):
    simple(p, [README])
