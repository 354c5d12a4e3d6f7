"""A listing: one internal repository as the catalog shows it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.querysets import ProjectQuerySet, TrustedCommitterQuerySet

WEEKS = 52
#: What the schedule holds: a paused source's projects would be walked over by whoever looks for what is due.
SCHEDULED = Q(paused_at=None)


class Topic(models.Model):
    """A word that a project is found by."""

    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """One repository. What a person or the repository states and what the last sync counted, in one row."""

    class Listing(models.TextChoices):
        DISCOVERED = "discovered", "Newly discovered"
        LISTED = "listed", "Listed"
        HIDDEN = "hidden", "Hidden"

    class Visibility(models.TextChoices):
        EVERYONE = "everyone", "Everyone"
        TEAMS = "teams", "Named teams"
        ADMINS = "admins", "Admins only"

    class Lifecycle(models.TextChoices):
        EXPERIMENT = "experiment", "Experiment"
        PRODUCTION = "production", "Production"
        MAINTENANCE = "maintenance", "Maintenance"
        DEPRECATED = "deprecated", "Deprecated"
        ARCHIVED = "archived", "Archived"

    class Maturity(models.TextChoices):
        """How far it has come as a project that others take part in; somebody looked and said so."""

        INCUBATING = "incubating", "Incubating"
        GROWING = "growing", "Growing"
        GRADUATED = "graduated", "Graduated"

    class Kind(models.TextChoices):
        LIBRARY = "library", "Library"
        SERVICE = "service", "Service"
        TOOL = "tool", "Tool"
        WEBSITE = "website", "Website"
        OTHER = "other", "Other"

    class Governance(models.IntegerChoices):
        """How much influence it shares with other teams, see catalog.guides.governance."""

        REPORTS = 1, "Bug reports and issues welcome"
        CONTRIBUTIONS = 2, "Contributions welcome"
        SHARED_WRITE = 3, "Shared write access"
        SHARED_OWNERSHIP = 4, "Shared ownership"

    class SyncState(models.TextChoices):
        NEVER = "never", "Never synced"
        OK = "ok", "Up to date"
        FAILED = "failed", "Failed"
        PARKED = "parked", "Parked"

    #: What stands in the place of an address that another repository has taken over.
    DISPLACED = "displaced:"
    SYNC_TROUBLE = (SyncState.FAILED, SyncState.PARKED)

    class Lane(models.TextChoices):
        QUICK = "quick", "Quick"
        LONG = "long", "Long"

    class Reason(models.IntegerChoices):
        """Why a sync comes, the most urgent first."""

        PERSON = 0, "Somebody asked"
        WEBHOOK = 1, "The code host told of a change"
        SCHEDULE = 2, "Its time came"

    # What it is and whose it is.
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True)
    motivation = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind, blank=True)
    code_host = models.ForeignKey(
        "catalog.CodeHost", on_delete=models.PROTECT, related_name="projects", db_index=False
    )
    path = models.CharField(max_length=1000, help_text="The repository's path inside its code host.")
    remote = models.CharField(
        max_length=1000, unique=True, help_text="The canonical address from which the portal fetches."
    )
    web_url = models.URLField(max_length=1000, blank=True)
    docs_url = models.URLField(max_length=1000, blank=True)
    owner_team = models.ForeignKey(
        "people.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="projects"
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="projects")
    lifecycle = models.CharField(max_length=12, choices=Lifecycle, blank=True)
    production_since = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaces",
        help_text="The listing to use instead, for one that is deprecated or archived.",
    )
    successor_text = models.CharField(
        max_length=300, blank=True, help_text="What to use instead where that is no listing: words or an address."
    )
    support = models.CharField(max_length=500, blank=True, help_text="Where users get help: words or an address.")
    escalation = models.CharField(
        max_length=500, blank=True, help_text="Whom to call when that is not enough: words or an address."
    )
    maturity = models.CharField(max_length=12, choices=Maturity, blank=True)
    maturity_until = models.DateField(
        null=True, blank=True, help_text="The first day on which the badge no longer counts."
    )
    skills = models.JSONField(default=list, blank=True, help_text="What a contributor should know.")
    help_wanted = models.JSONField(default=list, blank=True, help_text="Kinds of help that the project asks for.")
    governance = models.PositiveSmallIntegerField(
        choices=Governance, null=True, blank=True, help_text="The governance level that it claims."
    )

    host_says = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="What the code host says: name, description, topics, archived. A sync weighs it against the "
        "repository's own words.",
    )

    # What a code host with an API knows of it; empty where nobody said.
    host_id = models.CharField(
        max_length=60, blank=True, editable=False, help_text="The host's own number, which outlives every name."
    )
    host_visibility = models.CharField(max_length=10, blank=True, editable=False)
    stars = models.PositiveIntegerField(null=True, blank=True, editable=False)
    forks = models.PositiveIntegerField(null=True, blank=True, editable=False)
    open_issues = models.PositiveIntegerField(null=True, blank=True, editable=False)
    open_changes = models.PositiveIntegerField(null=True, blank=True, editable=False)
    host_pushed_at = models.DateTimeField(null=True, blank=True, editable=False)
    host_asked_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the host was last asked about this one alone."
    )
    items_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its open issues and changes were read."
    )
    gone_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when its host no longer has it."
    )

    # Who sees it, and what curators decided.
    listing = models.CharField(max_length=12, choices=Listing, default=Listing.LISTED)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.EVERYONE)
    visible_teams = models.ManyToManyField("people.Team", blank=True, related_name="visible_projects")
    featured = models.BooleanField(default=False)
    curated_fields = models.JSONField(
        default=list, blank=True, help_text="Names of fields that a curator set; a sync leaves these alone."
    )
    stated_in = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Of fields that a sync set: the file that says so, host, guess or portal.",
    )
    discovered_at = models.DateTimeField(default=timezone.now, editable=False)

    # Facts of the last sync.
    default_branch = models.CharField(max_length=255, blank=True)
    head_commit = models.CharField(max_length=40, blank=True)
    refs_digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="What the source showed when these facts were recorded, see forge.mirror.Mirror.update.",
    )
    synced_commit = models.CharField(
        max_length=40, blank=True, help_text="The commit that these facts were read from."
    )
    facts_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When these facts were read in full."
    )
    facts_version = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="By which version of the readers, see catalog.recording.READERS."
    )
    license_spdx = models.CharField(max_length=100, blank=True)
    commit_count = models.PositiveIntegerField(default=0)
    contributor_count = models.PositiveIntegerField(default=0)
    branch_count = models.PositiveIntegerField(default=0)
    file_count = models.PositiveIntegerField(default=0)
    document_count = models.PositiveIntegerField(
        default=0, help_text="Documents of its documentation folders, see catalog.docs.places."
    )
    main_language = models.CharField(max_length=50, blank=True)
    first_activity = models.DateTimeField(null=True, blank=True)
    last_activity = models.DateTimeField(null=True, blank=True)
    weekly_commits = models.JSONField(
        default=list,
        blank=True,
        help_text="Commits in each of 52 weeks, the oldest first, up to the week of weekly_until.",
    )
    weekly_lines = models.JSONField(
        default=list, blank=True, help_text="Lines added and removed in each of these weeks, as pairs."
    )
    weekly_until = models.DateField(
        null=True, blank=True, help_text="The Monday of the last week of weekly_commits."
    )
    activity_score = models.PositiveIntegerField(default=0)
    health_score = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0 to 100; empty when unknown."
    )
    metadata_problems = models.JSONField(
        default=list, blank=True, help_text="What could not be understood: path, line, message."
    )
    notes = models.JSONField(
        default=list, blank=True, help_text="What a reader should know of the last sync, in plain sentences."
    )

    # What contributions made of it; written by that app through catalog.actions.
    guests_welcomed = models.PositiveIntegerField(default=0)
    open_requests = models.PositiveIntegerField(default=0)
    answer_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="Median hours until the first answer over the last 90 days."
    )
    answer_p90_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="Within so many hours nine of ten were answered over the last 90 days."
    )

    # How the last sync ended; one that waits or runs has an open SyncRun where there is something to tell of it.
    sync_state = models.CharField(max_length=10, choices=SyncState, default=SyncState.NEVER)
    sync_code = models.CharField(max_length=60, blank=True)
    sync_message = models.TextField(blank=True)
    sync_cure = models.TextField(blank=True)
    sync_finished_at = models.DateTimeField(null=True, blank=True)
    sync_failures = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Failures in a row that were the repository's and not its host's."
    )
    moved_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a sync last found something new."
    )
    loss = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="A loss of branches that was seen and not believed: fingerprint, times, at.",
    )

    # When it is synced, and who is at it. Truth about both is here, the broker only wakes workers.
    remote_host = models.CharField(max_length=300, blank=True, db_index=True, editable=False)
    next_sync_at = models.DateTimeField(
        null=True,
        blank=True,
        default=timezone.now,
        help_text="Empty for one that is parked until somebody asks.",
    )
    paused_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when its time stands still with its source; the schedule's indexes leave such ones out.",
    )
    sync_reason = models.PositiveSmallIntegerField(choices=Reason, default=Reason.SCHEDULE, editable=False)
    sync_lane = models.CharField(max_length=5, choices=Lane, default=Lane.QUICK, editable=False)
    sync_wanted_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When somebody last asked; a sync that began before is not enough.",
    )
    sync_attempts = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How often a worker began without coming to an end."
    )
    lease_owner = models.CharField(max_length=80, blank=True, editable=False)
    leased_at = models.DateTimeField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["-activity_score", "name"], name="project_by_activity"),
            models.Index(fields=["name"], name="project_by_name"),
            models.Index(fields=["-last_activity"], name="project_by_last_activity"),
            models.Index(fields=["-health_score"], name="project_by_health"),
            models.Index(fields=["sync_reason", "next_sync_at"], condition=SCHEDULED, name="project_by_urgency"),
            models.Index(fields=["next_sync_at"], condition=SCHEDULED, name="project_by_time"),
            models.Index(fields=["code_host", "paused_at"], name="project_by_source"),
            models.Index(fields=["host_id"], name="project_by_host_id"),
            models.Index(
                fields=["sync_state"], condition=Q(sync_state__in=["failed", "parked"]), name="project_in_trouble"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code_host", "host_id"], condition=~Q(host_id=""), name="one_project_per_host_id"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:project", args=[self.slug])

    @property
    def clone_url(self) -> str:
        """The address for people, which may differ from the one the portal uses."""
        if self.remote.startswith(self.DISPLACED):
            return ""
        if self.code_host.clone_base:
            return self.code_host.clone_base.rstrip("/") + "/" + self.path.lstrip("/")
        return self.remote

    @property
    def ssh_url(self) -> str:
        """The address over SSH where the code host tells one."""
        return "" if self.remote.startswith(self.DISPLACED) else str(self.host_says.get("ssh", ""))

    @property
    def due_at(self) -> datetime | None:
        """When it is synced next; past while it waits for a worker, None when it does not come by itself."""
        return None if self.paused_at else self.next_sync_at

    @property
    def is_archived(self) -> bool:
        return self.lifecycle == self.Lifecycle.ARCHIVED

    @property
    def is_ending(self) -> bool:
        """Whether nobody should begin to depend on it."""
        return self.lifecycle in (self.Lifecycle.DEPRECATED, self.Lifecycle.ARCHIVED)

    @property
    def maturity_expired(self) -> bool:
        return self.maturity_until is not None and self.maturity_until <= timezone.localdate()

    @property
    def counted_maturity(self) -> str:
        """The badge, empty once it has expired."""
        return "" if self.maturity_expired else self.maturity

    @property
    def is_restricted(self) -> bool:
        return self.visibility != self.Visibility.EVERYONE or self.listing != self.Listing.LISTED

    def weeks(self, today: date | None = None) -> list[int]:
        """Commits in the last 52 weeks up to today's, the oldest first; a mirror that rests shifts to the left."""
        if not self.weekly_until:
            return [0] * WEEKS
        today = today or timezone.localdate()
        monday = today - timedelta(days=today.weekday())
        missed = max(0, (monday - self.weekly_until).days // 7)
        return ([0] * WEEKS + list(self.weekly_commits) + [0] * missed)[-WEEKS:]


class TrustedCommitter(models.Model):
    """Somebody entrusted with merging in a project, of the host team or a guest."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="trusted_committers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trusted_in")
    since = models.DateField(default=date.today)
    until = models.DateField(null=True, blank=True)

    objects = TrustedCommitterQuerySet.as_manager()

    class Meta:
        ordering = ["project", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], condition=Q(until__isnull=True), name="one_open_trust"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}"
