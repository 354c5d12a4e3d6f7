"""One connection to one host: to the checked addresses, verified by name, bounded in time and in size."""

import contextlib
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping

import httpcore

from forge.errors import ForgeError
from forge.types import Remote

# Python needs up to nine times as much while it reads one: a worker must bear that.
MAX_BODY = 12 * 2**20
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
# One whole exchange, whatever the host does in between.
TOTAL_SECONDS = 60.0

# Status, headers with lower-case names, body.
Raw = tuple[int, dict[str, str], bytes]


class PinnedBackend(httpcore.SyncBackend):
    """Connects to the checked addresses, whatever the name says by now, and stops when the time is up."""

    def __init__(self) -> None:
        self.addresses: tuple[str, ...] = ()
        self.deadline = 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        for address in self.addresses[:-1]:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return TimedStream(super().connect_tcp(address, port, self.left(timeout)), self)
        return TimedStream(super().connect_tcp(self.addresses[-1], port, self.left(timeout)), self)

    def left(self, timeout: float | None) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


class TimedStream(httpcore.NetworkStream):
    """A host that sends one byte now and then would never run into a time limit of single reads."""

    def __init__(self, inner: httpcore.NetworkStream, backend: PinnedBackend) -> None:
        self.inner = inner
        self.backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self.backend.left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self.backend.left(timeout)
        return TimedStream(self.inner.start_tls(ssl_context, server_hostname, left), self.backend)

    def get_extra_info(self, info: str) -> object:
        return self.inner.get_extra_info(info)


class Wire:
    """The open connection to one host. The certificate must belong to the host's name, not to its address."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.backend = PinnedBackend()
        self.is_used = False
        self.pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=1,
            keepalive_expiry=20,
            network_backend=self.backend,
        )

    def close(self) -> None:
        self.pool.close()

    def get(self, url: str, headers: Mapping[str, str]) -> Raw:
        self.backend.deadline = time.monotonic() + TOTAL_SECONDS
        with self._coded_errors():
            try:
                answer = self._exchange(url, headers)
            except (httpcore.RemoteProtocolError, httpcore.NetworkError):
                # A host may hang up on a connection that was idle just when we speak; on a new one it may not.
                if not self.is_used:
                    raise
                self.is_used = False
                answer = self._exchange(url, headers)
            self.is_used = True
            return answer

    def _exchange(self, url: str, headers: Mapping[str, str]) -> Raw:
        timeout = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": 1.0}
        sent = list(headers.items())
        with self.pool.stream("GET", url, headers=sent, extensions={"timeout": timeout}) as response:
            names = lowered(response.headers)
            packing = names.get("content-encoding", "")
            body = unpacked(response.iter_stream(), packing, host=self.remote.host)
            return response.status, names, body

    @contextlib.contextmanager
    def _coded_errors(self) -> Iterator[None]:
        host = self.remote.host
        try:
            yield
        except (httpcore.TimeoutException, httpcore.NetworkError) as error:
            code = "certificate" if is_about_certificate(error) else "unreachable"
            raise ForgeError(code, host=host) from None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            raise ForgeError("not_a_code_host", host=host) from None


def is_about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def lowered(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def unpacked(chunks: Iterable[bytes], encoding: str, *, host: str) -> bytes:
    """The body, unpacked step by step, so that a bomb is noticed when it passes the limit and not before."""
    if encoding not in ("", "identity", "gzip"):
        raise ForgeError("not_a_code_host", host=host)
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding == "gzip" else None
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        try:
            part = chunk if inflate is None else inflate.decompress(chunk, MAX_BODY + 1 - size)
        except zlib.error:
            raise ForgeError("not_a_code_host", host=host) from None
        size += len(part)
        if size > MAX_BODY:
            raise ForgeError("too_big", what=f"an answer of more than {MAX_BODY // 2**20} MB from {host}")
        parts.append(part)
    return b"".join(parts)
