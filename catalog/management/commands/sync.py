"""`manage.py sync`: have projects synced, and watch it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.actions.syncing import request_syncs
from catalog.management.following import Following, say
from catalog.models import Project, SyncRun
from catalog.sync import sync_now

State = Project.SyncState


class Command(BaseCommand):
    help = "Queue a sync of all projects, or of those that are named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG")
        parser.add_argument("--failed", action="store_true", help="Only those whose last sync failed.")
        parser.add_argument("--parked", action="store_true", help="Only those that are left alone after failures.")
        parser.add_argument("--wait", action="store_true", help="Show progress until all are done.")
        parser.add_argument("--inline", action="store_true", help="Sync here, one by one, without a worker.")
        parser.add_argument(
            "--accept-loss",
            action="store_true",
            help="With --inline: follow a source that lost its branches on purpose.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accept_loss"] and not options["inline"]:
            raise CommandError("--accept-loss is for --inline only.")
        states = [state for state in (State.FAILED, State.PARKED) if options[state.value]]
        projects = chosen(options["slugs"], states)
        if not projects and (states or options["slugs"]):
            self.stdout.write("Nothing is like that.")
        elif not projects:
            self.stdout.write("There is no project yet. Bring some in with: manage.py add_source")
        elif options["inline"]:
            self.sync_here(projects, accept_loss=options["accept_loss"])
        else:
            queued = request_syncs(projects)
            self.stdout.write(f"Queued: {len(queued)}, under way already: {len(projects) - len(queued)}.")
            if options["wait"]:
                self.watch(projects)

    def sync_here(self, projects: Iterable[Project], *, accept_loss: bool) -> None:
        failed = 0
        for project in projects:
            run = sync_now(project, accept_loss=accept_loss)
            if run is None:
                self.stderr.write(f"{project.slug}: another process is at it; try again later.")
            failed += run is None or say(run, out=self.stdout, err=self.stderr)
        raise_if(failed)

    def watch(self, projects: Iterable[Project]) -> None:
        """Follow the open runs of these projects until none is left."""
        wanted = {project.pk for project in projects}
        runs = [run for run in SyncRun.objects.open() if run.project_id in wanted]
        following = Following(runs, out=self.stdout, err=self.stderr)
        following.to_the_end()
        raise_if(following.failed)


def chosen(slugs: list[str], states: list[State]) -> list[Project]:
    projects = Project.objects.filter(code_host__enabled=True).order_by("pk")
    projects = projects.filter(sync_state__in=states) if states else projects
    if not slugs:
        return list(projects)
    named = Project.objects.filter(slug__in=slugs)
    unknown = set(slugs) - {project.slug for project in named}
    if unknown:
        raise CommandError(
            f"There is no project {', '.join(sorted(unknown))}. [project_unknown]\nSee /projects/ for all."
        )
    return [project for project in named if not states or project.sync_state in states]


def raise_if(failed: int) -> None:
    if failed:
        raise CommandError(f"{failed} of these syncs failed.")
