"""Every route of the site, with arguments from what `tests.portal.planted` plants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from catalog.badges import BADGES
from catalog.kinds import KINDS
from contributions.views.step_pages import BY_NAME
from tests.portal.planted import SECRET, SLUG, WORD, Planted

Arguments = dict[str, Any]

#: Routes that name no listing.
OPEN: dict[str, list[Arguments]] = {
    "portal:home": [{}],
    "portal:about": [{}],
    "portal:status": [{}],
    "api:docs": [{}],
    "api:schema": [{}],
    "api:search": [{}],
    "api:project-list": [{}],
    "api:contribution-list": [{}],
    "api:team-list": [{}],
    # It answers a signed POST only, and that always the same.
    "api:webhook": [{"public_id": "00000000-0000-4000-8000-000000000000"}],
    "api:team-detail": [{"slug": "platform"}],
    "search:search": [{}],
    "search:suggest": [{}],
    "people:sign-in": [{}],
    "people:sign-out": [{}],
    "people:person": [{"username": name} for name in ("alice", "bob", "charlie")],
    "people:profile": [{}],
    "people:add-address": [{}],
    "people:teams": [{}],
    "people:team": [{"slug": "platform"}, {"slug": "checkout"}],
    "contributions:queue": [{}],
    "catalog:list": [{}],
    "catalog:search-code": [{}],
    "catalog:feed": [{}],
    "catalog:curate": [{}],
    "catalog:curate-discovered": [{}],
    "catalog:curate-history": [{}],
    "catalog:sources": [{}],
    "catalog:add-kinds": [{}],
    "catalog:add-source": [{"kind": kind} for kind in (*KINDS, "nonsense")],
    "catalog:syncs": [{}],
    "catalog:try-host": [{}],
    "catalog:host-connections": [{}],
}
#: Those of them that look at what they are asked for, and what they are asked.
FILTERED = {
    *("portal:home", "catalog:list", "contributions:queue", "search:search", "search:suggest"),
    "catalog:search-code",
    *("api:search", "api:project-list", "api:contribution-list"),
}
QUERIES: list[Arguments] = [
    {},
    {"q": WORD},
    {"q": f'"{WORD}"', "kind": "project"},
    {"q": WORD, "kind": "guide"},
    {"q": WORD[:4]},
    {"topic": WORD},
    {"q": WORD, "topic": WORD, "sort": "name"},
    {"lifecycle": "production", "team": "platform"},
    {"project": SLUG},
    {"state": "in_review", "project": SLUG, "team": "platform"},
]

#: Routes of one source, for operators.
SOURCES = (
    "catalog:source",
    "catalog:source-state",
    "catalog:rescan",
    "catalog:pause-source",
    "catalog:source-webhook",
    "catalog:remove-source",
)

#: Routes that name something of the listing: the arguments of what exists, and those of what does not.
OBJECTS: dict[str, Callable[[Planted], list[tuple[Arguments, Arguments]]]] = {
    **dict.fromkeys(
        (
            "api:project-detail",
            "catalog:project",
            "catalog:guide",
            "catalog:health",
            "catalog:waive",
            "catalog:project-feed",
            "catalog:activity",
            "catalog:sync",
            "catalog:sync-progress",
            "catalog:accept-loss",
            "catalog:project-syncs",
            "catalog:files",
            "catalog:history",
            "catalog:find",
            "catalog:refs",
            "catalog:compare",
            "catalog:search-in",
            "catalog:docs",
            "catalog:decisions",
            "catalog:releases",
            "contributions:of-project",
            "contributions:new",
        ),
        lambda planted: [of_project()],
    ),
    **dict.fromkeys(
        ("catalog:file", "catalog:history-of", "catalog:blame", "catalog:refs-of", "catalog:outline"),
        lambda planted: [of_project(path=path) for path in ("README.md", f"docs/{SECRET}.md", "docs")],
    ),
    "catalog:commit": lambda planted: [of_project(commit=planted.project.head_commit)],
    "catalog:badge": lambda planted: [of_project(name=name) for name in (*BADGES, "nonsense")],
    "catalog:end-waiver": lambda planted: [of_project(pk=planted.waiver.pk)],
    "catalog:document": lambda planted: [
        of_project(path=path) for path in (f"docs/{SECRET}.md", "README.md", "docs/no.md")
    ],
    "catalog:raw": lambda planted: [of_project(path="README.md", commit=planted.project.head_commit)],
    **dict.fromkeys(
        ("contributions:request", "contributions:change", "contributions:fetch"),
        lambda planted: [of_request(planted)],
    ),
    "contributions:step": lambda planted: [of_request(planted, name=name) for name in (*BY_NAME, "nonsense")],
    "api:contribution-detail": lambda planted: [({"pk": planted.request.pk}, {"pk": planted.request.pk + 500})],
    "catalog:curate-undo": lambda planted: [
        ({"batch": planted.batch}, {"batch": "00000000-0000-4000-8000-000000000000"})
    ],
    **dict.fromkeys(
        SOURCES,
        lambda planted: [({"pk": planted.project.code_host_id}, {"pk": 500})],
    ),
    "people:remove-address": lambda planted: [({"pk": planted.address.pk}, {"pk": 500})],
}


def of_project(**more: Any) -> tuple[Arguments, Arguments]:
    return {"slug": SLUG, **more}, {"slug": "no-such-thing", **more}


def of_request(planted: Planted, **more: Any) -> tuple[Arguments, Arguments]:
    """The real number under the real name, and a number that nobody has."""
    return {"slug": SLUG, "pk": planted.request.pk, **more}, {"slug": "no-such-thing", "pk": 500, **more}


def names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}"


ALL = set(names(get_resolver().url_patterns))
ADMIN = {name for name in ALL if name.startswith("admin:")}
