"""Hostile corpus for a portal that mirrors git: repositories, inputs and a code host that misbehaves.

    python -m tests.hostile.corpus DEST             build DEST/repos/*.git, DEST/inputs/*, DEST/manifest.json
    python -m tests.hostile.corpus DEST --step2     apply the second state of the cases that change between two syncs
    python -m tests.hostile.corpus DEST --only a,b  build just those cases; --small shrinks the big ones tenfold
    python -m tests.hostile.corpus --serve PORT     the hostile code host on loopback; prints READY when it listens

Only the standard library and git, offline, the same every time. A verdict is ok, rejected (with a named reason),
partial (capped, and said so) or either (ok, or refused by a named check of git). Payloads only ever try to make
files below CANARY: a test asserts that it stays empty.
"""
