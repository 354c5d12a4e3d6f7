"""What curators and operators ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from catalog.actions.curation import Change, value, with_topics, without_topics
from catalog.models import Project
from catalog.recording import topic_names
from forge.connectors import KINDS
from people.models import Team

Listing, Visibility, Lifecycle = Project.Listing, Project.Visibility, Project.Lifecycle


class BulkForm(forms.Form):
    """One action on the selected listings. `changes` are what catalog.actions.curation.curate takes."""

    ACTIONS = [
        ("list", "List"),
        ("hide", "Hide"),
        ("feature", "Feature on the home page"),
        ("unfeature", "No longer feature"),
        ("archive", "Archive"),
        ("owner", "Set the owner team …"),
        ("lifecycle", "Set the lifecycle …"),
        ("add_topics", "Add topics …"),
        ("remove_topics", "Remove topics …"),
        ("everyone", "Visible to everyone"),
        ("teams", "Visible to named teams …"),
        ("admins", "Visible to admins only"),
    ]

    action = forms.ChoiceField(choices=ACTIONS, label="With the selected")
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="Choose a team")
    teams = forms.ModelMultipleChoiceField(Team.objects.all(), required=False, label="Visible to")
    lifecycle = forms.ChoiceField(choices=[("", "Not stated"), *Lifecycle.choices], required=False)
    topics = forms.CharField(required=False, max_length=500, help_text="Separated by commas.")
    note = forms.CharField(required=False, max_length=500, label="Why", help_text="Stands in the history.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        action = data.get("action")
        if action in ("add_topics", "remove_topics") and not topic_names(data.get("topics", "").split(",")):
            self.add_error("topics", "Name at least one topic.")
        if action == "teams" and not data.get("teams"):
            self.add_error("teams", "Choose at least one team, or nobody would see it.")
        return data

    def changes(self) -> dict[str, Change]:
        data = self.cleaned_data
        teams = sorted(team.slug for team in data["teams"])
        topics = topic_names(data["topics"].split(","))
        made: dict[str, Callable[[], dict[str, Change]]] = {
            "list": lambda: {"listing": value(Listing.LISTED)},
            "hide": lambda: {"listing": value(Listing.HIDDEN)},
            "feature": lambda: {"featured": value(True)},
            "unfeature": lambda: {"featured": value(False)},
            "archive": lambda: {"lifecycle": value(Lifecycle.ARCHIVED)},
            "owner": lambda: {"owner_team": value(data["team"].slug if data["team"] else None)},
            "lifecycle": lambda: {"lifecycle": value(data["lifecycle"])},
            "add_topics": lambda: {"topics": with_topics(topics)},
            "remove_topics": lambda: {"topics": without_topics(topics)},
            "everyone": lambda: {"visibility": value({"for": Visibility.EVERYONE, "teams": []})},
            "teams": lambda: {"visibility": value({"for": Visibility.TEAMS, "teams": teams})},
            "admins": lambda: {"visibility": value({"for": Visibility.ADMINS, "teams": []})},
        }
        return made[data["action"]]()


class TableForm(forms.Form):
    """What part of all listings the table shows."""

    ORDERS = {
        "name": "Name",
        "-discovered_at": "Newest",
        "-last_activity": "Last activity",
        "health_score": "Health",
    }

    q = forms.CharField(required=False, label="Name or summary")
    listing = forms.ChoiceField(required=False, choices=[("", "Any listing"), *Listing.choices])
    visibility = forms.ChoiceField(required=False, choices=[("", "Any visibility"), *Visibility.choices])
    lifecycle = forms.ChoiceField(required=False, choices=[("", "Any lifecycle"), *Lifecycle.choices])
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, to_field_name="slug", empty_label="Any owner", label="Owner team"
    )
    lacks = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Complete or not"),
            ("owner", "Without owner"),
            ("summary", "Without summary"),
            ("sync", "Sync failed"),
        ],
        label="Lacks",
    )
    order = forms.ChoiceField(required=False, choices=list(ORDERS.items()), label="Sort by")


def kinds() -> list[tuple[str, str]]:
    return [("", "Find out"), *((key, str(connector.label)) for key, connector in KINDS.items())]


class SourceForm(forms.Form):
    """A source of repositories, as an operator names it."""

    address = forms.CharField(
        max_length=1000,
        help_text="A git URL (https or ssh), or a folder or file of URLs on the server below SOURCE_FOLDERS.",
    )
    kind = forms.ChoiceField(required=False, choices=kinds)
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="None", help_text="Owns what states no owner."
    )
    name = forms.CharField(max_length=200, required=False, help_text="How it is called here.")
