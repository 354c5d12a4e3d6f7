"""What people say of themselves."""

from __future__ import annotations

import zoneinfo

from django import forms

from people.models import Identity, User


def time_zones() -> list[tuple[str, str]]:
    names = sorted(zoneinfo.available_timezones())
    return [("", "The portal's own"), *((name, name.replace("_", " ")) for name in names)]


class ProfileForm(forms.ModelForm[User]):
    time_zone = forms.ChoiceField(
        required=False, choices=time_zones, help_text="Times are shown in it where your browser names none."
    )

    class Meta:
        model = User
        fields = ["name", "time_zone"]


class AddressForm(forms.ModelForm[Identity]):
    class Meta:
        model = Identity
        fields = ["email"]
        labels = {"email": "Commit address"}
        help_texts = {"email": "An e-mail address that you write commits with."}
