"""What the code hosts with an API have in common: pages, and how what stands on them is checked."""

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

from forge.connectors.base import KINDS, Access, Connector, Problem
from forge.connectors.fields import Fields, parse
from forge.connectors.places import SCHEME, Place, place_of
from forge.errors import ForgeError, printable
from forge.http import Answer, Api
from forge.names import is_branch
from forge.types import HostCheck, RemoteItem, RemoteItems, RemoteProject
from forge.urls import parse_remote, require_registered, require_scheme

PER_PAGE = 100
# Issues and changes carry their whole text, so a page of a hundred may be larger than an answer is allowed to be.
ITEMS_PER_PAGE = 50
MAX_ITEMS = 300
MAX_PAGES = 2_000
# A host that ignores the page size is taken at its word up to here.
MAX_PER_PAGE = 1_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TOKEN = re.compile(r"[\x21-\x7e]{1,1000}\Z")

Query = Mapping[str, str | int]


class HostConnector(Connector):
    """A code host that is asked by its API. Use it as a context manager, or close it.

    Every method may raise what `forge.http.Api.get` raises; `rate_limited` carries `retry_at`, and the caller
    leaves the host alone until then.
    """

    finds_many = True
    has_api = True
    knows_topics = True
    # Hosts whose addresses are recognised without being told the kind.
    public_host: ClassVar[str] = ""
    # How the host calls the number of entries that a page has.
    page_size: ClassVar[str] = "per_page"

    def __init__(self, access: Access | None = None) -> None:
        super().__init__(access)
        self._api: Api | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._api is not None:
            self._api.close()

    # ------------------------------------------------------------ what a kind says of itself
    @abstractmethod
    def api_base(self, place: Place) -> str:
        """The address in front of every path of the API."""

    @abstractmethod
    def secrets(self) -> dict[str, str]:
        """The header that carries the token."""

    @abstractmethod
    def identify(self, place: Place) -> HostCheck:
        """Who we are there and what we may do, by one to three requests."""

    @abstractmethod
    def listing(self, place: Place, *, topic: str) -> Iterator[Fields]:
        """The descriptions of all repositories at a place, as the host's pages bring them."""

    @abstractmethod
    def describe(self, repository: Fields, *, place: Place) -> RemoteProject:
        """One description, checked. Raises ForgeError."""

    @abstractmethod
    def look(self, address: str, host_id: str) -> RemoteProject:
        """One repository by the number that stays when it is renamed or transferred. Raises ForgeError `gone`.

        `address` is the source's, it says which host to ask. Counts are completer than those of `discover`.
        """

    @abstractmethod
    def items(self, address: str, project: RemoteProject) -> RemoteItems:
        """Open issues and changes, the newest 300 of them at most, by up to thirteen requests."""

    # ------------------------------------------------------------ what they have in common
    def check(self, address: str) -> HostCheck:
        """Whether this is such a host and takes the token; says whose it is. One to three requests."""
        place = place_of(address)
        try:
            return self.identify(place)
        except ForgeError as error:
            if error.code != "gone":
                raise
            # A question that every such host answers has no answer here.
            raise ForgeError("not_a_code_host", host=place.host) from None

    @classmethod
    def recognises(cls, text: str) -> bool:
        """A group or user of the public host. An address with two parts is one repository."""
        match = SCHEME.match(text.strip())
        if not match or not cls.public_host or match[2].lower() != cls.public_host:
            return False
        return len([part for part in (match[3] or "").split("/") if part]) == 1

    def discover(self, address: str, *, folders: Iterable[Path] = (), topic: str = "") -> Iterator[RemoteProject]:
        """Archived ones and forks are included and say so. `folders` mean nothing here.

        A repository that does not come may be hidden, or out of reach of the token: ask `look` before you
        believe that it is gone.
        """
        place = place_of(address)
        seen: set[str] = set()
        for repository in self.listing(place, topic=topic):
            project = self._described(repository, place=place)
            if project is not None and project.host_id not in seen:
                seen.add(project.host_id)
                if not topic or topic.lower() in (each.lower() for each in project.topics):
                    yield project

    def _described(self, repository: Fields, *, place: Place) -> RemoteProject | None:
        try:
            return self.describe(repository, place=place)
        except ForgeError as error:
            shown = repository.text("full_name") or repository.text("path_with_namespace")
            # An address that was refused may hold a password.
            self.problems.append(Problem(0, "…" if error.code == "credentials_in_url" else shown, error))
            return None

    def api(self, place: Place) -> Api:
        """The API of a place's host; the connection stays open until `close`."""
        if self._api is None:
            require_scheme(place.scheme)
            if self.access.token and not TOKEN.match(self.access.token):
                raise ForgeError("token_refused", host=place.host)
            self._api = Api(
                self.api_base(place),
                hosts=self.registered(place),
                secrets=self.secrets() if self.access.token else {},
                validators=self.access.validators,
                on_limits=self.access.on_limits,
            )
        return self._api

    def registered(self, place: Place) -> tuple[str, ...]:
        return self.access.hosts

    def one(self, place: Place, path: str, **query: str | int) -> Fields:
        return self.fields(self.api(place).get(path, **query))

    def fields(self, answer: Answer) -> Fields:
        value = self._parsed(answer)
        if not isinstance(value, dict):
            raise ForgeError("not_a_code_host", host=urlsplit(answer.url).netloc)
        return Fields(value)

    def rows(self, answer: Answer, *, inside: str = "") -> list[Fields]:
        """The objects of a page; one that is none becomes a problem."""
        value = self._parsed(answer)
        if inside:
            value = value.get(inside) if isinstance(value, dict) else None
        if not isinstance(value, list):
            raise ForgeError("not_a_code_host", host=urlsplit(answer.url).netloc)
        if len(value) > MAX_PER_PAGE:
            raise ForgeError("too_big", what=f"a page of more than {MAX_PER_PAGE} entries")
        return list(self._objects(value))

    def _objects(self, values: list[object]) -> Iterator[Fields]:
        for value in values:
            try:
                yield Fields(value, "repository")
            except ForgeError as error:
                self.problems.append(Problem(0, printable(value, limit=80), error))

    def _parsed(self, answer: Answer) -> object:
        try:
            return parse(answer.body)
        except ValueError:
            raise ForgeError("not_a_code_host", host=urlsplit(answer.url).netloc) from None

    def paged(
        self, place: Place, path: str, query: Query, *, inside: str = "", pages: int = MAX_PAGES
    ) -> Iterator[tuple[Answer, list[Fields]]]:
        """Page after page, by the host's own links. Ends after `pages`, and when a host leads in a circle."""
        api = self.api(place)
        answer = api.get(path, **query)
        seen = {answer.url}
        for _ in range(pages - 1):
            yield answer, self.rows(answer, inside=inside)
            url = self.next_page(answer)
            if not url or url in seen:
                return
            seen.add(url)
            answer = api.get(url)
        yield answer, self.rows(answer, inside=inside)

    def next_page(self, answer: Answer) -> str:
        """The link's question on our own address: behind a proxy a host may call itself by another name."""
        link = answer.links().get("next", "")
        if not link:
            return ""
        here = urlsplit(answer.url)
        query = link.partition("?")[2].partition("#")[0]
        if not query.isascii() or not query.isprintable() or len(query) > 2000:
            return ""
        return here._replace(query=query).geturl()

    def first_of(self, place: Place, paths: Sequence[str], query: Query) -> Iterator[list[Fields]]:
        """The pages of the first path that is there: an organisation, or else a user of that name."""
        for path in paths:
            pages = self.paged(place, path, query)
            try:
                _, first = next(pages)
            except ForgeError as error:
                if error.code == "gone":
                    continue
                raise
            yield first
            for _, rows in pages:
                yield rows
            return
        raise ForgeError("group_missing", host=place.host, path=place.path)

    # ------------------------------------------------------------ checks of a description
    def path_of(self, repository: Fields, name: str) -> str:
        path = repository.needed(name, limit=400)
        parts = path.split("/")
        if len(parts) < 2 or any(part in ("", ".", "..") or "\\" in part for part in parts):
            raise ForgeError("answer_invalid", what="the path of a repository")
        return path

    def identity_of(self, repository: Fields) -> str:
        identity = repository.identity()
        if not identity:
            raise ForgeError("answer_invalid", what="the id of a repository")
        return identity

    def clone_url_of(self, repository: Fields, *names: str) -> str:
        """The first address that may be fetched from: an allowed protocol, a registered host, no password.

        A host does not decide that we read folders of this machine or contact somebody else.
        """
        refused: ForgeError | None = None
        for name in names:
            try:
                return self._checked(repository.needed(name, limit=2000))
            except ForgeError as error:
                refused = refused or error
        assert refused is not None  # noqa: S101
        raise refused

    def _checked(self, address: str) -> str:
        remote = parse_remote(address)
        if remote.is_local:
            raise ForgeError("answer_invalid", what="the address of a repository")
        require_registered(remote, {host.lower().removesuffix(".") for host in self.access.hosts})
        return remote.url

    def ssh_url_of(self, repository: Fields, name: str) -> str:
        try:
            return self._checked(repository.needed(name, limit=2000))
        except ForgeError:
            return ""

    def branch_of(self, repository: Fields) -> str | None:
        branch = repository.text("default_branch", limit=400)
        return branch if is_branch(branch) else None

    # ------------------------------------------------------------ issues and changes
    def open_rows(self, place: Place, path: str, query: Query) -> "Rows":
        """The newest open ones of one list; none at all where the feature is turned off or hidden."""
        rows = Rows()
        query = {**query, self.page_size: ITEMS_PER_PAGE}
        try:
            for answer, found in self.paged(place, path, query, pages=MAX_ITEMS // ITEMS_PER_PAGE):
                rows.first = rows.first or answer
                rows.found += found
                rows.complete = not self.next_page(answer)
        except ForgeError as error:
            if rows.first is not None or error.code not in ("gone", "auth_required", "token_refused"):
                raise
        return rows

    def read_items(self, rows: "Rows", *, place: Place) -> list[RemoteItem]:
        items: list[RemoteItem] = []
        for fields in rows.found[:MAX_ITEMS]:
            try:
                item = self.item_of(fields, place=place)
            except ForgeError as error:
                self.problems.append(Problem(0, fields.text("title", limit=80), error))
            else:
                items += [] if item is None else [item]
        return items

    def item_of(self, fields: Fields, *, place: Place) -> RemoteItem | None:
        """One of them, checked; None for what is not for everybody. Raises ForgeError.

        These are GitHub's words, which Gitea took over.
        """
        return RemoteItem(
            kind="change" if "pull_request" in fields or "head" in fields else "issue",
            number=self.number_of(fields, "number"),
            title=fields.text("title"),
            web_url=fields.page("html_url", host=place.host),
            author=fields.inner("user").text("login", limit=100),
            labels=fields.texts("labels", inside="name"),
            draft=fields.flag("draft"),
            comments=fields.amount("comments"),
            created_at=fields.moment("created_at"),
            updated_at=fields.moment("updated_at"),
        )

    def checked_id(self, host_id: str) -> str:
        """A number, so that no path can be smuggled in."""
        if not (host_id.isascii() and host_id.isdigit()):
            raise ForgeError("gone")
        return host_id

    def number_of(self, fields: Fields, name: str) -> int:
        number = fields.count(name)
        if not number:
            raise ForgeError("answer_invalid", what="the number of an issue or a change")
        return number


@dataclass(slots=True)
class Rows:
    """What was read of one list. `first` is None when the host does not show the list at all."""

    found: list[Fields] = field(default_factory=list)
    first: Answer | None = None
    complete: bool = True

    def total(self, header: str) -> int | None:
        """All there are: as the host counts, or as we did when that was all."""
        counted = self.first.number(header) if self.first else None
        return len(self.found) if counted is None and self.complete else counted


def newest(*items: Iterable[RemoteItem]) -> tuple[RemoteItem, ...]:
    together = [item for some in items for item in some]
    together.sort(key=lambda item: item.updated_at or LONG_AGO, reverse=True)
    return tuple(together[:MAX_ITEMS])


def number_in_last_link(answer: Answer) -> int | None:
    """How many pages there are, by the Link header; None when this page is the only one, or the host is silent."""
    last = answer.links().get("last", "")
    for name, value in parse_qsl(urlsplit(last).query)[:20] if last else ():
        if name == "page" and value.isdigit() and len(value) < 10:
            return int(value)
    return None


def host_connector(kind: str, access: Access) -> HostConnector:
    """A connector that has an API. Raises ForgeError `kind_unknown` for every other kind."""
    connector = KINDS.get(kind)
    if connector is None or not issubclass(connector, HostConnector):
        allowed = ", ".join(kind for kind, each in KINDS.items() if each.has_api)
        raise ForgeError("kind_unknown", kind=kind, allowed=allowed)
    return connector(access)
