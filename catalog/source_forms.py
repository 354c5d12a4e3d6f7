"""What an operator says of a source: one form for each kind, with only the fields that it needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from catalog.forms import AddressInput
from catalog.kinds import kind_of
from catalog.models import CodeHost, Secret
from forge.connectors import KINDS
from forge.connectors.hosts import TOKEN
from people.models import Team


class SecretText(forms.CharField):
    """Becomes a `Secret` before anything else sees it, and is never sent back to the browser."""

    widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}, render_value=False)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and not TOKEN.match(text):
            raise forms.ValidationError("A token is one word of plain letters, digits and signs.")
        return Secret.of(text)


class SourceForm(forms.Form):
    """What every source has."""

    name = forms.CharField(max_length=200, required=False, help_text="What it is called here.")
    team = forms.ModelChoiceField(
        Team.objects.all(),
        required=False,
        empty_label="None",
        label="Owner team",
        help_text="Owns what states no owner itself.",
    )


class ApiFields(forms.Form):
    """What a source with an API has beside it."""

    topic = forms.CharField(
        max_length=50, required=False, help_text="Takes only repositories with this topic, such as inner-source."
    )
    take_archived = forms.BooleanField(required=False, initial=True, label="Take archived repositories, too")
    take_forks = forms.BooleanField(required=False, label="Take forks, too")
    private_listings = forms.ChoiceField(
        choices=CodeHost.Private.choices,
        initial=CodeHost.Private.RESTRICT,
        label="Private repositories",
        widget=forms.RadioSelect,
    )


class AddForm(SourceForm):
    """A source of one kind that is not there yet."""

    field_order = ["address", "token"]
    address = forms.CharField(max_length=1000, widget=AddressInput)

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        about = kind_of(kind)
        self.fields["address"].help_text = about.address
        self.fields["address"].widget.attrs |= {"placeholder": about.example, "spellcheck": "false"}
        if "token" in self.fields:
            self.fields["token"].help_text = f"{about.token} It is stored encrypted and never shown again."


class AddApiForm(ApiFields, AddForm):
    token = SecretText(max_length=1000, required=False, label="Access token")
    field_order = ["address", "token", "name", "team", "topic"]


def add_form(kind: str, given: QueryDict | None = None) -> AddForm:
    form = AddApiForm if KINDS[kind].has_api else AddForm
    return form(given, kind=kind)


class EditForm(SourceForm):
    interval = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label="Look again",
        choices=[
            ("", "As the settings say"),
            (900, "every 15 minutes"),
            (3600, "every hour"),
            (21_600, "every 6 hours"),
            (86_400, "every day"),
            (604_800, "every week"),
        ],
    )


class EditApiForm(ApiFields, EditForm):
    token = SecretText(max_length=1000, required=False, label="New access token")
    remove_token = forms.BooleanField(required=False, label="Remove the token")
    field_order = ["name", "team", "interval", "topic", "take_archived", "take_forks", "private_listings", "token"]

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or {}
        if wanted.get("token") and wanted.get("remove_token"):
            self.add_error("remove_token", "Either enter a new token or remove the one there is.")
        return wanted


def edit_form(code_host: CodeHost, given: QueryDict | None = None) -> EditForm:
    """The stored token is not among what it begins with."""
    form = EditApiForm if code_host.has_api else EditForm
    return form(
        given,
        initial={
            "name": code_host.name,
            "team": code_host.default_team_id,
            "interval": code_host.interval,
            "topic": code_host.topic,
            "take_archived": code_host.take_archived,
            "take_forks": code_host.take_forks,
            "private_listings": code_host.private_listings,
        },
    )


class RemoveForm(forms.Form):
    """What becomes of the listings. Keeping them is what nobody regrets."""

    listings = forms.ChoiceField(
        choices=[
            ("keep", "Keep them as they are now. Nothing is fetched any more, and each says since when."),
            ("delete", "Delete them with their mirrors, guides and history. This cannot be undone."),
        ],
        initial="keep",
        label="Its listings",
        widget=forms.RadioSelect,
    )
