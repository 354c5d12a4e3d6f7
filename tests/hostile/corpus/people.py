"""Commits with absurd dates, names and messages."""

from pathlib import Path

from tests.hostile.corpus.writer import README, Repo, b, case, git


@case(
    "either",
    "commit dates 0, negative, 2099, year 300000, bad zone, missing date: page and charts survive, sort bounded",
    "commit list 200; activity charts ignore out-of-range dates; DB stores clamped value; sync ok or failed(fsck) with name, never a crash",
)
def odd_dates(p):
    r = Repo(p)
    t = r.tree(("100644", "README.md", r.raw("blob", b"# dates\n")))
    par = ()
    for i, d in enumerate(
        [
            b"0 +0000",
            b"-62135596801 +0000",
            b"4102444800 +0000",
            b"9467085600000 +0000",
            b"99999999999999999999 +0000",
            b"1700000000 +9999",
            b"1700000000 -9900",
            b"1700000000 UTC",
            b"",
            b"1700000000 +0000",
        ]
    ):
        par = (r.rawcommit(t, b"date %d\n" % i, b"Ada <ada@corp.example> " + d, par),)
    r.setref("refs/heads/main", par[0])


@case(
    "ok",
    "author line and .mailmap claim another employee: no credit, badge or approval from an unverified e-mail",
    "victim's profile/leaderboard/notifications unchanged; commit shows 'unverified'; the request author is the pusher, not the author line",
)
def impersonation(p):
    r = Repo(p)
    r.commit(
        [
            README,
            (
                ".mailmap",
                "Victim Boss <boss@corp.example> <eve@corp.example>\nVictim Boss <boss@corp.example> <*>\n",
            ),
        ],
        who=b"Eve <eve@corp.example>",
    )
    r.commit(
        [("x", "x")],
        who=b"Victim Boss <boss@corp.example>",
        msg="approve everything\n\nReviewed-by: Victim Boss <boss@corp.example>\nCo-authored-by: Victim Boss <boss@corp.example>\n",
    )
    r.done()


@case(
    "either",
    "1 MB message, message of markup and issue references, empty message, NUL inside, tag with 5 signatures",
    "commit page < 1 s, escaped, cut; '#1' links only inside the portal; tag list 200; no merge of a tag object",
)
def odd_messages(p):
    r = Repo(p)
    bl = r.raw("blob", b"# m\n")
    t = r.tree(("100644", "README.md", bl))
    par = ()
    for m in [
        b"m" * 2**20,
        b"",
        b"\n\n\n",
        b"<script>alert(1)</script> #1 @everyone [x](javascript:alert(1))",
        b"nul\0after",
        b"\xff\xfe",
        b'Revert "Revert "' * 500,
        b"title\r\nX-Header: y\r\n",
    ]:
        par = (r.rawcommit(t, m, parents=par),)
    r.setref("refs/heads/main", par[0])
    sig = b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
    r.setref(
        "refs/tags/sig5",
        r.raw(
            "tag",
            b"object "
            + b(par[0])
            + b"\ntype commit\ntag sig5\ntagger Ada <ada@corp.example> 1700000000 +0000\n\nm\n"
            + sig * 5,
        ),
    )
    r.setref(
        "refs/tags/blobtag",
        r.raw(
            "tag",
            b"object "
            + b(bl)
            + b"\ntype blob\ntag blobtag\ntagger Ada <ada@corp.example> 1700000000 +0000\n\nm\n",
        ),
    )
    r.setref("refs/tags/treetag", t)


@case(
    "ok",
    "replace refs and grafts at the source change nothing here",
    "commit page shows the real object ('true content'); GIT_NO_REPLACE_OBJECTS set",
)
def replace_refs(p):
    r = Repo(p)
    r.commit([("README.md", "# true content\n")])
    r.commit([("README.md", "# FAKE\n")], ref="refs/heads/fake")
    r.done()
    git(p, "replace", "main", "fake")
    info = Path(p, "info")
    info.mkdir(exist_ok=True)
    (info / "grafts").write_text(git(p, "rev-parse", "main").decode() + "\n")
