"""Where on a code host a source is: the host, and a group or a user there."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from forge.errors import ForgeError
from forge.urls import parse_remote

SCHEME = re.compile(r"(https?)://([^/]+)(/.*)?\Z", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a host to look. `host` has its port unless that is the usual one; `path` is "" for all of it."""

    scheme: str
    host: str
    path: str

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def quoted(self) -> str:
        """The path as one segment of an address."""
        return quote(self.path, safe="")


def place_of(address: str) -> Place:
    """Raises ForgeError as `parse_remote` does, but takes an address of a host without a path, too."""
    address = address.strip(" ").rstrip("/")
    match = SCHEME.match(address)
    if match and not match[3]:
        # Nothing but the host: the rules for it are the same.
        remote = parse_remote(f"{address}/-")
        return Place(remote.scheme, host_and_port(remote.host, remote.port), "")
    if not match:
        raise ForgeError("url_invalid", why="a code host is given as https://host or https://host/group")
    remote = parse_remote(address)
    path = unquote(remote.path, errors="replace").strip("/")
    if not path.isprintable():
        raise ForgeError("url_invalid", why="its path holds an invisible character")
    return Place(remote.scheme, host_and_port(remote.host, remote.port), path)


def host_and_port(host: str, port: int | None) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return f"{bracketed}:{port}" if port else bracketed
