"""What people wrote, rendered once."""

from __future__ import annotations

from django.db import models


class Prose(models.Model):
    """A text of a project's requests as safe HTML. Rows may go at any time: they are made anew where they lack."""

    project = models.ForeignKey("catalog.Project", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, help_text="A digest of the text and of what its links lead to.")
    html = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="a_text_is_rendered_once"),
        ]

    def __str__(self) -> str:
        return self.key[:10]
