"""What a connector is: it turns an address into the repositories that are there. It knows no model.

Each kind of source is one class in one file and says by its flags what it can do, so that callers ask the flags
and never the kind. A code host with an API (`has_api`) is a `forge.connectors.hosts.HostConnector`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from forge.errors import ForgeError
from forge.http import Forgetful, Limits, Validators
from forge.types import RemoteProject


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller lends to a connector.

    `hosts` are the registered code hosts, as `forge.urls.check_reachable` wants them. The token is shown nowhere.
    `validators` remember answers for conditional requests; `on_limits` hears how much a host lets us ask.
    """

    hosts: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    validators: Validators = field(default_factory=Forgetful, repr=False)
    on_limits: Callable[[Limits], None] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the source that was skipped while the rest was taken.

    `line` counts from 1 in a list and is 0 elsewhere; `text` is what stood there, fit to be shown.
    """

    line: int
    text: str
    error: ForgeError


class Connector(ABC):
    """One use of a source: `discover` once, then look at `problems`.

    `is_local` reads this machine's folders, `finds_many` more than one repository, `knows_topics` can be asked
    for a topic, `has_api` has all the methods of a `HostConnector`.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    is_local: ClassVar[bool] = False
    finds_many: ClassVar[bool] = True
    knows_topics: ClassVar[bool] = False
    has_api: ClassVar[bool] = False

    def __init__(self, access: Access | None = None) -> None:
        self.access = access or Access()
        self.problems: list[Problem] = []

    @classmethod
    @abstractmethod
    def recognises(cls, text: str) -> bool:
        """Whether this address looks like one of this kind. Must not use the network."""

    @abstractmethod
    def discover(self, address: str, *, folders: Iterable[Path] = (), topic: str = "") -> Iterator[RemoteProject]:
        """The repositories of a source, each once. `folders` may be read in addition to SOURCE_FOLDERS; `topic`
        leaves out what does not carry it, where `knows_topics`.

        Raises ForgeError when the source as a whole cannot be used; what is wrong with a part of it becomes a
        problem instead. One that is raised in the middle says nothing about what had not come yet.
        """


def is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:
        # A name that no file system accepts, for instance one that is too long.
        return False


KINDS: dict[str, type[Connector]] = {}


def register(connector: type[Connector]) -> type[Connector]:
    """Class decorator. The order of registration is the order in which kinds are guessed."""
    KINDS[connector.kind] = connector
    return connector


def connector_for(text: str, *, kind: str | None = None, access: Access | None = None) -> Connector:
    """A connector of the named kind, or of the first one that recognises the address.

    Raises ForgeError: kind_unknown, url_invalid.
    """
    if kind is not None:
        if kind not in KINDS:
            raise ForgeError("kind_unknown", kind=kind, allowed=", ".join(KINDS))
        return KINDS[kind](access)
    for connector in KINDS.values():
        if connector.recognises(text):
            return connector(access)
    raise ForgeError("url_invalid", why="it is neither a URL nor the path of a folder or of a list")
