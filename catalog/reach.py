"""How far git may reach: only to hosts that a code host brings along, and to folders that an operator named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog.models import CodeHost


@dataclass(frozen=True, slots=True)
class Reach:
    """To be handed to forge as `hosts=` and `folders=`; SOURCE_FOLDERS are added there."""

    hosts: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()


def reach_of(*code_hosts: CodeHost) -> Reach:
    """What syncs of projects of these code hosts may reach."""
    return combined((host.hosts, host.folders) for host in code_hosts)


def whole_reach() -> Reach:
    """What any enabled code host opens, for addresses that are no project's own, such as a fork's. One query."""
    return combined(CodeHost.objects.filter(enabled=True).values_list("hosts", "folders"))


def combined(pairs: Iterable[tuple[list[str], list[str]]]) -> Reach:
    hosts: dict[str, None] = {}
    folders: dict[Path, None] = {}
    for some_hosts, some_folders in pairs:
        hosts.update(dict.fromkeys(some_hosts))
        folders.update(dict.fromkeys(map(Path, some_folders)))
    return Reach(tuple(hosts), tuple(folders))
