"""Paths of a repository as parts of keys and of messages to workers, which are text while a path is bytes."""

from hashlib import sha256


def digest(path: str) -> str:
    """Sixteen letters that stand for a path, however long it is."""
    return sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def hexed(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").hex()


def unhexed(text: str) -> str:
    return bytes.fromhex(text).decode("utf-8", "surrogateescape")
