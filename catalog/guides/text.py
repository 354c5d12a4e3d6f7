"""Bytes of strangers to text that a database stores and a page shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without NUL, control characters and lone surrogates. `note` is a sentence when something was guessed or cut."""

    text: str
    note: str = ""


def decode(data: bytes) -> Decoded | None:
    """The text of a file, or None when it is binary. Never raises."""
    raise NotImplementedError
