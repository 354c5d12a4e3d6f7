"""What curators and operators ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from catalog.actions.curation import Change, value, with_topics, without_topics
from catalog.actions.waivers import LONGEST, REASON
from catalog.models import Project
from catalog.querysets import ProjectQuerySet, SyncRunQuerySet
from catalog.recording import topic_names
from catalog.watching import HERE
from forge.urls import holds_credentials
from people.models import Team

PAGE_OF_A_LISTING = re.compile(r"^(?:https?://[^/\s]+)?/projects/([-a-zA-Z0-9_]+)/?$")
Listing, Lifecycle = Project.Listing, Project.Lifecycle


class BulkForm(forms.Form):
    """One action on the selected listings. `changes` are what catalog.actions.curation.curate takes."""

    ACTIONS = [
        ("Listing", [("list", "List"), ("hide", "Hide")]),
        ("Home page", [("feature", "Feature"), ("unfeature", "No longer feature")]),
        ("Owner", [("owner", "Set the owner team …"), ("disown", "Remove the owner team")]),
        (
            "Lifecycle",
            [
                ("lifecycle", "Set the lifecycle …"),
                ("archive", "Archive"),
                ("deprecate", "Deprecate for a successor …"),
                ("production", "In production since …"),
                ("kind", "Set the kind …"),
            ],
        ),
        (
            "Trust",
            [("support", "Set support …"), ("badge", "Give a maturity badge …"), ("no_badge", "Take the badge")],
        ),
        ("Governance", [("governance", "Set the governance level …")]),
        ("Topics", [("add_topics", "Add topics …"), ("remove_topics", "Remove topics …")]),
        (
            "Visibility",
            [
                ("everyone", "Visible to everyone"),
                ("teams", "Visible to named teams …"),
                ("admins", "Visible to admins only"),
            ],
        ),
    ]
    #: The field that an action needs, and what to say where it is missing.
    NEEDS = {
        "owner": ("team", "Choose the team."),
        "lifecycle": ("lifecycle", "Choose the lifecycle."),
        "deprecate": ("successor", "Name the listing to use instead, or say in words what is."),
        "production": ("day", "Give the day."),
        "kind": ("kind", "Choose the kind."),
        "badge": ("maturity", "Choose the badge."),
        "governance": ("governance", "Choose the level."),
        "add_topics": ("topics", "Name at least one topic."),
        "remove_topics": ("topics", "Name at least one topic."),
        "teams": ("teams", "Choose at least one team, or nobody would see it."),
    }

    action = forms.ChoiceField(choices=[("", "Choose an action"), *ACTIONS], label="With the selected")
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="Choose a team", label="Owner team"
    )
    lifecycle = forms.ChoiceField(choices=[("", "Choose a stage"), *Lifecycle.choices], required=False)
    successor = forms.CharField(
        required=False,
        max_length=300,
        label="Use instead",
        widget=forms.TextInput(attrs={"placeholder": "its short name in the address, or words"}),
    )
    day = forms.DateField(
        required=False, label="Since", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(choices=[("", "Choose a kind"), *Project.Kind.choices], required=False)
    support = forms.CharField(
        required=False,
        max_length=500,
        label="Support",
        widget=forms.TextInput(attrs={"placeholder": "#channel, https://…"}),
    )
    escalation = forms.CharField(
        required=False,
        max_length=500,
        label="Escalation",
        widget=forms.TextInput(attrs={"placeholder": "whom to call next"}),
    )
    maturity = forms.ChoiceField(
        choices=[("", "Choose a badge"), *Project.Maturity.choices], required=False, label="Badge"
    )
    until = forms.DateField(
        required=False, label="Until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    governance = forms.TypedChoiceField(
        choices=[("", "Choose a level"), *Project.Governance.choices], required=False, coerce=int, empty_value=None
    )
    topics = forms.CharField(
        required=False, max_length=500, widget=forms.TextInput(attrs={"placeholder": "payments, java"})
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, label="Teams", widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        label="Why",
        widget=forms.TextInput(attrs={"placeholder": "Why? Stands in the history"}),
    )

    def clean_topics(self) -> list[str]:
        return topic_names(self.cleaned_data["topics"].split(","))

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until is not None and until <= timezone.localdate():
            raise forms.ValidationError("A badge ends on a day to come.")
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name, message = self.NEEDS.get(data.get("action", ""), ("", ""))
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, message)
        return data

    @property
    def successor_slug(self) -> str:
        """The listing that is to be used instead of the selected ones; empty where there is none."""
        is_asked = self.cleaned_data["action"] == "deprecate"
        return slug_of(self.cleaned_data["successor"]) if is_asked else ""

    @property
    def action_words(self) -> str:
        """What was chosen, as the history and messages call it."""
        names = dict(pair for _, pairs in self.ACTIONS for pair in pairs)
        return names[self.cleaned_data["action"]].removesuffix(" …")

    def changes(self) -> dict[str, Change]:
        return self.several() or dict([self.one()])

    def several(self) -> dict[str, Change]:
        """The changes of an action that sets more than one field; empty for the others."""
        data = self.cleaned_data
        made: dict[str, Callable[[], dict[str, Change]]] = {
            "deprecate": lambda: {
                "lifecycle": value(Lifecycle.DEPRECATED.value),
                **succeeded_by(data["successor"]),
            },
            "support": lambda: {"support": value(data["support"]), "escalation": value(data["escalation"])},
            "badge": lambda: badge(data["maturity"], data["until"]),
            "no_badge": lambda: badge("", None),
        }
        return made[data["action"]]() if data["action"] in made else {}

    def one(self) -> tuple[str, Change]:
        data = self.cleaned_data
        made: dict[str, Callable[[], tuple[str, Change]]] = {
            "list": lambda: ("listing", value(Listing.LISTED.value)),
            "hide": lambda: ("listing", value(Listing.HIDDEN.value)),
            "feature": lambda: ("featured", value(True)),
            "unfeature": lambda: ("featured", value(False)),
            "owner": lambda: ("owner_team", value(data["team"].slug)),
            "disown": lambda: ("owner_team", value(None)),
            "lifecycle": lambda: ("lifecycle", value(data["lifecycle"])),
            "archive": lambda: ("lifecycle", value(Lifecycle.ARCHIVED.value)),
            "production": lambda: ("production_since", value(data["day"].isoformat())),
            "kind": lambda: ("kind", value(data["kind"])),
            "governance": lambda: ("governance", value(data["governance"])),
            "add_topics": lambda: ("topics", with_topics(data["topics"])),
            "remove_topics": lambda: ("topics", without_topics(data["topics"])),
            "everyone": lambda: ("visibility", seen_by("everyone")),
            "teams": lambda: ("visibility", seen_by("teams", data["teams"])),
            "admins": lambda: ("visibility", seen_by("admins")),
        }
        return made[data["action"]]()


def seen_by(whom: str, teams: Iterable[Team] = ()) -> Change:
    return value({"for": whom, "teams": sorted(team.slug for team in teams)})


def slug_of(text: str) -> str:
    """Of a listing that was named by its slug or by the address of its page; empty where there is none."""
    slug = PAGE_OF_A_LISTING.sub(r"\1", text.strip())
    return slug if Project.objects.filter(slug=slug).exists() else ""


def succeeded_by(text: str) -> dict[str, Change]:
    """A listing, or words."""
    slug = slug_of(text)
    return {"successor": value(slug or None), "successor_text": value("" if slug else text.strip())}


def badge(maturity: str, until: date | None) -> dict[str, Change]:
    return {"maturity": value(maturity), "maturity_until": value(until.isoformat() if until else None)}


class TableForm(forms.Form):
    """What part of all listings the table shows, in what order. A value that means nothing filters nothing."""

    ORDERS = {
        "name": ("Name", F("name").asc()),
        "new": ("Newest first", F("discovered_at").desc()),
        "active": ("Last active first", F("last_activity").desc(nulls_last=True)),
        "silent": ("Longest silent first", F("last_activity").asc(nulls_last=True)),
        "weak": ("Weakest health first", F("health_score").asc(nulls_last=True)),
    }
    LACKS = {
        "owner": ("No owner", Q(owner_team=None)),
        "summary": ("No summary", Q(summary="")),
        "readme": ("No README", ~Q(guides__kind="readme")),
        "sync": ("Sync failed", Q(sync_state__in=Project.SYNC_TROUBLE)),
    }

    q = forms.CharField(
        required=False, max_length=200, label="Name or summary", widget=forms.TextInput(attrs={"type": "search"})
    )
    listing = forms.ChoiceField(required=False, choices=[("", "Any"), *Listing.choices])
    visibility = forms.ChoiceField(required=False, choices=[("", "Any"), *Project.Visibility.choices])
    lifecycle = forms.ChoiceField(required=False, choices=[("", "Any"), *Lifecycle.choices])
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, to_field_name="slug", empty_label="Any", label="Owner"
    )
    lacks = forms.ChoiceField(
        required=False,
        label="Needs care",
        choices=[("", "Any"), *((key, name) for key, (name, _) in LACKS.items())],
    )
    order = forms.ChoiceField(
        required=False, label="Sort", choices=[(key, name) for key, (name, _) in ORDERS.items()]
    )

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: given for name, given in self.cleaned_data.items() if given}

    @property
    def is_narrowing(self) -> bool:
        return bool(self.wanted().keys() - {"order"})

    def of(self, projects: ProjectQuerySet) -> ProjectQuerySet:
        """The listings that are asked for, in the order that is asked for."""
        wanted = self.wanted()
        for name, column in (("listing",) * 2, ("visibility",) * 2, ("lifecycle",) * 2, ("team", "owner_team")):
            if name in wanted:
                projects = projects.filter(**{column: wanted[name]})
        if "q" in wanted:
            text = wanted["q"]
            projects = projects.filter(
                Q(name__icontains=text) | Q(slug__icontains=text) | Q(summary__icontains=text)
            )
        if "lacks" in wanted:
            projects = projects.filter(self.LACKS[wanted["lacks"]][1])
        return projects.order_by(self.ORDERS[wanted.get("order", "name")][1], "pk")


class AddressInput(forms.TextInput):
    """A text field that shows what was typed again, unless there is a user name or a password in it."""

    def format_value(self, value: Any) -> str | None:
        return None if holds_credentials(str(value or "")) else super().format_value(value)


class WatchForm(forms.Form):
    """Which projects the page about syncs shows. A value that means nothing filters nothing."""

    SHOWS = {
        "running": "Running",
        "waiting": "Waiting",
        "failed": "Failed",
        "parked": "Parked",
        "recent": "Ended",
    }

    q = forms.CharField(
        required=False, max_length=200, label="Project", widget=forms.TextInput(attrs={"type": "search"})
    )
    host = forms.ChoiceField(required=False, label="Code host")
    code = forms.ChoiceField(required=False, label="What is wrong")
    lane = forms.ChoiceField(required=False, choices=[("", "Any"), *Project.Lane.choices])

    #: Filters that say nothing about a list, because all of it is alike in that.
    USELESS: dict[str, tuple[str, ...]] = {
        "running": ("code",),
        "waiting": ("code",),
        "failed": ("lane",),
        "parked": ("lane",),
        "recent": ("lane",),
    }

    def __init__(self, data: Any, *, hosts: Iterable[tuple[str, str]], codes: Iterable[str]) -> None:
        super().__init__(data)
        self.choose("host", hosts)
        self.choose("code", ((code, code) for code in codes))
        for name in self.USELESS[self.show]:
            del self.fields[name]

    def choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", "Any"), *choices]

    @property
    def show(self) -> str:
        asked = self.data.get("show", "")
        return asked if asked in self.SHOWS else "running"

    @cached_property
    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: given for name, given in self.cleaned_data.items() if given}

    def of(self, projects: ProjectQuerySet) -> ProjectQuerySet:
        """Those of these projects that are asked for, whatever their state."""
        return projects.filter(*(self.CONDITIONS[name](given) for name, given in self.wanted.items()))

    def of_runs(self, runs: SyncRunQuerySet) -> SyncRunQuerySet:
        """The same for runs that have ended; their code is their own."""
        given = dict(self.wanted)
        code = given.pop("code", "")
        projects = Project.objects.filter(*(self.CONDITIONS[name](each) for name, each in given.items()))
        runs = runs.filter(project__in=projects) if given else runs
        return runs.filter(code=code) if code else runs

    CONDITIONS: dict[str, Callable[[str], Q]] = {
        "q": lambda text: Q(name__icontains=text) | Q(slug__icontains=text),
        "host": lambda key: Q(remote_host="" if key == HERE else key),
        "code": lambda code: Q(sync_code=code),
        "lane": lambda lane: Q(sync_lane=lane),
    }


class ConnectionsForm(forms.Form):
    """How many syncs a host gets at the same time; nothing for the usual number."""

    connections = forms.IntegerField(required=False, min_value=1, max_value=100)


class WaiverForm(forms.Form):
    """Which check does not count, why and until when. `checks` are the ones to choose from: keys and labels."""

    check = forms.ChoiceField(label="Check")
    reason = forms.CharField(
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody who sees the project reads it.",
    )
    until = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="At most a year ahead. Then the check counts again by itself.",
    )

    def __init__(self, *args: Any, checks: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "waiver_%s", **options})
        self.labels = dict(checks)
        self.fields["check"].choices = [("", "Choose a check"), *checks]  # type: ignore[attr-defined]
        today = timezone.localdate()
        self.fields["until"].widget.attrs |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}

    @property
    def label(self) -> str:
        """The words of the chosen check, once it is valid."""
        return self.labels[self.cleaned_data["check"]]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today <= until <= today + LONGEST:
            raise forms.ValidationError("Choose a day from today on, at most a year ahead.")
        return until
