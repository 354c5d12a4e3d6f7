"""`manage.py services_answer`: exit 0 when the configured database and broker can be used, 1 otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import health


class Command(BaseCommand):
    help = "Say whether database and broker can be used, for scripts that wait for them."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        unusable = [part for part in (health.check_database(), health.check_broker()) if not part.usable]
        if unusable:
            raise CommandError("; ".join(f"{part.name}: {part.detail}. {part.cure}" for part in unusable))
        self.stdout.write("Database and broker answer.")
