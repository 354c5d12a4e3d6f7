"""`manage.py create_token USER`: a token for programs, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from api.models import Token
from people.models import User


class Command(BaseCommand):
    help = "Make an API token. A program that sends it reads what that person may read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="The user name.")
        parser.add_argument("--days", type=int, default=365, help="How long it is good for; 365 unless named.")
        parser.add_argument("--name", default="command line", help="What the token is for.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody active is called “{options['user']}”. The admin pages list all users.")
        _token, secret = Token.issue(user=user, name=options["name"], days=options["days"])
        self.stdout.write(secret)
        self.stderr.write("Keep it safe: it is shown this once only. Send it as: Authorization: Token <token>")
