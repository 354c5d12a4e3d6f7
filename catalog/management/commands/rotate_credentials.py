"""`manage.py rotate_credentials`: every stored secret is encrypted anew with the first of CREDENTIALS_KEY."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import CodeHost
from forge.errors import ForgeError

FIELDS = ("token", "webhook_secret")


class Command(BaseCommand):
    help = "Encrypt every stored token and webhook secret with the first key of CREDENTIALS_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = 0, []
        for code_host in CodeHost.objects.all():
            for field in FIELDS:
                before = getattr(code_host, field)
                if not before:
                    continue
                try:
                    after = before.renewed()
                except ForgeError:
                    unreadable.append(f"{code_host.name}: {field.replace('_', ' ')}")
                    continue
                # One that was entered meanwhile is newer than what was read here.
                same = CodeHost.objects.filter(pk=code_host.pk, **{field: before})
                done += same.update(**{field: after})
        self.stdout.write(f"{done} secrets encrypted anew, {len(unreadable)} unreadable.")
        if unreadable:
            cure = "Put the key that they were stored with behind the new one, or enter them again."
            raise CommandError(f"{'; '.join(unreadable)} [credential_unreadable]\n{cure}")
