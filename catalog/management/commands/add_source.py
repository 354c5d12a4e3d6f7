"""`manage.py add_source`: repositories come in."""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.actions.sources import Intake, add_source
from catalog.actions.syncing import request_syncs
from catalog.models import Secret
from forge.connectors import KINDS, Problem
from forge.connectors.hosts import TOKEN
from forge.errors import ForgeError
from people.models import Team

MAX_ROWS = 50
TOKEN_VARIABLE = "CODE_HOST_TOKEN"  # noqa: S105 - a name.


class Command(BaseCommand):
    help = "Add a code host, a folder of repositories, one git URL or a list of them; again, it adds what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", metavar="PATH_OR_URL_OR_FILE")
        parser.add_argument("--kind", choices=sorted(KINDS), help="What it is, where that cannot be guessed.")
        parser.add_argument("--team", metavar="SLUG", help="The team that owns what states no owner.")
        parser.add_argument("--name", default="", help="What to call this source.")
        parser.add_argument("--topic", default="", help="Take only repositories with this topic (code hosts).")
        parser.add_argument(
            "--token",
            action="store_true",
            help=f"Read the code host's access token from {TOKEN_VARIABLE}, or ask for it. Never give it as an "
            "argument: everybody on this machine could read it.",
        )
        parser.add_argument("--no-sync", action="store_true", help="Do not queue the first sync of what is new.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            intake = add_source(
                whole_path(options["address"]),
                kind=options["kind"],
                team=find_team(options["team"]),
                name=options["name"],
                topic=options["topic"],
                token=token() if options["token"] else None,
            )
        except ForgeError as error:
            self.complain(getattr(error, "problems", ()))
            raise CommandError(f"{error.message} [{error.code}]\n{error.cure}") from None
        self.report(intake)
        if not options["no_sync"]:
            queued = request_syncs(intake.new)
            self.stdout.write(f"Syncs queued: {len(queued)}. Watch them with: manage.py sync --wait")

    def complain(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            place = f"line {problem.line}: {problem.text}" if problem.line else problem.text
            error = problem.error
            self.stderr.write(f"{place}: {error.message} [{error.code}] {error.cure}")

    def report(self, intake: Intake) -> None:
        self.complain(intake.problems)
        rows = [(project.slug, project.path, str(project.owner_team or "–")) for project in intake.new[:MAX_ROWS]]
        for row in table(("PROJECT", "PATH", "OWNER"), rows) if rows else ():
            self.stdout.write(row)
        if len(intake.new) > MAX_ROWS:
            self.stdout.write(f"… and {len(intake.new) - MAX_ROWS} more")
        counts = f"{len(intake.new)} new, {len(intake.known)} known, {len(intake.problems)} skipped"
        self.stdout.write(self.style.SUCCESS(f"{intake.code_host.name}: {counts}"))


def token() -> Secret:
    """From the environment, which only this account can read, or from the terminal, which does not show it."""
    text = os.environ.get(TOKEN_VARIABLE) or getpass.getpass("Access token: ")
    if not TOKEN.match(text.strip()):
        raise CommandError("A token is one word of plain letters, digits and signs. [token_refused]")
    return Secret.of(text.strip())


def whole_path(text: str) -> str:
    """A path as people type it at a prompt, made absolute; an address as it is."""
    path = Path(text).expanduser()
    try:
        # Nothing at all is no path: an unset variable of a script must not add the folder it runs in.
        return str(path.absolute()) if text.strip() and path.exists() else text
    except (OSError, ValueError):
        return text


def find_team(slug: str | None) -> Team | None:
    if not slug:
        return None
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        slugs = ", ".join(Team.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise CommandError(f"There is no team {slug}. [team_unknown]\nUse one of: {slugs or '(none exists yet)'}")
    return team


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with aligned columns."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
