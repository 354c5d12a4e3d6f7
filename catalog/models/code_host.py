"""Where repositories live."""

from django.conf import settings
from django.db import models

from catalog.querysets import CodeHostQuerySet


class CodeHost(models.Model):
    """A source of repositories: a directory, one git URL, a file of URLs; later GitHub, GitLab, Gitea."""

    kind = models.CharField(max_length=20, help_text="The connector that reads it, see forge.connectors.")
    name = models.CharField(max_length=200)
    address = models.CharField(
        max_length=1000,
        unique=True,
        help_text="A folder, a git URL or a text file of URLs, as the server sees it.",
    )
    clone_base = models.CharField(
        max_length=500,
        blank=True,
        help_text="What people put before a repository's path to clone it, such as ssh://git.example.com/ "
        "(only where they cannot use the address that the portal uses).",
    )
    hosts = models.JSONField(
        default=list, blank=True, help_text="Host names that the portal may reach because of it."
    )
    folders = models.JSONField(
        default=list, blank=True, help_text="Folders that the portal may read because an operator named them."
    )
    default_team = models.ForeignKey(
        "people.Team",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="Owns what has no owner stated.",
    )
    enabled = models.BooleanField(default=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )
    added_at = models.DateTimeField(auto_now_add=True)
    discovered_at = models.DateTimeField(null=True, blank=True, editable=False)
    problems = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What the last discovery could not take: line, code, message, cure.",
    )
    error_code = models.CharField(max_length=60, blank=True, editable=False)
    error_message = models.TextField(blank=True, editable=False)
    error_cure = models.TextField(blank=True, editable=False)

    objects = CodeHostQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_local(self) -> bool:
        return self.kind == "directory"
