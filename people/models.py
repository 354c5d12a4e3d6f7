"""Who: people, teams in a tree, memberships with dates, and the e-mail addresses that prove authorship."""

import zoneinfo
from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from people.querysets import MembershipQuerySet, TeamQuerySet, Users


def validate_time_zone(name: str) -> None:
    if name and name not in zoneinfo.available_timezones():
        raise ValidationError(
            "“%(name)s” is no known time zone. Use a name such as Europe/Berlin.", params={"name": name}
        )


class User(AbstractUser):
    """A person who can sign in."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=150, blank=True, help_text="As shown to others.")
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])
    is_curator = models.BooleanField(
        default=False, help_text="May list, hide and edit every listing on the curation pages."
    )

    objects: ClassVar[Users] = Users()

    def __str__(self) -> str:
        return self.name or self.username

    def get_absolute_url(self) -> str:
        return reverse("people:person", args=[self.username])

    @property
    def may_curate(self) -> bool:
        return self.is_active and (self.is_curator or self.is_superuser)

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The teams that this person belongs to today; one query, once for each loaded user."""
        return frozenset(Membership.objects.current().filter(user=self).values_list("team", flat=True))

    @cached_property
    def team_line_ids(self) -> frozenset[int]:
        """Those teams and the departments and units above them; one query more."""
        above = Team.objects.filter(pk__in=self.team_ids).values_list(*Team.LINE)
        return frozenset(pk for line in above for pk in line if pk)

    @cached_property
    def maintained_team_ids(self) -> frozenset[int]:
        """The teams for which this person answers and reviews; one query, once for each loaded user."""
        current = Membership.objects.current().maintainers()
        return frozenset(current.filter(user=self).values_list("team", flat=True))


class Team(models.Model):
    """A node of the organisation's tree: unit → department → team."""

    class Kind(models.TextChoices):
        UNIT = "unit", "Unit"
        DEPARTMENT = "department", "Department"
        TEAM = "team", "Team"

    # A tree is at most four levels deep, so that a whole line of ancestors comes with one query.
    LINE = ("pk", "parent", "parent__parent", "parent__parent__parent")

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.TEAM)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    description = models.TextField(blank=True)
    answer_promise_days = models.PositiveSmallIntegerField(
        default=5, help_text="Within how many days the team answers a contribution request."
    )
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    objects = TeamQuerySet.as_manager()

    below: list["Team"]  # The children, where TeamQuerySet.tree() has set them.

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:team", args=[self.slug])

    def clean(self) -> None:
        line = self.parent.line() if self.parent else []
        if self.pk and any(node.pk == self.pk for node in line):
            raise ValidationError({"parent": "A team cannot stand below itself."})
        if len(line) >= len(self.LINE):
            raise ValidationError({"parent": f"The tree is at most {len(self.LINE)} levels deep."})

    def line(self) -> list["Team"]:
        """This node and those above it, the nearest first; at most one query for each level."""
        nodes: list[Team] = []
        node: Team | None = self
        while node is not None and node not in nodes:
            nodes.append(node)
            node = node.parent
        return nodes


class Membership(models.Model):
    """Somebody belongs to a team from one day until another; the past is kept for honest statistics."""

    class Role(models.TextChoices):
        MEMBER = "member", "Member"
        MAINTAINER = "maintainer", "Maintainer"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        max_length=12,
        choices=Role,
        default=Role.MEMBER,
        help_text="Maintainers answer contribution requests and review for the team.",
    )
    since = models.DateField(default=date.today)
    until = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["team", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], condition=Q(until__isnull=True), name="one_open_membership"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class Identity(models.Model):
    """A commit e-mail address of a person. Only a verified one earns credit: an author line proves nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    email = models.EmailField()
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        ordering = ["email"]
        constraints = [
            # Whoever only claims an address takes it from nobody; whoever has proved it has it alone.
            models.UniqueConstraint(
                fields=["email"], condition=Q(verified_at__isnull=False), name="one_person_per_verified_address"
            ),
            models.UniqueConstraint(fields=["user", "email"], name="an_address_is_claimed_once"),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: object, **kwargs: object) -> None:
        # Addresses are compared with those of commits, which differ in case only by accident.
        self.email = self.email.lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def verify(self) -> bool:
        """Confirm that the address is this person's; False when it already is somebody else's."""
        others = Identity.objects.filter(email=self.email, verified_at__isnull=False).exclude(pk=self.pk)
        if others.exists():
            return False
        self.verified_at = self.verified_at or timezone.now()
        self.save(update_fields=["verified_at"])
        return True
