from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_code_hosts_with_an_api")]

    operations = [
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("sync_state__in", ["failed", "parked"])),
                fields=["sync_state"],
                name="project_in_trouble",
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["-finished_at"], name="run_by_end"),
        ),
    ]
