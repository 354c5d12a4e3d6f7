"""Typed reading of environment variables: a wrong value stops the start with a plain sentence."""

import base64
import binascii
import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def boolean(name: str, default: bool = False) -> bool:
    word = os.environ.get(name, str(default)).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name}={word!r} is neither yes nor no. Set it to true or false.")


def integer(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    word = text(name, str(default))
    try:
        number = int(word)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={word!r} is not a whole number.") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name}={number} is too small: the least is {minimum}.")
    if maximum is not None and number > maximum:
        raise ImproperlyConfigured(f"{name}={number} is too large: the most is {maximum}.")
    return number


def choice(name: str, default: str, allowed: Collection[str], *, such_as: str) -> str:
    word = text(name, default)
    if word not in allowed:
        raise ImproperlyConfigured(f"{name}={word!r} is not known. Use {such_as}.")
    return word


def choices(name: str, default: str, allowed: Collection[str]) -> list[str]:
    found = words(name, default)
    for word in found:
        if word not in allowed:
            raise ImproperlyConfigured(f"{name} names {word!r}. Use some of: {', '.join(sorted(allowed))}.")
    return found


def url(name: str, default: str = "", *, schemes: Collection[str]) -> str:
    """An address, which may hold a password and is therefore never repeated in a message."""
    word = text(name, default)
    if word and not is_url(word, schemes):
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    return word


def urls(name: str, *, schemes: Collection[str]) -> list[str]:
    found = words(name)
    if not all(is_url(word, schemes) for word in found):
        raise ImproperlyConfigured(f"{name}: each must begin with {' or '.join(f'{s}://' for s in schemes)}.")
    return found


def is_url(word: str, schemes: Collection[str]) -> bool:
    scheme, separator, rest = word.partition("://")
    try:
        urlsplit(word).port  # noqa: B018 - raises where the port is no number.
    except ValueError:
        return False
    return scheme in schemes and bool(separator and rest)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, empty items left out."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def keys(name: str) -> list[str]:
    """Keys of 32 bytes in base64 of either alphabet, which are never repeated in a message."""
    found = words(name)
    if not all(is_key(word) for word in found):
        raise ImproperlyConfigured(f"{name}: each is 32 random bytes, as openssl rand -base64 32 prints them.")
    return [word.replace("+", "-").replace("/", "_") for word in found]


def is_key(word: str) -> bool:
    try:
        return len(base64.b64decode(word.replace("-", "+").replace("_", "/"), validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def folder(name: str, default: Path) -> Path:
    return Path(text(name) or default).expanduser().resolve()


def folders(name: str) -> list[Path]:
    return [Path(word).expanduser().resolve() for word in words(name)]
