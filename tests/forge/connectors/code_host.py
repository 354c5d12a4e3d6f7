"""A code host on loopback that answers what a test tells it to, and remembers what it was asked."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    """`body` becomes JSON unless it is bytes already."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    packed: bool = False

    @property
    def bytes(self) -> bytes:
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return gzip.compress(data) if self.packed else data


@dataclass(frozen=True)
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]


Answering = Reply | list[Reply] | Callable[[Asked], Reply]
NOT_FOUND = Reply({"message": "Not Found"}, status=404)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "CodeHost"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(parts.path, query, {name.lower(): value for name, value in self.headers.items()})
        self.server.asked.append(asked)
        reply = self.server.reply_to(asked)
        self.send_response(reply.status)
        packed = {"Content-Encoding": "gzip"} if reply.packed else {}
        length = {} if "Transfer-Encoding" in reply.headers else {"Content-Length": str(len(reply.bytes))}
        for name, value in ({"Content-Type": "application/json"} | length | packed | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if reply.status != 304:
            self.wfile.write(reply.bytes)

    def log_message(self, *_: object) -> None:
        pass


class CodeHost(ThreadingHTTPServer):
    """`replies` by path; of a list, each reply once and the last one for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.replies: dict[str, Answering] = {}
        self.otherwise: Callable[[Asked], Reply] = lambda _: NOT_FOUND

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def origin(self) -> str:
        return f"http://{self.name}"

    def reply_to(self, asked: Asked) -> Reply:
        found = self.replies.get(asked.path, self.otherwise)
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, Reply) else found(asked)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]
