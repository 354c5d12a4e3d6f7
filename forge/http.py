"""The one way to ask a code host's API: a GET over a checked and pinned address, bounded in time and in size.

No proxy of the environment, no cookie, no password file and no redirect to another host is ever followed, and
the token travels in one header only. What comes back is bytes of a stranger; `forge.connectors.fields` reads it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from forge.errors import ForgeError
from forge.urls import check_reachable, parse_remote
from forge.wire import Wire

MAX_HOPS = 3
# A host may not put us off for longer than this, nor for less.
LONGEST_WAIT = timedelta(hours=24)
SHORTEST_WAIT = timedelta(seconds=1)
# What GitHub asks for when it limits without saying for how long.
USUAL_WAIT = timedelta(seconds=60)
# The most that a column of the database holds: one absurd number must not end the look that brought it.
MOST = 2**31 - 1
MOVED = {301, 302, 303, 307, 308}
# What a later page and a conditional request need of an answer.
KEPT_HEADERS = ("content-type", "link", "x-next-page", "x-total", "x-total-count")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a host lets us ask, as it said last; None where it did not say."""

    limit: int | None = None
    remaining: int | None = None
    reset_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer that may still be true: the host is asked with its validators."""

    etag: str
    modified: str
    headers: Mapping[str, str]
    body: bytes


class Validators(Protocol):
    """Where answers wait for the next conditional request. Keys are addresses and hold no token: keep one for
    each token, because what one may see another may not."""

    def get(self, url: str) -> Stored | None: ...

    def put(self, url: str, stored: Stored) -> None: ...


class Forgetful:
    """Keeps nothing: every request is unconditional."""

    def get(self, url: str) -> Stored | None:
        return None

    def put(self, url: str, stored: Stored) -> None:
        pass


class Remembering:
    """Keeps answers for as long as it lives itself."""

    def __init__(self) -> None:
        self.kept: dict[str, Stored] = {}

    def get(self, url: str) -> Stored | None:
        return self.kept.get(url)

    def put(self, url: str, stored: Stored) -> None:
        self.kept[url] = stored


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have lower-case names. `fresh` is False when the host said that nothing has changed."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    fresh: bool = True

    def links(self) -> dict[str, str]:
        """The Link header: relation to absolute address."""
        found: dict[str, str] = {}
        for part in self.headers.get("link", "")[:8000].split(","):
            target, _, rest = part.partition(";")
            target = target.strip()
            for word in rest.split(";"):
                name, _, value = word.strip().partition("=")
                if name == "rel" and target.startswith("<") and target.endswith(">"):
                    found.setdefault(value.strip('"'), urljoin(self.url, target[1:-1]))
        return found

    def number(self, header: str) -> int | None:
        """How many the host says that there are, `MOST` at most."""
        return held(whole(self.headers.get(header, "")))


@dataclass(slots=True)
class Api:
    """One host's API as one token sees it. Use it as a context manager, in one thread.

    `base` is the address in front of every path, without a slash at its end. `hosts` are the registered ones.
    """

    base: str
    hosts: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    validators: Validators = field(default_factory=Forgetful, repr=False)
    on_limits: Callable[[Limits], None] | None = field(default=None, repr=False)
    limits: Limits = field(default_factory=Limits, init=False)
    requests: int = field(default=0, init=False)
    _wire: Wire | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    def get(self, path: str, **query: str | int) -> Answer:
        """`path` begins with a slash; or it is an address below the same host, as a Link header gives it.

        Raises ForgeError: what `check_reachable` raises, unreachable, certificate, redirected, auth_required,
        token_refused, gone, rate_limited, too_big, not_a_code_host.
        """
        url = path if "://" in path else self.base + path
        if query:
            url = f"{url}?{urlencode(query)}"
        for _ in range(MAX_HOPS):
            answer = self._ask(url)
            if answer.status not in MOVED:
                return answer
            url = urljoin(url, answer.headers.get("location", ""))
            self.require_same_host(url)
        raise ForgeError("redirected", host=self.host)

    def require_same_host(self, url: str) -> None:
        """Refuse an address that would take the token elsewhere."""
        try:
            here, there = urlsplit(self.base), urlsplit(url)
            same = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
        except ValueError:
            same = False
        if not same or "@" in there.netloc or not url.isascii() or not url.isprintable() or " " in url:
            raise ForgeError("redirected", host=self.host)

    def _ask(self, url: str) -> Answer:
        stored = self.validators.get(url)
        answer = self._exchange(url, stored)
        self._note_limits(answer.headers)
        if answer.status == 304 and stored is not None:
            return Answer(200, {**answer.headers, **stored.headers}, stored.body, url, fresh=False)
        refuse(answer, host=self.host, has_token=bool(self.secrets))
        if answer.status == 200:
            self._keep(answer)
        return answer

    def _exchange(self, url: str, stored: Stored | None) -> Answer:
        headers = {"User-Agent": "innersource-portal", "Accept": "application/json", "Accept-Encoding": "gzip"}
        headers |= self.secrets
        if stored is not None and stored.etag:
            headers["If-None-Match"] = stored.etag
        elif stored is not None and stored.modified:
            headers["If-Modified-Since"] = stored.modified
        self.requests += 1
        return Answer(*self._connected().get(url, headers), url)

    def _connected(self) -> Wire:
        # The name is resolved and its addresses are checked before every request; a connection that is still
        # open was made to an address that had passed the same check.
        remote = parse_remote(f"{self.base}/api")
        addresses = check_reachable(remote, hosts=self.hosts)
        if self._wire is None:
            self._wire = Wire(remote)
        self._wire.backend.addresses = addresses
        return self._wire

    def _note_limits(self, headers: Mapping[str, str]) -> None:
        limits = limits_of(headers)
        if limits != Limits():
            self.limits = limits
            if self.on_limits is not None:
                self.on_limits(limits)

    def _keep(self, answer: Answer) -> None:
        etag, modified = (answer.headers.get(name, "")[:300] for name in ("etag", "last-modified"))
        if etag or modified:
            kept = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
            self.validators.put(answer.url, Stored(etag, modified, kept, answer.body))


# ---------------------------------------------------------------- what the host says
def refuse(answer: Answer, *, host: str, has_token: bool) -> None:
    """Raise what an answer means unless it is data or a redirect."""
    status = answer.status
    until = wait_of(answer, now=datetime.now(UTC))
    if until is not None:
        raise limited_until(until, host=host)
    if status in (401, 403, 407):
        raise ForgeError("token_refused" if has_token else "auth_required", host=host)
    if status in (404, 410, 451):
        raise ForgeError("gone")
    if status == 408 or status >= 500:
        raise ForgeError("unreachable", host=host)
    if status not in MOVED and (status != 200 or "json" not in answer.headers.get("content-type", "")):
        raise ForgeError("not_a_code_host", host=host)


def limited_until(until: datetime, *, host: str) -> ForgeError:
    return ForgeError("rate_limited", host=host, until=f"{until:%Y-%m-%d %H:%M} UTC", retry_at=until)


def wait_of(answer: Answer, *, now: datetime) -> datetime | None:
    """Until when the host wants no more requests, None when it does not say so.

    GitHub: 403 or 429 with Retry-After, or with no requests left until a reset, or (a secondary limit) only with
    a sentence. GitLab and proxies: 429 with Retry-After or a reset. 503 with Retry-After is a host in repair.
    """
    if answer.status not in (403, 429, 503):
        return None
    asked = retry_after(answer.headers.get("retry-after", ""), now=now)
    limits = limits_of(answer.headers)
    if asked is None and limits.remaining == 0:
        asked = limits.reset_at or now + USUAL_WAIT
    if asked is None and (answer.status == 429 or says_limited(answer)):
        asked = now + USUAL_WAIT
    return None if asked is None else min(max(asked, now + SHORTEST_WAIT), now + LONGEST_WAIT)


def says_limited(answer: Answer) -> bool:
    return answer.status == 403 and b"rate limit" in answer.body[:4000].lower()


def retry_after(text: str, *, now: datetime) -> datetime | None:
    """Seconds or a date."""
    seconds = whole(text)
    if seconds is not None:
        return now + timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
    try:
        moment = parsedate_to_datetime(text.strip())
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def limits_of(headers: Mapping[str, str]) -> Limits:
    """GitHub and Gitea say X-RateLimit-*, GitLab says RateLimit-*; a reset is a moment in seconds since 1970."""
    limit, remaining, reset = (
        whole(headers.get(f"x-ratelimit-{name}", headers.get(f"ratelimit-{name}", "")))
        for name in ("limit", "remaining", "reset")
    )
    try:
        reset_at = None if reset is None else datetime.fromtimestamp(reset, UTC)
    except (ValueError, OverflowError, OSError):
        reset_at = None
    return Limits(held(limit), held(remaining), reset_at)


def whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def held(number: int | None) -> int | None:
    return None if number is None else min(number, MOST)
