"""Damaged object stores, and sources whose own configuration would run programs."""

import shutil
import subprocess
from pathlib import Path

from tests.hostile.corpus.writer import CANARY, ENV, README, Repo, case, git, simple


def _damage(p, how):
    r = Repo(p)
    r.commit([README, ("a.txt", "a\n" * 500)])
    r.commit([("b.txt", "b\n")])
    r.done()
    how(r, git(p, "rev-parse", "main:a.txt").decode())


@case(
    "rejected",
    "byte flipped in the pack: clear 'damaged at the source', last good copy kept",
    "sync state=failed(corrupt); retry with back-off, not at once; other repos sync",
)
def corrupt_pack(p):
    def how(r, _):
        if not packs(p):
            git(p, "repack", "-adq")
        f = packs(p)[0]
        f.chmod(0o644)
        d = bytearray(f.read_bytes())
        d[len(d) // 2] ^= 0xFF
        f.write_bytes(d)

    _damage(p, how)


def packs(p):
    return sorted(Path(p, "objects", "pack").glob("*.pack"))


def _unpack(r):
    for f in packs(r.path):
        d = f.read_bytes()
        for x in (f, f.with_suffix(".idx")):
            x.chmod(0o644)
            x.unlink()
        git(r.path, "unpack-objects", "-q", data=d)


@case(
    "rejected",
    "a blob is missing at the source",
    "sync state=failed(corrupt/missing object); nothing half-written: refs still at the last good",
)
def missing_blob(p):
    _damage(p, lambda r, o: (_unpack(r), Path(p, "objects", o[:2], o[2:]).unlink()))


@case(
    "rejected",
    "a branch names an object that does not exist; another is not a commit",
    "sync state=failed or the bad refs left out and named; good branch readable",
)
def dangling_refs(p):
    r = simple(p, [README])
    r.setref("refs/heads/broken", "1" * 40)
    r.setref("refs/heads/garbage", "not a sha")


@case(
    "either",
    "shallow source: mirrored as shallow or refused with the reason; statistics say 'partial history'",
    "sync ok(partial) or failed(shallow); never 'object missing' 500s later",
)
def shallow(p):
    src = p + ".src"
    r = Repo(src)
    [r.commit([("f", "%d\n" % i)]) for i in range(5)]
    r.commit([README])
    r.done()
    subprocess.run(
        ["git", "clone", "-q", "--bare", "--template=", "--depth=2", "file://" + src, p],
        env={**ENV, "GIT_ALLOW_PROTOCOL": "file"},
        check=True,
    )
    shutil.rmtree(src)
    git(p, "config", "--unset", "remote.origin.url", check=False)


# ------------------------------------------------------------------ execution and traversal by content
@case(
    "either",
    ".gitmodules with ext::, dash URL/path, ../ names, file:///etc, update=!cmd: never fetched; shown as text or fsck-refused",
    "canary empty; no process or socket beyond the mirror's own fetch; sync ok (submodule ignored) or failed(fsck)",
)
def submodules(p):
    r = Repo(p)
    gm = (
        "\n".join(
            f'[submodule "{n}"]\n\tpath = {pa}\n\turl = {u}\n\tupdate = {up}'
            for n, pa, u, up in [
                ("e", "e", f"ext::sh -c touch% {CANARY}/ext", "checkout"),
                ("d", "-x", "--upload-pack=touch " + CANARY + "/d", "checkout"),
                ("../../hooks", "h", "https://corp.example/x.git", "checkout"),
                ("f", "f", "file:///etc", "checkout"),
                ("c", "c", "./c", f"!touch {CANARY}/upd"),
                ("s", "s", f"ssh://-oProxyCommand=touch%20{CANARY}/s/x", "checkout"),
                ('x"]\n[core "', "q", "../x\r", "none"),
            ]
        )
        + "\n"
    )
    t = r.tree(
        ("100644", ".gitmodules", r.raw("blob", gm.encode())),
        ("100644", "README.md", r.raw("blob", b"# s\n")),
        *[("160000", n, "2" * 40) for n in ("c", "d", "e", "f", "h")],
    )
    r.setref("refs/heads/main", r.rawcommit(t))


@case(
    "ok",
    "hooks, config programs and alternates inside the source's own git directory do not run and do not leak when its URL is a local path",
    "canary empty; file:// refused unless allowed by the admin; alternates not followed into the mirror",
)
def hooks_in_source(p):
    simple(p, [README])
    hooks = Path(p, "hooks")
    hooks.mkdir(exist_ok=True)
    for h in (
        "post-checkout",
        "pre-receive",
        "post-update",
        "reference-transaction",
        "fsmonitor-watchman",
        "pre-auto-gc",
        "post-merge",
    ):
        (hooks / h).write_text(f"#!/bin/sh\ntouch {CANARY}/{h}\n")
        (hooks / h).chmod(0o755)
    with Path(p, "config").open("a") as config:
        config.write(
            f'[core]\n\tfsmonitor = "touch {CANARY}/fsm; false"\n\tsshCommand = touch {CANARY}/ssh\n\tpager = touch {CANARY}/pager\n[uploadpack]\n\tpackObjectsHook = touch {CANARY}/poh; git pack-objects\n[diff]\n\texternal = touch {CANARY}/diff\n[gc]\n\tauto = 1\n'
        )
