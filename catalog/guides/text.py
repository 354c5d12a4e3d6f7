"""Bytes of strangers to text that a database stores and a page shows."""

import codecs
import re
from dataclasses import dataclass

# Control characters and lone surrogates: PostgreSQL refuses the first of them and UTF-8 the last ones. Marks that
# turn the direction of writing stay out as well, because they let a sentence show what it does not say.
UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
NEWLINES = re.compile(r"\r\n?|\u2028|\u2029")
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEAD = 8192


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without NUL, control characters and lone surrogates, its lines ended by LF.

    `note` is a plain sentence when something was guessed or taken out.
    """

    text: str
    note: str = ""


def decode(data: bytes) -> Decoded | None:
    """The text of a file, or None when it is binary. Never raises."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            note = "" if encoding == "utf-8" else f"The file is written in {encoding.upper()}."
            return cleaned(data.decode(encoding, "replace"), note)
    try:
        return without_controls(data.decode("utf-8"), data)
    except UnicodeDecodeError:
        pass
    if encoding := bare_utf16(data):
        return cleaned(data.decode(encoding, "replace"), "The file seems to be written in UTF-16 without a mark.")
    if is_binary(data):
        return None
    return cleaned(
        data.decode("cp1252", "replace"), "The file is not UTF-8; it was read as Western European text."
    )


def without_controls(text: str, data: bytes) -> Decoded | None:
    """UTF-8 that decodes may still be UTF-16 of plain English, or a binary file of small numbers."""
    if b"\0" not in data[:HEAD]:
        return cleaned(text, "")
    if encoding := bare_utf16(data):
        return cleaned(data.decode(encoding, "replace"), "The file seems to be written in UTF-16 without a mark.")
    return None if is_binary(data) else cleaned(text, "")


def bare_utf16(data: bytes) -> str:
    """The byte order of UTF-16 without a mark, guessed from where the zeros stand; empty when it is none."""
    head = data[:HEAD]
    if len(head) < 8 or len(data) % 2:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    most = len(head) * 0.35
    if odd > most and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd == 0 else ""


def is_binary(data: bytes) -> bool:
    """More than a tenth of control characters in the head; a stray NUL in prose is forgiven."""
    head = data[:HEAD]
    controls = sum(1 for byte in head if byte < 9 or 13 < byte < 32)
    return controls > max(1, len(head) // 10)


def cleaned(text: str, note: str) -> Decoded:
    text = NEWLINES.sub("\n", text)
    text, removed = UNWANTED.subn("", text.removeprefix("\ufeff"))
    if removed and not note:
        note = "Control characters were taken out of the text."
    return Decoded(text, note)
