"""Cutting a stream of bytes into records without holding more than one of them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from forge.errors import ForgeError

LONGEST = 4096
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def records(chunks: Iterable[bytes], *, end: bytes = b"\0", longest: int | None = None) -> Iterator[bytes]:
    """What lies between the ends; a last record without its end counts, too.

    Raises ForgeError `too_big` when one has more than `longest` bytes.
    """
    parts: list[bytes] = []
    for chunk in chunks:
        first, *rest = chunk.split(end)
        parts.append(first)
        if rest:
            yield b"".join(parts)
            yield from rest[:-1]
            parts = [rest[-1]]
        elif longest is not None and sum(map(len, parts)) > longest:
            raise ForgeError("too_big", what=f"a name of more than {longest // 1024} kB")
    if last := b"".join(parts):
        yield last


def text(data: bytes, *, limit: int = LONGEST) -> str:
    """Text of people: valid Unicode without NUL, cut to `limit` bytes."""
    return data[:limit].decode("utf-8", "replace").replace("\0", "")


def path_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def moment(data: bytes) -> datetime:
    """Seconds since 1970 as an aware date. History holds dates of any year: clamped to 1970 … tomorrow."""
    try:
        seconds = int(data or b"0")
    except ValueError:
        seconds = 0
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return EPOCH + timedelta(seconds=min(max(seconds, 0), int(tomorrow.timestamp())))
