"""A restricted listing with marker words wherever the portal stores something, so that a leak shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from catalog.actions.sources import add_source
from catalog.models import CodeHost, ListingChange, Project, SyncRun, Topic, TrustedCommitter, Waiver
from catalog.sync import sync_now
from contributions import actions
from contributions.models import Change, Credit, Request
from contributions.tasks import fetch_revision
from people.models import Identity, Team, User
from search import following
from tests.create import create_project, create_request
from tests.repos import CHARLIE, add_branch, build_repo, git

#: What must never reach an outsider. People may search for WORD, which stands beside it everywhere.
SECRET = "xyzzymark"
WORD = "quokka"
BOTH = f"{WORD} {SECRET}"
SLUG = "restricted-one"


@dataclass(frozen=True)
class Planted:
    """The restricted listing, an open request with a branch, an address of somebody of its team, a waiver."""

    project: Project
    request: Request
    batch: uuid.UUID
    address: Identity
    waiver: Waiver


def plant(folder: Path, *, host_team: Team, alice: User, bob: User, charlie: User) -> Planted:
    """Alice's team owns it, Bob is trusted in it, and Charlie has contributed to it in better days."""
    create_project("open-one", name=f"Open {WORD}", summary="Everybody may see this.", owner_team=host_team)
    project = restricted(folder, host_team)
    TrustedCommitter.objects.create(project=project, user=bob)
    batch = uuid.uuid4()
    ListingChange.objects.create(project=project, batch=batch, field="summary", before="", after=BOTH, actor=alice)
    SyncRun.objects.create(project=project, state=SyncRun.State.FAILED, message=BOTH, finished_at=timezone.now())
    request = with_branch(project, alice)
    credit(project, charlie)
    following.rebuild()
    until = timezone.localdate() + timedelta(days=30)
    waiver = Waiver.objects.create(project=project, check_key="ci", author=bob, reason=BOTH, until=until)
    return Planted(project, request, batch, alice.identities.get(), waiver)


def restricted(folder: Path, host_team: Team) -> Project:
    files = {
        "README.md": f"# {BOTH}\n\nA {BOTH} for everybody, [see](docs/{SECRET}.md).\n",
        "CONTRIBUTING.md": f"# Contributing to {BOTH}\n\n## Set up {SECRET}\n\nTurn it.\n",
        f"docs/{SECRET}.md": f"# {BOTH}\n",
        "innersource.json": f'{{"title": "{BOTH}", "topics": ["{SECRET}"], "skills": ["{SECRET}"]}}',
    }
    repo = build_repo(folder / f"{SECRET}.git", files=files, author=CHARLIE)
    add_branch(repo, f"{SECRET}-branch")
    git(repo, "tag", f"v1.0-{SECRET}", "main")
    project = add_source(str(repo), team=host_team).new[0]
    sync_now(project)
    CodeHost.objects.filter(pk=project.code_host_id).update(name=BOTH)
    columns = {"name": BOTH, "summary": BOTH, "motivation": BOTH, "help_wanted": [BOTH], "license_spdx": SECRET}
    more = {"slug": SLUG, "visibility": Project.Visibility.TEAMS, "lifecycle": Project.Lifecycle.PRODUCTION}
    Project.objects.filter(pk=project.pk).update(**columns, **more, featured=True, main_language=SECRET)
    project.languages.create(name=f"L{SECRET}", bytes=10)
    project.refresh_from_db()
    project.topics.add(Topic.objects.create(name=WORD), Topic.objects.create(name=f"t-{SECRET}"))
    return project


def with_branch(project: Project, alice: User) -> Request:
    request = actions.propose(project, BOTH, what=BOTH, why=BOTH, by=alice)
    actions.accept(request, BOTH, by=alice)
    actions.offer_branch(request, f"{SECRET}-branch", by=alice)
    fetch_revision(Change.objects.get(request=request).pk)
    request.refresh_from_db()
    actions.comment(request, BOTH, by=alice)
    return request


def credit(project: Project, charlie: User) -> None:
    request = create_request(project, charlie, title=BOTH, what=BOTH, state="merged")
    Credit.objects.create(
        request=request,
        project=project,
        user=charlie,
        guest_team=charlie.teams.get(),
        host_team=project.owner_team,
        commit=project.head_commit,
        merged_at=timezone.now(),
    )
