"""A kind of our own over plain values, so that search is tested without the apps above it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.http import QueryDict

from search.documents import Document
from search.registry import Filtered, Result, Searchable, Viewer


@dataclass
class Pages(Searchable):
    """Pages by key; those in `secret` are for viewers who are signed in. Each look-up costs one real query."""

    kind = "page"
    label = "Pages"
    rows: dict[str, Document] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)

    def add(self, key: str, title: str, *, secret: bool = False, **fields: object) -> Document:
        self.rows[key] = Document(self.kind, key, title, **fields)  # type: ignore[arg-type]
        if secret:
            self.secret.add(key)
        return self.rows[key]

    def documents(self, keys: Sequence[str] | None = None) -> Iterator[Document]:
        yield from (row for key, row in self.rows.items() if keys is None or key in keys)

    def visible(self, user: Viewer, keys: Sequence[str]) -> Iterable[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return [key for key in keys if key in self.rows and (user.is_authenticated or key not in self.secret)]

    def results(self, user: Viewer, keys: Sequence[str]) -> Iterable[Result]:
        rows = [self.rows[key] for key in self.visible(user, keys)]
        return [Result(row.key, row.title, f"/pages/{row.key}", text=row.summary or row.body) for row in rows]

    def filtered(self, user: Viewer, keys: Sequence[str], params: QueryDict) -> Filtered:
        wanted = params.get("topic")
        return Filtered([key for key in keys if not wanted or wanted in self.rows[key].topics])


class Notes(Pages):
    kind = "note"
    label = "Notes"
    position = 200
