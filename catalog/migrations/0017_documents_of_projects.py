"""How many documents a project has, so that its tabs know without a look into the mirror."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_guide_governance_and_sources")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="document_count",
            field=models.PositiveIntegerField(
                default=0, help_text="Documents of its documentation folders, see catalog.docs.places."
            ),
        ),
    ]
