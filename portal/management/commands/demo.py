"""`manage.py demo`: an invented company, to see what the portal does with one."""

from __future__ import annotations

from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo import load
from portal.demo.load import Counts
from portal.demo.people import SIGN_IN


class Command(BaseCommand):
    help = "Load the demo company, or load it afresh: people, teams, repositories and requests of a grocer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--remove", action="store_true", help="Take the demo company out again, and nothing else."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if load.is_loaded():
            self.say("Removed", load.remove())
        elif options["remove"]:
            self.stdout.write("There is no demo company here.")
        if not options["remove"]:
            self.load()

    def load(self) -> None:
        began = perf_counter()
        try:
            counts = load.load()
        except load.TakenNames as error:
            raise CommandError(
                f"The demo company needs the team names {error}, which exist here. [team_names_taken]\n"
                "Load it into a portal of its own: VAR=/tmp/demo make run"
            ) from None
        self.say("Loaded", counts, f" in {perf_counter() - began:.0f} s")
        self.introduce(counts.password)

    def say(self, verb: str, counts: Counts, rest: str = "") -> None:
        self.stdout.write(
            f"{verb} the demo company: {counts.people} people in {counts.teams} teams, "
            f"{counts.projects} projects, {counts.requests} requests{rest}."
        )

    def introduce(self, password: str) -> None:
        if not password:
            self.stdout.write("This portal is in real use, so nobody of the demo company can sign in.")
            return
        self.stdout.write(f"Everybody of the demo signs in with the password “{password}”, for example")
        for username, who in SIGN_IN:
            self.stdout.write(f"  {username:<8}{who}")
