"""`manage.py sync`: have projects synced, and watch it."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.actions.syncing import request_syncs
from catalog.models import Project, SyncRun
from catalog.sync import sync_now

LOOK_EVERY = 0.5  # seconds
BAR = 20  # characters


class Command(BaseCommand):
    help = "Queue a sync of all projects, or of those that are named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG")
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
        projects = chosen(options["slugs"])
        if not projects:
            self.stdout.write("There is no project yet. Bring some in with: manage.py add_source")
        elif options["inline"]:
            self.sync_here(projects, accept_loss=options["accept_loss"])
        else:
            queued = request_syncs(projects)
            self.stdout.write(f"Queued: {len(queued)}, under way already: {len(projects) - len(queued)}.")
            if options["wait"]:
                self.watch(projects)

    # ------------------------------------------------------------ here
    def sync_here(self, projects: Iterable[Project], *, accept_loss: bool) -> None:
        failed = 0
        for project in projects:
            run = sync_now(project, accept_loss=accept_loss)
            if run is None:
                self.stderr.write(f"{project.slug}: another process is at it; try again later.")
            failed += run is None or self.say(run)
        raise_if(failed)

    def say(self, run: SyncRun) -> bool:
        """One line about a run that ended; whether it failed."""
        slug = run.project.slug
        if run.is_open:
            self.stderr.write(f"{slug}: not now. {run.phase} It is tried again.")
            return True
        if run.state == SyncRun.State.FAILED:
            self.stderr.write(f"{slug}: {run.message} [{run.code}] {run.cure}")
            return True
        self.stdout.write(f"{slug}: {'new' if run.changed else 'nothing new'}")
        return False

    # ------------------------------------------------------------ elsewhere
    def watch(self, projects: Iterable[Project]) -> None:
        """Follow the open runs of these projects until none is left."""
        ids = [project.pk for project in projects]
        waiting = {run.pk: run for run in runs_of(ids) if run.is_open}
        drawn, failed = 0, 0
        shown: dict[int, str] = {}
        while waiting:
            time.sleep(LOOK_EVERY)
            now = {run.pk: run for run in SyncRun.objects.filter(pk__in=waiting).select_related("project")}
            drawn = self.erase(drawn)
            for pk in list(waiting):
                run = now.get(pk)
                if run is None or not run.is_open:
                    failed += self.say(run) if run else 0
                    del waiting[pk]
            running = [run for run in now.values() if run.state == SyncRun.State.RUNNING and run.pk in waiting]
            drawn = self.draw(running, len(waiting), shown)
        raise_if(failed)

    def erase(self, lines: int) -> int:
        if lines:
            self.stdout.write(f"\x1b[{lines}A\x1b[J", ending="")
        return 0

    def draw(self, running: list[SyncRun], waiting: int, shown: dict[int, str]) -> int:
        """Bars that are drawn over on a terminal; elsewhere a line for each new phase. The lines to draw over."""
        if self.stdout.isatty():
            for run in running:
                self.stdout.write(bar(run))
            if waiting:
                self.stdout.write(f"{waiting} to do")
            return len(running) + bool(waiting)
        for run in running:
            if shown.get(run.pk) != run.phase:
                shown[run.pk] = run.phase
                self.stdout.write(line(run))
        return 0


def chosen(slugs: list[str]) -> list[Project]:
    projects = Project.objects.filter(code_host__enabled=True).order_by("pk")
    if not slugs:
        return list(projects)
    found = {project.slug: project for project in Project.objects.filter(slug__in=slugs)}
    unknown = [slug for slug in slugs if slug not in found]
    if unknown:
        raise CommandError(f"There is no project {', '.join(unknown)}. [project_unknown]\nSee /projects/ for all.")
    return list(found.values())


def runs_of(ids: list[int]) -> Iterable[SyncRun]:
    return SyncRun.objects.filter(project__in=ids, state__in=SyncRun.OPEN).select_related("project")


def raise_if(failed: int) -> None:
    if failed:
        raise CommandError(f"{failed} of these syncs failed.")


def line(run: SyncRun) -> str:
    percent = "" if run.percent is None else f" {run.percent:3d} %"
    return f"{run.project.slug}: {run.phase}{percent}, {run.objects_done:,} objects, {size(run.bytes_done)}"


def bar(run: SyncRun) -> str:
    full = BAR * (run.percent or 0) // 100
    return f"[{'#' * full}{'.' * (BAR - full)}] {line(run)}"


def size(count: int) -> str:
    return f"{count / 2**20:.1f} MB"
