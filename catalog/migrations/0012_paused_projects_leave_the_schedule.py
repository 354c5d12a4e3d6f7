"""A source's pause stands on its projects as well, so that the indexes of the schedule can leave them out."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def take_out(apps, schema_editor):
    """Projects of sources that are paused already; a removed one's have no time."""
    paused = apps.get_model("catalog", "CodeHost").objects.filter(enabled=False, removal="")
    projects = apps.get_model("catalog", "Project").objects.filter(code_host__in=list(paused))
    projects.update(paused_at=django.utils.timezone.now())


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_runs_by_end_and_trouble")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="paused_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="Since when its time stands still with its source; the schedule's indexes leave such ones out.",
                null=True,
            ),
        ),
        migrations.RunPython(take_out, migrations.RunPython.noop),
        # Each of these indexes gives way to one that begins alike.
        migrations.AlterField(
            model_name="project",
            name="code_host",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="projects",
                to="catalog.codehost",
            ),
        ),
        migrations.AlterField(
            model_name="project",
            name="next_sync_at",
            field=models.DateTimeField(
                blank=True,
                default=django.utils.timezone.now,
                help_text="Empty for one that is parked until somebody asks.",
                null=True,
            ),
        ),
        migrations.RemoveIndex(model_name="project", name="project_by_urgency"),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("paused_at", None)),
                fields=["sync_reason", "next_sync_at"],
                name="project_by_urgency",
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("paused_at", None)), fields=["next_sync_at"], name="project_by_time"
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["code_host", "paused_at"], name="project_by_source"),
        ),
    ]
