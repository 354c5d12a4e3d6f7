"""Acme's Gitea on loopback: one organisation whose repositories a test adds, renames, hides and removes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.forge.connectors.answers import GITEA_CHANGE, GITEA_ISSUE, GITEA_REPOSITORY, GITEA_VERSION, variant
from tests.forge.connectors.code_host import NOT_FOUND, Asked, CodeHost, Reply

API = "/api/v1"
TOKEN = "acme-token-that-nobody-may-see"


class Acme:
    """`listed` is what its list shows; `there` is what it has, which a token may not see all of."""

    def __init__(self, server: CodeHost) -> None:
        self.server = server
        self.there: dict[int, dict[str, Any]] = {}
        self.unlisted: set[int] = set()
        self.items: dict[int, dict[str, list[dict[str, Any]]]] = {}
        self.trouble: Reply | None = None
        self.trouble_on_page = 1
        server.otherwise = self.reply

    @property
    def address(self) -> str:
        return f"{self.server.origin}/acme"

    def add(self, id: int, name: str, **more: Any) -> None:
        path = f"acme/{name}"
        self.there[id] = variant(
            GITEA_REPOSITORY,
            **{
                "id": id,
                "name": name,
                "full_name": path,
                "description": f"About {name}",
                "html_url": f"{self.server.origin}/{path}",
                "clone_url": f"{self.server.origin}/{path}.git",
                "ssh_url": "",
                "topics": [],
                "stars_count": 0,
                "forks_count": 0,
                "open_issues_count": 0,
                "open_pr_counter": 0,
                **more,
            },
        )

    def change(self, id: int, **fields: Any) -> None:
        self.there[id] |= fields

    def move(self, id: int, path: str) -> None:
        """Rename or transfer it."""
        self.change(
            id,
            name=path.split("/")[-1],
            full_name=path,
            html_url=f"{self.server.origin}/{path}",
            clone_url=f"{self.server.origin}/{path}.git",
        )

    def issue(self, id: int, number: int, title: str, *labels: str) -> None:
        row = variant(
            GITEA_ISSUE,
            number=number,
            title=title,
            labels=[{"name": label} for label in labels],
            html_url=f"{self.server.origin}/acme/x/issues/{number}",
        )
        self.items.setdefault(id, {"issues": [], "pulls": []})["issues"].append(row)
        self.change(id, open_issues_count=len(self.items[id]["issues"]))

    def offer(self, id: int, number: int, title: str) -> None:
        row = variant(
            GITEA_CHANGE,
            number=number,
            title=title,
            html_url=f"{self.server.origin}/acme/x/pulls/{number}",
        )
        self.items.setdefault(id, {"issues": [], "pulls": []})["pulls"].append(row)
        self.change(id, open_pr_counter=len(self.items[id]["pulls"]))

    # ------------------------------------------------------------ what it answers
    def reply(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix(API)
        page = int(asked.query.get("page", 1))
        if self.trouble is not None and page >= self.trouble_on_page:
            return self.trouble
        if path == "/version":
            return Reply(GITEA_VERSION)
        if path == "/user":
            return Reply({"login": "portal-bot"})
        if path == "/repos/search":
            return Reply({"ok": True, "data": list(self.there.values())})
        if path.startswith("/orgs/acme/repos"):
            rows = [row for id, row in sorted(self.there.items()) if id not in self.unlisted]
            return self.paged(asked, rows, page)
        if path.startswith("/repositories/"):
            row = self.there.get(int(path.removeprefix("/repositories/")))
            return self.marked(asked, row) if row else NOT_FOUND
        return self.items_at(asked, path.removeprefix("/repos/"))

    def paged(self, asked: Asked, rows: list[dict[str, Any]], page: int, size: int = 3) -> Reply:
        part = rows[(page - 1) * size : page * size]
        more = {"Link": f'<{self.server.origin}{asked.path}?page={page + 1}>; rel="next"'}
        return self.marked(asked, part, **(more if len(rows) > page * size else {}))

    def items_at(self, asked: Asked, path: str) -> Reply:
        place, _, what = path.rpartition("/")
        id = next((id for id, row in self.there.items() if row["full_name"] == place), None)
        if id is None or what not in ("issues", "pulls"):
            return NOT_FOUND
        return self.marked(asked, self.items.get(id, {}).get(what, []))

    def marked(self, asked: Asked, body: Any, **headers: str) -> Reply:
        """With an ETag; an answer that has not changed is 304 and no body."""
        etag = '"' + hashlib.sha256(json.dumps([body, headers]).encode()).hexdigest()[:20] + '"'
        if asked.headers.get("if-none-match") == etag:
            return Reply(b"", status=304, headers={"ETag": etag})
        return Reply(body, headers={"ETag": etag, "X-RateLimit-Remaining": "4000", **headers})
