"""Fills what the schedule goes by for listings that were there before it."""

from urllib.parse import urlsplit

from django.db import migrations
from django.utils import timezone

BATCH = 500


def fill(apps, schema_editor):
    project, host = apps.get_model("catalog", "Project"), apps.get_model("catalog", "RemoteHost")
    run = apps.get_model("catalog", "SyncRun")
    names = {""}
    changed = []
    for row in project.objects.only("pk", "remote", "sync_state").iterator():
        row.remote_host = host_of(row.remote)
        row.sync_state = row.sync_state if row.sync_state in ("never", "ok", "failed") else "never"
        names.add(row.remote_host)
        changed.append(row)
        if len(changed) == BATCH:
            project.objects.bulk_update(changed, ["remote_host", "sync_state"])
            changed = []
    project.objects.bulk_update(changed, ["remote_host", "sync_state"])
    host.objects.bulk_create([host(name=name) for name in sorted(names)])
    # Whoever waited for one of them waits for the next sync of its project, which is due now.
    waiting = run.objects.filter(state__in=["queued", "running"])
    project.objects.filter(pk__in=waiting.values("project")).update(next_sync_at=timezone.now())
    waiting.delete()


def host_of(remote):
    if "://" not in remote:
        return ""
    parts = urlsplit(remote)
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_schedule_and_leases")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
