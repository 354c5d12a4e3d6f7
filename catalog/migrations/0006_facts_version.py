from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0005_curation_remembers_what_was_curated'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='facts_version',
            field=models.PositiveSmallIntegerField(default=0, editable=False, help_text='By which version of the readers, see catalog.recording.READERS.'),
        ),
    ]
