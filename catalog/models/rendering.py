"""What was costly to make for a page, kept until nobody asks for it any more."""

from django.db import models
from django.utils import timezone


class Rendering(models.Model):
    """Made from objects of git, which never change; so a row is never wrong, only unused.

    `content` is null while a worker is asked for it.
    """

    kind = models.CharField(max_length=20, help_text="What was made, see catalog.renderings.")
    key = models.CharField(max_length=120, help_text="Of what it was made, and by which version of the maker.")
    content = models.JSONField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    used_on = models.DateField(default=timezone.localdate, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_rendering_per_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
