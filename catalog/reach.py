"""How far git may reach: only to hosts that a code host brings along, and to folders that an operator named."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog.models import CodeHost
from forge.connectors.places import place_of
from forge.types import Credential

#: Each of the three kinds takes a token as the password of any user; this is the name that GitHub asks for.
TOKEN_USER = "x-access-token"  # noqa: S105 - a user's name.


@dataclass(frozen=True, slots=True)
class Reach:
    """To be handed to forge as `hosts=`, `folders=` and `credentials=`; SOURCE_FOLDERS are added there."""

    hosts: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    credentials: tuple[Credential, ...] = ()


def reach_of(code_host: CodeHost) -> Reach:
    """What syncs of projects of this code host may reach. Raises ForgeError `credential_unreadable`."""
    credential = credential_of(code_host)
    found = combined([(code_host.hosts, code_host.folders)])
    return Reach(found.hosts, found.folders, (credential,) if credential else ())


def credential_of(code_host: CodeHost) -> Credential | None:
    """The token as git's requests carry it, for the source's own host and no other. Raises ForgeError."""
    if not code_host.token or not code_host.has_api:
        return None
    pair = f"{TOKEN_USER}:{code_host.token.reveal()}"
    header = f"Authorization: Basic {base64.b64encode(pair.encode()).decode('ascii')}"
    return Credential(place_of(code_host.address).origin, header)


def whole_reach() -> Reach:
    """What any enabled code host opens, for addresses that are no project's own, such as a fork's. One query.

    Without a single credential: whoever names an address must not read by our tokens what they may not see.
    """
    return combined(CodeHost.objects.filter(enabled=True).values_list("hosts", "folders"))


def combined(pairs: Iterable[tuple[list[str], list[str]]]) -> Reach:
    hosts: dict[str, None] = {}
    folders: dict[Path, None] = {}
    for some_hosts, some_folders in pairs:
        hosts.update(dict.fromkeys(some_hosts))
        folders.update(dict.fromkeys(map(Path, some_folders)))
    return Reach(tuple(hosts), tuple(folders))
