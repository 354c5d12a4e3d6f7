"""A portal of its own in a process of its own: it syncs a folder of hostile repositories and shows every page.

    python -m tests.hostile.worker FOLDER DATABASE

VAR says where it keeps its things, DATABASE is the name of a database that it makes and drops. The answer is a
report in JSON on standard output, what it logs goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

# All of these need the settings above.
from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from catalog.actions.sources import add_source  # noqa: E402
from catalog.docs.places import is_document  # noqa: E402
from catalog.models import Project  # noqa: E402
from catalog.views.paths import commit_url, document_url, file_url, raw_url  # noqa: E402
from forge import reading  # noqa: E402
from forge.errors import ForgeError  # noqa: E402
from forge.mirror import Mirror, mirror_path  # noqa: E402
from search import following  # noqa: E402
from tests.hostile.corpus.build import step2  # noqa: E402
from tests.hostile.markup import active  # noqa: E402
from tests.hostile.memory import peak  # noqa: E402
from tests.hostile.syncing import synced  # noqa: E402
from tests.hostile.words import WORDS  # noqa: E402

Row = dict[str, Any]
#: Of a repository with more files than this only the first ones are opened one by one.
FILES = 60
#: Changes of so many files are looked at one by one.
CHANGES = 12


def main(folder: Path, database: str) -> None:
    setup_test_environment()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    connection.settings_dict["TEST"]["NAME"] = database
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        sys.stdout.write(json.dumps(report(folder)))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def report(folder: Path) -> Row:
    """Two rounds of syncs, then the pages and everything that the database holds as text."""
    following.rebuild()
    projects = sorted(add_source(str(folder / "repos")).new, key=lambda project: project.path)
    first = [watched(project) for project in projects]
    step2(folder)
    second = [watched(project) for project in projects]
    pages = [page for project in projects for page in pages_of(project)]
    return {"first": first, "second": second, "pages": pages, "texts": list(texts()), "key": settings.SECRET_KEY}


def watched(project: Project) -> Row:
    """A sync with what it took and what came of it."""
    began = time.monotonic()
    with peak() as memory:
        synced(project)
    return {
        "name": project.path,
        "state": project.sync_state,
        "code": project.sync_code,
        "message": project.sync_message,
        "cure": project.sync_cure,
        "notes": project.notes,
        "problems": [problem["message"] for problem in project.metadata_problems],
        "branch": project.default_branch,
        "branches": project.branch_count,
        "commits": project.commit_count,
        "head": project.head_commit,
        "seconds": round(time.monotonic() - began, 2),
        "megabytes": memory.bytes // 10**6,
    }


# ---------------------------------------------------------------- pages
def pages_of(project: Project) -> Iterator[Row]:
    client = Client()
    slug = project.slug
    for name in ("project", "guide", "health", "files", "docs", "decisions", "releases"):
        yield look(client, project, reverse(f"catalog:{name}", args=[slug]))
    yield look(client, project, reverse("api:project-detail", args=[slug]))
    paths = list(paths_of(project))
    for path in paths:
        yield look(client, project, file_url(project, path), path=path)
        yield look(client, project, raw_url(project, path), path=path)
        if is_document(path):
            yield look(client, project, document_url(project, path), path=path)
    yield look(client, project, reverse("catalog:docs", args=[slug]) + "?q=script")
    for url in changes_of(project, paths[:CHANGES]) if project.head_commit else ():
        yield look(client, project, url)


def changes_of(project: Project, paths: Iterable[str]) -> Iterator[str]:
    """The newest commit, whole and file by file, and what a search finds."""
    commit = commit_url(project, project.head_commit)
    yield from (commit, f"{commit}?view=split", f"{commit}?w=1")
    for path in paths:
        yield f"{commit}?{urlencode({'file': path}, errors='surrogateescape')}"
    search = reverse("catalog:search-in", args=[project.slug])
    yield from (f"{search}?q=e", f"{search}?q=.*&regex=1")


def paths_of(project: Project) -> Iterable[str]:
    """Files, and the folders that they lie in."""
    if not project.head_commit:
        return []
    try:
        tree = reading.tree(Mirror(mirror_path(project.pk)), project.head_commit, limit=FILES)
    except ForgeError:
        return []
    paths = [entry.path for entry in tree.entries]
    return dict.fromkeys([*paths, *(path.rpartition("/")[0] for path in paths if "/" in path)])


def look(client: Client, project: Project, url: str, *, path: str = "") -> Row:
    began = time.monotonic()
    response = client.get(url)
    text = response.content.decode("utf-8", "replace")
    is_page = response["Content-Type"].startswith("text/html")
    return {
        "name": project.path,
        "url": url,
        "path": os.fsencode(path).decode("utf-8", "replace"),
        "status": response.status_code,
        "type": response["Content-Type"],
        "policy": response.get("Content-Security-Policy", ""),
        "sniff": response.get("X-Content-Type-Options", ""),
        "disposition": response.get("Content-Disposition", ""),
        "bytes": len(response.content),
        "seconds": round(time.monotonic() - began, 2),
        "active": active(text) if is_page else [],
        "says": [word for word in WORDS if word in text],
        "has_key": settings.SECRET_KEY in text,
    }


# ---------------------------------------------------------------- database
def texts() -> Iterator[str]:
    """Every text and every piece of JSON in the database."""
    for model in apps.get_models():
        kinds = (models.CharField, models.TextField, models.JSONField)
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, kinds)]
        for row in model._default_manager.values_list(*names) if names else []:
            yield json.dumps(row, default=str)[:100_000]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
