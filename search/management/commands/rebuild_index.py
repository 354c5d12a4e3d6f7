"""manage.py rebuild_index"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import following
from search.engines.base import Busy


class Command(BaseCommand):
    help = "Index everything afresh. The present index answers until the new one takes its place."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            documents = following.rebuild()
        except Busy as busy:
            raise CommandError(f"{busy} Try again in a minute. ({busy.code})") from busy
        self.stdout.write(f"{documents} documents can be found.")
