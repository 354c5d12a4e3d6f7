"""Facts that a sync read out of one commit; replaced whole by the next one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.project import Project


class ProjectLanguage(models.Model):
    """Bytes of source code in one language on the default branch."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="languages")
    name = models.CharField(max_length=50)
    bytes = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["-bytes"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_row_per_language")]
        indexes = [models.Index(fields=["name", "project"], name="language_by_name")]

    def __str__(self) -> str:
        return self.name


class Guide(models.Model):
    """A document that tells people how to use or contribute: README, CONTRIBUTING, …"""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guides")
    kind = models.CharField(
        max_length=30, help_text="readme, contributing, code_of_conduct, …; see catalog.guides."
    )
    path = models.CharField(max_length=1000)
    blob = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField(help_text="Bytes in the repository.")
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True, help_text="Plain text for the search, bounded.")
    html = models.TextField(blank=True, help_text="Sanitised when it was read.")
    note = models.CharField(
        max_length=300, blank=True, help_text="What was cut or guessed when it was read, as a plain sentence."
    )

    class Meta:
        ordering = ["kind", "path"]
        constraints = [models.UniqueConstraint(fields=["project", "kind"], name="one_guide_per_kind")]

    def __str__(self) -> str:
        return self.path


class Tag(models.Model):
    """A tag of the repository; a release when its name is a version."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=255)
    commit = models.CharField(max_length=40)
    tagged_at = models.DateTimeField(null=True, blank=True)
    is_release = models.BooleanField(default=False)

    class Meta:
        ordering = ["-tagged_at", "-pk"]
        indexes = [models.Index(fields=["-tagged_at"], condition=Q(is_release=True), name="release_by_date")]

    def __str__(self) -> str:
        return self.name


class Contributor(models.Model):
    """An author address of the default branch. It names a person of ours only if that address is verified."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="contributors")
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="authored_in"
    )
    commits = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    lines_added = models.PositiveBigIntegerField(default=0, help_text="As git counts: merges have no lines.")
    lines_removed = models.PositiveBigIntegerField(default=0)
    weeks = models.JSONField(
        default=dict, blank=True, help_text='By Monday: {"2026-11-23": [commits, lines added, lines removed]}.'
    )
    last_week = models.DateField(null=True, blank=True, help_text="The newest Monday of weeks.")

    class Meta:
        ordering = ["-commits", "name"]
        constraints = [models.UniqueConstraint(fields=["project", "email"], name="one_row_per_author_address")]

    def __str__(self) -> str:
        return self.name


class ActivityYear(models.Model):
    """The last 52 weeks of a project as its activity page shows them, see catalog.facts.year.

    A project may have 50,000 authors, whose weeks nobody may load for one page view. So a sync sums them up by
    team when it records, with the memberships of that day. One that finds nothing new reads its facts again after
    a week (catalog.sync.FACTS_AGE), which is how new memberships and proved addresses get here. Which team is the
    host is asked of the project when the page is shown.
    """

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="activity_year"
    )
    until = models.DateField(help_text="The Monday of the last week.")
    days = models.JSONField(default=list, help_text="Commits on each of 364 days, the oldest first.")
    sums = models.JSONField(default=dict, help_text="See catalog.facts.year.Year.as_json.")

    def __str__(self) -> str:
        return f"{self.project_id} until {self.until}"


class Package(models.Model):
    """Something that others can depend on, as a manifest of the repository says; see catalog.facts.packages."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="packages")
    ecosystem = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=60, blank=True)
    path = models.CharField(max_length=1000, help_text="The manifest that says so.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ecosystem", "name"], name="package_by_name")]

    def __str__(self) -> str:
        return f"{self.ecosystem}: {self.name}"


class LastRead(models.Model):
    """What the files of one commit told, kept so that the next sync reads only those that changed since."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="last_read")
    commit = models.CharField(max_length=40)
    files = models.JSONField(help_text="See catalog.files.FileFacts.")

    def __str__(self) -> str:
        return self.commit


class HealthResult(models.Model):
    """What one health check found; its words and cure are in catalog.health."""

    class Result(models.TextChoices):
        PASS = "pass", "Pass"
        WARN = "warn", "Could be better"
        FAIL = "fail", "Missing"
        UNKNOWN = "unknown", "Unknown"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="health_results")
    check_key = models.CharField(max_length=40)
    result = models.CharField(max_length=10, choices=Result)
    evidence = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "check_key"], name="one_result_per_check")]

    def __str__(self) -> str:
        return f"{self.check_key}: {self.result}"
