"""Whatever bytes arrive, what leaves can be stored and shown."""

import pytest

from catalog.guides.text import decode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("größe".encode(), "größe"),
        ("größe".encode("latin-1"), "größe"),
        (b"\xef\xbb\xbf# Title\r\nbody\r", "# Title\nbody\n"),
        ("# Größe".encode("utf-16"), "# Größe"),
        ("# A plain title".encode("utf-16-le"), "# A plain title"),
        ("# A plain title".encode("utf-16-be"), "# A plain title"),
        (b"# a\x00b", "# ab"),
        (b"a\x1b[31mred\x07", "a[31mred"),
        ("pay \u202eevil\u202c".encode(), "pay evil"),
        (b"", ""),
    ],
)
def test_text_is_read_and_cleaned(data, text):
    decoded = decode(data)
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize(
    "data",
    [
        b"\xed\xa0\x80\xed\xbf\xbf",
        b"\xff\xfe",
        b"\xff\xfe\x00",
        b"\xff\xfe\x00\xd8",
        b"\x83\x65\x83\x58",
        b"\xf8" * 9,
    ],
)
def test_odd_bytes_can_be_stored(data):
    decoded = decode(data)
    assert decoded is None or (decoded.text.encode() and "\0" not in decoded.text) or decoded.text == ""


def test_a_guess_is_told():
    assert "UTF-8" in decode("é".encode("latin-1")).note
    assert decode("é".encode()).note == ""


def test_a_picture_is_binary():
    assert decode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4 + b"\0" * 500) is None
