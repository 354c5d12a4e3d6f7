"""Calls that many tests make, and what came of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forge.errors import ForgeError
from forge.types import UpdateResult

Sync = Callable[..., UpdateResult]


def head_of(sync: Sync, source: Path) -> str:
    head = sync(source).head
    assert head
    return head


def alias(command: str) -> list[str]:
    """Git itself runs the command, as a hook or a transport helper would be run."""
    return ["-c", f"alias.x=!{command}", "x"]


def error_of(call: Callable[[], object]) -> ForgeError:
    with pytest.raises(ForgeError) as caught:
        call()
    return caught.value


def code_of(call: Callable[[], object]) -> str:
    return error_of(call).code
