"""One address of a repository, and a text file of addresses, one a line."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from forge.connectors.base import Connector, Problem, is_file, register
from forge.errors import ForgeError, printable
from forge.types import Remote, RemoteProject
from forge.urls import holds_credentials, local_remote, parse_remote

MAX_LINES = 20_000
MAX_BYTES = 4 * 2**20


def project_at(remote: Remote) -> RemoteProject:
    """What an address alone says about its repository."""
    path = unquote(remote.path, errors="replace").strip("/").removesuffix(".git")
    if remote.is_local:
        path = path.rsplit("/", 1)[-1]
    web = remote.canonical if remote.scheme in ("https", "http") else ""
    return RemoteProject(name=path.rsplit("/", 1)[-1], path=path, clone_url=remote.url, web_url=web)


@register
class SingleUrl(Connector):
    kind = "url"
    label = "Address of one repository"
    finds_many = False

    @classmethod
    def recognises(cls, text: str) -> bool:
        return ":" in text and not text.strip().startswith("/")

    def discover(self, address: str, *, folders: Iterable[Path] = (), topic: str = "") -> Iterator[RemoteProject]:
        yield project_at(parse_remote(address, folders=folders))


@register
class UrlList(Connector):
    kind = "list"
    label = "List of addresses"
    is_local = True

    @classmethod
    def recognises(cls, text: str) -> bool:
        return text.strip().startswith("/") and is_file(text.strip())

    def discover(self, address: str, *, folders: Iterable[Path] = (), topic: str = "") -> Iterator[RemoteProject]:
        """The file itself must lie below an allowed folder, too. Raises ForgeError: path_forbidden,
        path_missing, path_unreadable, list_too_long, list_without_urls."""
        folders = tuple(folders)
        path = Path(local_remote(Path(address.strip()), folders).path)
        yield from self.read(read_list(path), folders=folders)

    def read(self, text: str, *, folders: Iterable[Path] = ()) -> Iterator[RemoteProject]:
        """The repositories of a list that is at hand as text, for instance pasted into a form."""
        lines = text.removeprefix("\N{BYTE ORDER MARK}").splitlines()
        if len(lines) > MAX_LINES:
            raise ForgeError("list_too_long", limit=MAX_LINES, size=MAX_BYTES // 2**20)
        seen: set[str] = set()
        for number, line in enumerate(lines, start=1):
            remote = self._parse(number, line, folders=folders)
            if remote is not None and remote.canonical not in seen:
                seen.add(remote.canonical)
                yield project_at(remote)
        if not seen and not self.problems:
            raise ForgeError("list_without_urls")

    def _parse(self, number: int, line: str, *, folders: Iterable[Path]) -> Remote | None:
        # A comment begins a line or follows a blank, so that a # inside an address is refused and not cut off.
        wanted = line.split(" #")[0].split("\t#")[0].strip()
        if not wanted or wanted.startswith("#"):
            return None
        try:
            return parse_remote(wanted, folders=folders)
        except ForgeError as error:
            # A refused line may hold a password: then nothing of it is repeated.
            shown = "…" if holds_credentials(wanted) else printable(wanted)
            self.problems.append(Problem(number, shown, error))
            return None


def read_list(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ForgeError("path_missing", path=path) from None
    except OSError:
        raise ForgeError("path_unreadable", path=path) from None
    if len(data) > MAX_BYTES:
        raise ForgeError("list_too_long", limit=MAX_LINES, size=MAX_BYTES // 2**20)
    return data.decode("utf-8", "replace")
