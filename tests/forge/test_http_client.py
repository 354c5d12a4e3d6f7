"""A code host on loopback, well and badly behaved, and what our client makes of it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from forge import wire
from forge.http import Api, Limits, Remembering
from tests.forge.calls import code_of, error_of
from tests.forge.connectors.code_host import Asked, CodeHost, Reply

SECRETS = {"Authorization": "Bearer s3cret"}


def api_of(host: CodeHost, **options: object) -> Api:
    return Api(f"{host.origin}/api", hosts=(host.name,), **options)  # type: ignore[arg-type]


# ---------------------------------------------------------------- answers
def test_an_answer_is_read_packed_or_plain(code_host: CodeHost) -> None:
    code_host.replies["/api/x"] = [Reply({"a": 1}), Reply({"a": 1}, packed=True)]
    with api_of(code_host) as api:
        assert [api.get("/x", q="ü").body for _ in range(2)] == [b'{"a": 1}'] * 2
    assert code_host.asked[0].query == {"q": "ü"}


def test_the_token_is_in_one_header_and_nowhere_else(code_host: CodeHost) -> None:
    code_host.replies["/api/x"] = Reply([])
    with api_of(code_host, secrets=SECRETS) as api:
        answer = api.get("/x")
        assert "s3cret" not in repr(api) + repr(answer)
    assert code_host.asked[0].headers["authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("status", "anonymous", "with_token"),
    [
        (401, "auth_required", "token_refused"),
        (403, "auth_required", "token_refused"),
        (404, "gone", "gone"),
        (410, "gone", "gone"),
        (451, "gone", "gone"),
        (408, "unreachable", "unreachable"),
        (500, "unreachable", "unreachable"),
        (503, "unreachable", "unreachable"),
        (400, "not_a_code_host", "not_a_code_host"),
        (422, "not_a_code_host", "not_a_code_host"),
        (204, "not_a_code_host", "not_a_code_host"),
        (304, "not_a_code_host", "not_a_code_host"),
    ],
)
def test_every_status_has_its_code(code_host: CodeHost, status: int, anonymous: str, with_token: str) -> None:
    code_host.replies["/api/x"] = Reply({}, status=status)
    with api_of(code_host) as api, api_of(code_host, secrets=SECRETS) as other:
        assert (code_of(lambda: api.get("/x")), code_of(lambda: other.get("/x"))) == (anonymous, with_token)


def test_a_sign_in_page_is_no_code_host(code_host: CodeHost) -> None:
    code_host.replies["/api/x"] = Reply(b"<html>Please sign in", headers={"Content-Type": "text/html"})
    with api_of(code_host) as api:
        assert code_of(lambda: api.get("/x")) == "not_a_code_host"


# ---------------------------------------------------------------- redirects
def test_a_redirect_on_the_same_host_is_followed(code_host: CodeHost) -> None:
    code_host.replies["/api/old"] = Reply({}, 301, {"Location": "/api/repositories/7"})
    code_host.replies["/api/repositories/7"] = Reply({"id": 7})
    with api_of(code_host, secrets=SECRETS) as api:
        assert api.get("/old").body == b'{"id": 7}'


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/x",
        "https://127.0.0.1/x",
        "http://evil.example/x",
        "//evil.example/x",
        "http://user:word@{host}/x",
        "ftp://{host}/x",
        "http://{host}:x/",
        "/api/a b",
        "/api/moved",
    ],
)
def test_a_redirect_elsewhere_or_for_ever_is_not(code_host: CodeHost, location: str) -> None:
    code_host.replies["/api/moved"] = Reply({}, 302, {"Location": location.format(host=code_host.name)})
    with api_of(code_host, secrets=SECRETS) as api:
        assert code_of(lambda: api.get("/moved")) == "redirected"
    assert set(code_host.paths()) == {"/api/moved"}


# ---------------------------------------------------------------- rate limits
def wait(code_host: CodeHost, status: int, headers: dict[str, str], body: object = None) -> timedelta:
    code_host.replies["/api/x"] = Reply(body, status, headers)
    with api_of(code_host, secrets=SECRETS) as api:
        error = error_of(lambda: api.get("/x"))
    assert error.code == "rate_limited" and error.retry_at is not None
    return error.retry_at - datetime.now(UTC)


def as_moment(value: str) -> str:
    """ "in 300" becomes the moment in 300 seconds, counted since 1970."""
    return str(int(time.time()) + int(value[3:])) if value.startswith("in ") else value


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "90"}, 90),
        (403, {"Retry-After": "30", "X-RateLimit-Remaining": "4000"}, 30),
        (503, {"Retry-After": "120"}, 120),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "in 600"}, 600),
        (429, {"RateLimit-Remaining": "0", "RateLimit-Reset": "in 300"}, 300),
        (403, {"X-RateLimit-Remaining": "0"}, 60),
        (429, {}, 60),
        (429, {"Retry-After": "soon"}, 60),
        (429, {"Retry-After": "-1"}, 60),
        (429, {"Retry-After": "0"}, 1),
        (429, {"Retry-After": "9" * 14}, 86_400),
        (429, {"Retry-After": "9" * 40}, 60),
        (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 1),
    ],
)
def test_a_host_is_left_alone_for_as_long_as_it_asks(
    code_host: CodeHost, status: int, headers: dict[str, str], seconds: int
) -> None:
    headers = {name: as_moment(value) for name, value in headers.items()}
    assert abs(wait(code_host, status, headers).total_seconds() - seconds) < 30


def test_a_date_says_when_to_come_back(code_host: CodeHost) -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    text = f"{later:%a, %d %b %Y %H:%M:%S} GMT"
    assert timedelta(hours=1, minutes=59) < wait(code_host, 429, {"Retry-After": text}) <= timedelta(hours=2)


def test_a_secondary_limit_without_a_time_means_a_minute(code_host: CodeHost) -> None:
    body = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
    assert wait(code_host, 403, {"X-RateLimit-Remaining": "4999"}, body) <= timedelta(minutes=1)


def test_limits_are_told_after_every_answer(code_host: CodeHost) -> None:
    heard: list[Limits] = []
    headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": "1590701888"}
    code_host.replies["/api/x"] = [Reply([], headers=headers), Reply([])]
    with api_of(code_host, on_limits=heard.append) as api:
        api.get("/x")
        api.get("/x")
    assert heard == [Limits(5000, 4999, datetime(2020, 5, 28, 21, 38, 8, tzinfo=UTC))] and api.limits == heard[0]


def test_absurd_limits_are_no_larger_than_a_column(code_host: CodeHost) -> None:
    headers = {f"X-RateLimit-{name}": str(2**33) for name in ("Limit", "Remaining", "Reset")}
    code_host.replies["/api/x"] = Reply([], headers=headers)
    with api_of(code_host) as api:
        api.get("/x")
    assert (api.limits.limit, api.limits.remaining) == (2**31 - 1, 2**31 - 1)
    assert api.limits.reset_at == datetime.fromtimestamp(2**33, UTC)


# ---------------------------------------------------------------- conditional requests
def test_what_has_not_changed_is_not_sent_again(code_host: CodeHost) -> None:
    def reply(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == 'W/"abc"':
            return Reply(b"", 304)
        return Reply([1], headers={"ETag": 'W/"abc"', "Link": '</api/x?page=2>; rel="next"'})

    code_host.replies["/api/x"] = reply
    validators = Remembering()
    with api_of(code_host, validators=validators) as api:
        first, second = api.get("/x"), api.get("/x")
    assert (first.fresh, second.fresh) == (True, False)
    assert first.body == second.body and first.links() == second.links() != {}


def test_a_date_is_a_validator_too(code_host: CodeHost) -> None:
    code_host.replies["/api/x"] = [Reply([1], headers={"Last-Modified": "yesterday"}), Reply(b"", 304)]
    with api_of(code_host, validators=Remembering()) as api:
        assert [api.get("/x").fresh for _ in range(2)] == [True, False]
    assert code_host.asked[1].headers["if-modified-since"] == "yesterday"


def test_links_of_strangers_are_only_links(code_host: CodeHost) -> None:
    link = '<?page=2>; rel="next", <http://evil.example/>; rel=last, nonsense, <x; rel="prev", ;;='
    code_host.replies["/api/x"] = Reply([], headers={"Link": link})
    with api_of(code_host) as api:
        found = api.get("/x").links()
    assert found == {"next": f"{code_host.origin}/api/x?page=2", "last": "http://evil.example/"}


# ---------------------------------------------------------------- bounds
def test_a_body_without_an_end_is_cut_off(code_host: CodeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_BODY", 1000)
    code_host.replies["/api/x"] = [Reply(b"x" * 1001), Reply(b"0" * 100_000, packed=True)]
    with api_of(code_host) as api:
        assert [code_of(lambda: api.get("/x")) for _ in range(2)] == ["too_big"] * 2


@pytest.mark.parametrize("encoding", ["br", "gzip", "gzip, gzip"])
def test_a_body_that_cannot_be_unpacked_is_no_answer(code_host: CodeHost, encoding: str) -> None:
    code_host.replies["/api/x"] = Reply(b"nonsense", headers={"Content-Encoding": encoding})
    with api_of(code_host) as api:
        assert code_of(lambda: api.get("/x")) == "not_a_code_host"


class Raw:
    """A host that speaks bytes: `first` at once, then `drip` again and again."""

    def __init__(self, first: bytes, drip: bytes = b"") -> None:
        self.first, self.drip = first, drip
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.name = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.origin = f"http://{self.name}"
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            try:
                connection.sendall(self.first)
                while self.drip and not self.over.wait(0.05):
                    connection.sendall(self.drip)
                self.over.wait(10 if self.first == b"" else 0)
            except OSError:
                pass

    def close(self) -> None:
        self.over.set()
        self.thread.join()
        self.listener.close()


@pytest.fixture
def raw(open_loopback: None) -> Iterator[Callable[..., Raw]]:
    opened: list[Raw] = []

    def open_raw(*parts: bytes) -> Raw:
        opened.append(Raw(*parts))
        return opened[-1]

    yield open_raw
    for host in opened:
        host.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("first", "drip"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n"),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
)
def test_a_host_that_drips_is_given_up_in_bounded_time(
    raw: Callable[..., Raw], monkeypatch: pytest.MonkeyPatch, first: bytes, drip: bytes
) -> None:
    monkeypatch.setattr(wire, "TOTAL_SECONDS", 0.5)
    host = raw(first, drip)
    with api_of(host) as api:  # type: ignore[arg-type]
        assert code_of(lambda: api.get("/x")) == "unreachable"


@pytest.mark.parametrize(
    "first",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 999 \r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Content-Length: 10\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
    ],
)
def test_a_host_that_speaks_something_else_is_no_code_host(raw: Callable[..., Raw], first: bytes) -> None:
    host = raw(first)
    with api_of(host) as api:  # type: ignore[arg-type]
        assert code_of(lambda: api.get("/x")) in ("not_a_code_host", "unreachable")


def test_a_host_that_hangs_up_on_an_old_connection_is_asked_again(open_loopback: None) -> None:
    answer = HEAD + b"Content-Length: 2\r\n\r\n[]"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name = f"127.0.0.1:{listener.getsockname()[1]}"

        def serve() -> None:
            for replies in ([answer, b""], [answer]):
                connection, _ = listener.accept()
                with connection:
                    for reply in replies:
                        connection.recv(10_000)
                        connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        with Api(f"http://{name}/api", hosts=(name,)) as api:
            assert [api.get("/x").body for _ in range(2)] == [b"[]"] * 2
        thread.join()


def test_nobody_at_the_port_is_said_plainly(open_loopback: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name = f"127.0.0.1:{listener.getsockname()[1]}"
    assert code_of(lambda: Api(f"http://{name}/api", hosts=(name,)).get("/x")) == "unreachable"
