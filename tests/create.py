"""Short ways to the rows that tests need. Alice maintains, Bob is in her team, Charlie is an outsider."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from catalog.models import CodeHost, Project
from contributions.models import Request
from people.models import Identity, Membership, Team, User

PASSWORD = "correct horse battery"
numbers = itertools.count(1)


def create_user(username: str = "", **fields: Any) -> User:
    username = username or f"person{next(numbers)}"
    fields.setdefault("email", f"{username}@corp.example")
    fields.setdefault("name", username.title())
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    Identity.objects.create(user=user, email=user.email)
    user.identities.get().verify()
    return user


def create_curator(username: str = "curator", **fields: Any) -> User:
    return create_user(username, is_curator=True, **fields)


def create_team(name: str = "", *, parent: Team | None = None, **fields: Any) -> Team:
    name = name or f"Team {next(numbers)}"
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    return Team.objects.create(name=name, slug=slug, parent=parent, **fields)


def join(user: User, team: Team, *, maintainer: bool = False, since: date = date(2024, 1, 1)) -> Membership:
    role = Membership.Role.MAINTAINER if maintainer else Membership.Role.MEMBER
    return Membership.objects.create(user=user, team=team, role=role, since=since)


def create_code_host(**fields: Any) -> CodeHost:
    number = next(numbers)
    fields.setdefault("kind", "directory")
    fields.setdefault("name", f"host {number}")
    fields.setdefault("address", f"/srv/git/{number}")
    return CodeHost.objects.create(**fields)


def create_project(slug: str = "", **fields: Any) -> Project:
    slug = slug or f"project-{next(numbers)}"
    fields.setdefault("name", slug)
    fields.setdefault("remote", f"https://git.corp.example/{slug}.git")
    fields.setdefault("path", f"{slug}.git")
    if "code_host" not in fields:
        fields["code_host"] = CodeHost.objects.first() or create_code_host()
    return Project.objects.create(slug=slug, **fields)


def create_request(project: Project, author: User, **fields: Any) -> Request:
    """A row in any state, for pages; behaviour is tested through contributions.actions instead."""
    fields.setdefault("title", "Retry with a budget")
    fields.setdefault("what", "Give the client a retry budget.")
    fields.setdefault("host_team", project.owner_team)
    fields.setdefault("contributor", author)
    return Request.objects.create(project=project, author=author, **fields)
