"""What a source would bring, before anything of it is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from catalog.actions.looking import Look, check, look_through
from catalog.actions.sources import matched, remembered
from catalog.models import CodeHost
from forge.types import HostCheck

#: Repositories that are looked at while somebody waits.
MOST = 300
NAMES = 30


@dataclass(frozen=True, slots=True)
class Preview:
    """`names` are the first of those that are new. With `more` the counts are of the first ones only."""

    check: HostCheck | None
    names: tuple[str, ...]
    new: int
    known: int
    visibilities: tuple[tuple[str, int], ...]
    archived: int
    left_out: tuple[tuple[str, int], ...]
    problems: list[dict[str, Any]]
    more: bool

    @property
    def unnamed(self) -> int:
        return self.new - len(self.names)


def preview(wanted: CodeHost) -> Preview:
    """Ask the host who we are, then for its first repositories. Some requests; nothing is written.

    Raises ForgeError: the address, the token or the host is not right.
    """
    who = check(wanted)
    look = look_through(wanted, limit=MOST)
    with transaction.atomic():
        pairs, fresh, _ = matched(wanted, look.candidates)
    found = [each.found for each in look.candidates]
    return Preview(
        check=who,
        names=tuple(each.found.path for each in fresh[:NAMES]),
        new=len(fresh),
        known=len(pairs),
        visibilities=tuple(Counter(each.visibility for each in found if each.visibility).most_common()),
        archived=sum(each.archived for each in found),
        left_out=tuple(look.left_out.most_common()) if look.left_out else (),
        problems=remembered(look.problems)[:NAMES],
        more=has_more(look),
    )


def has_more(look: Look) -> bool:
    return not look.complete
