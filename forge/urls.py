"""Which remotes may be reached: strict parsing, one canonical spelling, addresses checked and pinned.

Nothing here is taken from git's own idea of an address, which would try transport helpers, options and paths.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from django.conf import settings

from forge.errors import ForgeError
from forge.types import DEFAULT_PORTS, Remote

# A privileged port that is not the scheme's own belongs to another service; ssh over 443 is what code hosts
# offer to people behind a firewall.
PRIVILEGED = {"https": {443}, "http": {80}, "ssh": {22, 443}, "git": set[int]()}
MAX_LENGTH = 2000
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)\Z", re.S)
HELPER = re.compile(r"([A-Za-z0-9+.-]*)::")
SCP = re.compile(r"([^/:@]+)@([^/:@]+):(.+)\Z")
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\Z")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\Z")
PATH = re.compile(r"/[A-Za-z0-9._~+@,=:%/-]*\Z")
UNRESERVED = "/~@+,=:"

FORBIDDEN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # Shared by carriers, and where one cloud keeps its metadata.
        "168.63.129.16/32",  # The metadata address of another cloud.
        "192.0.0.0/24",
        "fd00:ec2::/32",
    )
)
EMBEDS_IPV4 = tuple(ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_remote(text: str, *, folders: Iterable[Path] = ()) -> Remote:
    """The remote that a person typed. `folders` may be read in addition to SOURCE_FOLDERS.

    Raises ForgeError: url_invalid, credentials_in_url, scheme_forbidden, port_forbidden, path_forbidden,
    path_unreadable. Nothing is contacted; see `check_reachable`.
    """
    text = text.strip(" ")
    refuse_odd_text(text)
    if text.startswith("/") and not text.startswith("//"):
        return local_remote(Path(text), folders)
    if match := HELPER.match(text):
        raise scheme_error(match[1].lower() + "::")
    if match := SCHEME.match(text):
        scheme, rest = match[1].lower(), match[2]
        if scheme == "file":
            return file_remote(rest, folders)
        require_scheme(scheme)
        return network_remote(scheme, rest)
    if match := SCP.match(text):
        require_scheme("ssh")
        return network_remote("ssh", f"{match[1]}@{match[2]}/{match[3].lstrip('/')}")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        raise scheme_error(text.split(":", 1)[0].lower() + ":")
    raise ForgeError("url_invalid", why="it is neither a URL nor an absolute path")


def refuse_odd_text(text: str) -> None:
    if not text:
        raise ForgeError("url_invalid", why="it is empty")
    if len(text) > MAX_LENGTH:
        raise ForgeError("url_invalid", why=f"it is longer than {MAX_LENGTH} characters")
    if text.startswith("-"):
        raise ForgeError("url_invalid", why="it begins with a dash")
    if not text.isprintable():
        raise ForgeError("url_invalid", why="it holds a line break or another invisible character")
    if "\\" in text:
        raise ForgeError("url_invalid", why="it holds a backslash")


def holds_credentials(text: str) -> bool:
    """Whether a user name or a password may stand in an address of any kind, so that nothing of it is repeated.

    The user of an ssh address is no secret; of other addresses whatever stands before an @ is taken for one.
    """
    scheme, mark, rest = text.strip().rpartition("://")
    before, at, _ = rest.rpartition("@")
    is_ssh = not mark or scheme.lower().endswith("ssh")
    return bool(at) and (":" in before or (not is_ssh and "/" not in before) or "@" in before)


def scheme_error(scheme: str) -> ForgeError:
    return ForgeError("scheme_forbidden", scheme=scheme, allowed=", ".join(settings.GIT_PROTOCOLS))


def require_scheme(scheme: str) -> None:
    if scheme not in DEFAULT_PORTS or scheme not in settings.GIT_PROTOCOLS:
        raise scheme_error(scheme + "://")


# ---------------------------------------------------------------- network
def network_remote(scheme: str, rest: str) -> Remote:
    for mark, what in (("?", "a query"), ("#", "a fragment")):
        if mark in rest:
            raise ForgeError("url_invalid", why=f"it holds {what}")
    authority, slash, path = rest.partition("/")
    user, host_and_port = split_user(scheme, authority)
    host, port = split_port(scheme, host_and_port)
    path = canonical_path(slash + path)
    bracketed = f"[{host}]" if ":" in host else host
    base = f"{scheme}://{user + '@' if user else ''}{bracketed}{f':{port}' if port else ''}"
    bare = path.removesuffix(".git")
    if bare in ("", "/") or bare.endswith("/"):
        raise ForgeError("url_invalid", why="it names no repository on the host")
    return Remote(
        url=base + path, canonical=base + bare, scheme=scheme, host=host, port=port, path=path, user=user
    )


def split_user(scheme: str, authority: str) -> tuple[str, str]:
    user, at, host_and_port = authority.rpartition("@")
    if not at:
        return "", authority
    if scheme != "ssh" or ":" in user or "@" in user:
        raise ForgeError("credentials_in_url")
    if not USER.match(user):
        raise ForgeError("url_invalid", why="the part before the @ is no user name")
    return user, host_and_port


def split_port(scheme: str, text: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::([0-9]{1,5}))?", text)
    if not match:
        raise ForgeError("url_invalid", why="the host or its port is malformed")
    port = int(match[2]) if match[2] else DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        raise ForgeError("url_invalid", why="there is no such port")
    if port < 1024 and port not in PRIVILEGED[scheme]:
        raise ForgeError("port_forbidden", port=port)
    return canonical_host(match[1]), None if port == DEFAULT_PORTS[scheme] else port


def canonical_host(text: str) -> str:
    """The host in lower case; an address literal must be written in full and may not be a forbidden one."""
    if text.startswith("["):
        return str(require_allowed(parse_address(text[1:-1]), text))
    host = text.lower().removesuffix(".")
    labels = host.split(".")
    if not host or len(host) > 253 or not all(LABEL.match(label) for label in labels):
        raise ForgeError("url_invalid", why="the host is malformed")
    if any(label.startswith("xn--") for label in labels):
        require_idna(host)
    if re.match(r"(0x[0-9a-f]*|[0-9]+)\Z", labels[-1]):
        # Resolvers read 127.1, 0x7f.1 and 0177.0.0.1 as addresses: only the plain form is accepted.
        return str(require_allowed(parse_address(host), host))
    if host == "localhost" or host.endswith(".localhost"):
        raise ForgeError("address_forbidden", host=host)
    return host


def require_idna(host: str) -> None:
    try:
        host.encode("ascii").decode("idna")
    except UnicodeError:
        raise ForgeError("url_invalid", why="the host is malformed") from None


def parse_address(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ForgeError("url_invalid", why="the host is a malformed address") from None


def canonical_path(path: str) -> str:
    """One spelling of a path: no trailing slash, only needed percent codes, in upper case."""
    if not PATH.match(path) or "//" in path or re.search(r"%(?![0-9A-Fa-f]{2})", path):
        raise ForgeError("url_invalid", why="its path holds a character that must be written as a percent code")
    decoded = unquote_to_bytes(path)
    if any(byte < 32 or byte in b"\\\x7f?#" for byte in decoded) or re.search("%2f", path, re.I):
        raise ForgeError("url_invalid", why="its path hides a control character or a slash")
    if any(part in (b".", b"..") for part in decoded.split(b"/")):
        raise ForgeError("url_invalid", why="its path holds a dot segment")
    return quote(decoded, safe=UNRESERVED).rstrip("/")


# ---------------------------------------------------------------- addresses
def check_reachable(remote: Remote, *, hosts: Iterable[str]) -> tuple[str, ...]:
    """Checked addresses to pin the connection to, () for a local folder. Asks the name server once.

    `hosts` are the registered ones, "git.corp.example" or "git.corp.example:8443"; the first form means the
    default port of each scheme. Raises ForgeError: host_not_registered, port_forbidden, host_unknown,
    address_forbidden.
    """
    if remote.is_local:
        return ()
    require_registered(remote, {host.lower().removesuffix(".") for host in hosts})
    try:
        found = socket.getaddrinfo(remote.host, remote.real_port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ForgeError("host_unknown", host=remote.host) from None
    addresses = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return tuple(str(require_allowed(ipaddress.ip_address(text), remote.host)) for text in addresses)


def require_registered(remote: Remote, hosts: set[str]) -> None:
    if remote.port is None and remote.host in hosts:
        return
    if f"{remote.host}:{remote.real_port}" in hosts:
        return
    if remote.host in hosts or any(host.rpartition(":")[0] == remote.host for host in hosts):
        raise ForgeError("port_forbidden", port=remote.real_port)
    raise ForgeError("host_not_registered", host=remote.host)


def require_allowed(address: Address, host: str) -> Address:
    if is_forbidden(address):
        raise ForgeError("address_forbidden", host=host)
    return address


def is_forbidden(address: Address) -> bool:
    """Loopback, link-local, metadata, multicast, unspecified; also as the IPv4 inside an IPv6 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = embedded(address)
        if inner is not None:
            return is_forbidden(inner)
    special = (
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_unspecified,
        isinstance(address, ipaddress.IPv4Address) and address.is_reserved,
        isinstance(address, ipaddress.IPv6Address) and address.is_site_local,
    )
    return any(special) or any(
        address in network for network in FORBIDDEN_NETWORKS if network.version == address.version
    )


def embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in EMBEDS_IPV4) or 1 < int(address) < 2**32:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


# ---------------------------------------------------------------- folders
def allowed_folders(extra: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(Path(folder).resolve() for folder in (*settings.SOURCE_FOLDERS, *extra))


def is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def file_remote(rest: str, folders: Iterable[Path]) -> Remote:
    if not rest.startswith("/"):
        raise ForgeError("url_invalid", why="a file:// address names no host and an absolute path")
    if "%" in rest:
        raise ForgeError("url_invalid", why="a file:// address is written without percent codes")
    return local_remote(Path(rest), folders)


def local_remote(path: Path, folders: Iterable[Path]) -> Remote:
    """A folder of this machine, links resolved first, so that no link leads out of the allowed folders."""
    allowed = allowed_folders(folders)
    if ".." in path.parts:
        raise ForgeError("url_invalid", why="its path holds a dot segment")
    try:
        resolved = path.resolve()
        # Whether a forbidden folder exists is nobody's business, so this comes before the look at the disk.
        if not is_below(resolved, allowed):
            raise ForgeError("path_forbidden", path=path)
        if resolved.name == ".git":
            resolved = resolved.parent
    except (OSError, RuntimeError, ValueError):
        raise ForgeError("path_unreadable", path=path) from None
    return Remote(
        url=str(resolved), canonical=str(resolved), scheme="file", host="", port=None, path=str(resolved)
    )
