"""Repositories that git itself would refuse to write, and the list of cases that the corpus consists of."""

import hashlib
import os
import subprocess
import zlib
from pathlib import Path

CANARY = "/tmp/hostile_canary"
T0 = 1_700_000_000
ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "TZ": "UTC",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    **{
        f"GIT_{r}_{k}": v
        for r in ("AUTHOR", "COMMITTER")
        for k, v in (("NAME", "Ada"), ("EMAIL", "ada@corp.example"), ("DATE", f"{T0} +0000"))
    },
}
CASES = {}


class Scale:
    """By what the big cases are divided: 1, or 10 for a quick look."""

    shrink = 1


def scaled(number):
    return number // Scale.shrink


def case(verdict, must, observe, step2=None):
    def deco(fn):
        CASES[fn.__name__.replace("_", "-")] = {
            "fn": fn,
            "verdict": verdict,
            "must": must,
            "observe": observe,
            "step2": step2,
        }
        return fn

    return deco


def git(repo, *args, data=None, check=True):
    p = subprocess.run(["git", "-C", repo, *args], input=data, env=ENV, capture_output=True)
    if check and p.returncode:
        raise RuntimeError(f"git {args} in {repo}: {p.stderr.decode(errors='replace')[:400]}")
    return p.stdout.strip()


def b(x):
    return x if isinstance(x, bytes) else x.encode("utf-8", "surrogateescape")


class Repo:
    """Small writer: fast-import for ordinary history, raw objects for what git refuses to write."""

    def __init__(self, path):
        self.path, self.mark, self.out, self.t = path, 0, [], T0
        subprocess.run(
            ["git", "init", "-q", "--bare", "--initial-branch=main", "--template=", path], env=ENV, check=True
        )

    def _data(self, d):
        self.out.append(b"data %d\n" % len(d) + d + b"\n")

    def blob(self, d):
        self.mark += 1
        self.out.append(b"blob\nmark :%d\n" % self.mark)
        self._data(b(d))
        return b":%d" % self.mark

    def commit(
        self,
        files=(),
        msg="change",
        ref="refs/heads/main",
        who=b"Ada <ada@corp.example>",
        parents=None,
        wipe=False,
    ):
        fl = [
            (m, p, v if isinstance(v, tuple) else (self.blob(v),))
            for m, p, v in [(f if len(f) == 3 else ("100644", *tuple(f))) for f in files]
        ]
        self.mark += 1
        self.t += 60
        self.out.append(
            b"commit %s\nmark :%d\nauthor %s %d +0000\ncommitter %s %d +0000\n"
            % (b(ref), self.mark, b(who), self.t, b(who), self.t)
        )
        mine = b":%d" % self.mark
        self._data(b(msg))
        for i, p in enumerate(parents or []):
            self.out.append((b"from " if i == 0 else b"merge ") + p + b"\n")
        if wipe:
            self.out.append(b"deleteall\n")
        for mode, path, v in fl:
            q = (
                b'"'
                + b"".join(b"\\%03o" % c if c < 33 or c > 126 or c in b'"\\' else bytes([c]) for c in b(path))
                + b'"'
            )
            self.out.append(b"M %s %s %s\n" % (b(mode), v[0], q))
        return mine

    def ref(self, name, mark):
        self.out.append(b"reset %s\nfrom %s\n\n" % (b(name), mark))

    def done(self):
        if self.out:
            git(self.path, "fast-import", "--quiet", "--force", data=b"".join(self.out))
            self.out = []
        return self

    def raw(self, kind, data):
        """Write a loose object of any content, without git's checks."""
        full = b"%s %d\0" % (b(kind), len(data)) + data
        oid = hashlib.sha1(full, usedforsecurity=False).hexdigest()
        d = Path(self.path, "objects", oid[:2])
        d.mkdir(exist_ok=True)
        (d / oid[2:]).write_bytes(zlib.compress(full, 1))
        return oid

    def tree(self, *entries):
        return self.raw("tree", b"".join(b(m) + b" " + b(n) + b"\0" + bytes.fromhex(o) for m, n, o in entries))

    def rawcommit(
        self, tree, msg=b"x\n", who=b"Ada <ada@corp.example> 1700000000 +0000", parents=(), committer=None
    ):
        return self.raw(
            "commit",
            b"tree "
            + b(tree)
            + b"\n"
            + b"".join(b"parent " + b(p) + b"\n" for p in parents)
            + b"author "
            + who
            + b"\ncommitter "
            + (committer or who)
            + b"\n\n"
            + msg,
        )

    def setref(self, name, oid):
        p = Path(self.path, name)
        p.parent.mkdir(parents=True, exist_ok=True)
        p.write_text(oid + "\n")


def simple(path, files, **kw):
    r = Repo(path)
    r.commit(files, **kw)
    return r.done()


README = ("README.md", "# Ordinary\n\nA plain readme.\n")
