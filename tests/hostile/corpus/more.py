"""Cases that were thought of later, each of which once found something."""

import hashlib
import struct
import subprocess
import zlib
from pathlib import Path

from tests.hostile.corpus.stores import missing_blob
from tests.hostile.corpus.writer import CANARY, ENV, README, Repo, case, git, scaled, simple


def varint(n):
    out = b""
    while True:
        low, n = n & 0x7F, n >> 7
        out += bytes([low | (0x80 if n else 0)])
        if not n:
            return out


def entry(kind, size, base, data):
    """One object of a pack; of a difference, `base` is the id of what it starts from."""
    head, size = (kind << 4) | (size & 15), size >> 4
    first = bytes([head | (0x80 if size else 0)])
    return first + (varint(size) if size else b"") + base + zlib.compress(data, 9)


@case(
    "rejected",
    "a blob of 480 MB that is a difference of 130 bytes to one of 15 MB: git unpacks it whole, so it is refused by its need of memory",
    "sync state=failed(too_big); worker RSS < 500 MB",
)
def delta_bomb(p):
    r = Repo(p)
    base, times = bytes(15 * 2**20), 32
    name = hashlib.sha1(b"blob %d\0" % len(base) + base, usedforsecurity=False)
    delta = varint(len(base)) + varint(len(base) * times)
    delta += (b"\xf0" + struct.pack("<I", len(base))[:3]) * times
    objects = entry(3, len(base), b"", base) + entry(7, len(delta), name.digest(), delta)
    pack = b"PACK" + struct.pack(">II", 2, 2) + objects
    pack += hashlib.sha1(pack, usedforsecurity=False).digest()
    index = ["git", "-C", p, "-c", "core.bigFileThreshold=8g", "index-pack", "--stdin"]
    subprocess.run(index, input=pack, env=ENV, check=True, stdout=subprocess.DEVNULL)
    bomb = hashlib.sha1(b"blob %d\0" % (len(base) * times), usedforsecurity=False)
    for _ in range(times):
        bomb.update(base)
    readme = r.raw("blob", b"# d\n")
    t = r.tree(
        ("100644", "README.md", readme),
        ("100644", "bomb.bin", bomb.hexdigest()),
        ("100644", "z", name.hexdigest()),
    )
    r.setref("refs/heads/main", r.rawcommit(t))


@case(
    "rejected", "branches that are a blob, a tree and a tag: left out and named", "sync ok; good branch readable"
)
def branches_of_no_commit(p):
    r = simple(p, [README])
    main = git(p, "rev-parse", "main")
    tag = b"object " + main + b"\ntype commit\ntag m\ntagger Ada <ada@corp.example> 1700000000 +0000\n\nm\n"
    r.setref("refs/heads/tag", r.raw("tag", tag))
    r.setref("refs/heads/blob", r.raw("blob", b"x"))
    r.setref("refs/heads/tree", r.tree())


@case("ok", "a branch that stands for another one is a branch as well", "branches = main, same")
def branch_is_link(p):
    r = simple(p, [README])
    git(p, "symbolic-ref", "refs/heads/same", "refs/heads/main")
    return r


@case("rejected", "a form of storage that this git does not know", "sync state=failed(format_unknown)")
def unknown_format(p):
    simple(p, [README])
    git(p, "config", "core.repositoryformatversion", "1")
    git(p, "config", "extensions.refstorage", "nonsense")


@case("ok", "100,000 files, each with an ending of its own: counted in seconds", "worker RSS < 300 MB, < 20 s")
def many_endings(p):
    r = Repo(p)
    m = r.blob("x\n")
    r.commit([README] + [("100644", f"f{i}.e{i}", (m,)) for i in range(scaled(100000))])
    r.done()


@case("ok", "folders 2,000 deep: pages stay small, too deep ones are not found", "every page 200 or 404, < 1 MB")
def deep_tree(p):
    r = Repo(p)
    t = r.tree(("100644", "f", r.raw("blob", b"x\n")))
    for _ in range(2000):
        t = r.tree(("40000", "d", t))
    r.setref(
        "refs/heads/main",
        r.rawcommit(r.tree(("100644", "README.md", r.raw("blob", b"# deep\n")), ("40000", "d", t))),
    )


@case("rejected", "SHA-256 object names", "sync state=failed(object_format)")
def sha256(p):
    subprocess.run(
        ["git", "init", "-q", "--bare", "--object-format=sha256", "--template=", "-b", "main", p],
        env=ENV,
        check=True,
    )
    commit = b"commit refs/heads/main\ncommitter Ada <ada@corp.example> 1700000000 +0000\ndata 1\nx\n"
    git(p, "fast-import", "--quiet", data=commit + b"M 100644 inline README.md\ndata 2\nx\n\n")


@case(
    "rejected",
    "objects left out at the source, to be fetched from an address that is a command",
    "sync state=failed(corrupt); canary empty",
)
def partial_with_command(p):
    missing_blob(p)
    with Path(p, "config").open("a") as config:
        config.write(
            f'[remote "origin"]\n\tpromisor = true\n\turl = ext::sh -c "touch% {CANARY}/ext"\n'
            f"\tuploadpack = touch {CANARY}/up;\n[extensions]\n\tpartialClone = origin\n"
            '[protocol "ext"]\n\tallow = always\n[core]\n\trepositoryformatversion = 1\n'
        )
