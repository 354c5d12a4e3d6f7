"""What people fill in. Each form carries a random key, so that posting it twice counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django import forms

from catalog.forms import AddressInput
from contributions import actions
from contributions.errors import BadBranch
from contributions.markup import LONGEST
from contributions.models import Event, Request, Review
from forge.errors import ForgeError
from people.models import User

if TYPE_CHECKING:
    from contributions.views.step_pages import StepPage

MARKDOWN = "Markdown is understood."


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class KeyedForm(forms.Form):
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    @property
    def key(self) -> UUID | None:
        return self.cleaned_data.get("form_key")


class ProposeForm(KeyedForm):
    title = forms.CharField(
        max_length=200, help_text="One line that says what would be different: “Retry with a budget”."
    )
    kind = forms.ChoiceField(choices=Request.Kind.choices, initial=Request.Kind.FEATURE)
    what = forms.CharField(
        label="What should change?", widget=text_area(6), max_length=LONGEST, help_text=MARKDOWN
    )
    why = forms.CharField(
        label="Why do you need it?",
        widget=text_area(4),
        max_length=LONGEST,
        required=False,
        help_text=f"What you could do then that you cannot do now. {MARKDOWN}",
    )
    does_it_myself = forms.BooleanField(label="I would do the work myself", required=False, initial=True)


class StepForm(KeyedForm):
    """What one step asks for. `act` takes the step; refusals of the branch become errors of its field."""

    def __init__(self, *args: object, step: StepPage, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.step = step

    def act(self, contribution: Request, *, by: User) -> Event | None:
        """The event, or None when the form has errors after all. Raises NotAllowed, NotNow."""
        raise NotImplementedError


class NoteForm(StepForm):
    note = forms.CharField(widget=text_area(3), max_length=LONGEST)

    def __init__(self, *args: object, step: StepPage, **kwargs: object) -> None:
        super().__init__(*args, step=step, **kwargs)
        self.fields["note"].label = step.note
        self.fields["note"].required = step.note_required
        self.fields["note"].help_text = MARKDOWN

    def act(self, contribution: Request, *, by: User) -> Event:
        assert self.step.act is not None  # noqa: S101 - every page with a NoteForm has its verb.
        return self.step.act(contribution, self.cleaned_data["note"], by=by, form_key=self.key)


class OfferForm(StepForm):
    branch = forms.CharField(max_length=255, help_text="As git shows its name.", strip=True)
    fork_url = forms.CharField(
        label="Address of your fork",
        widget=AddressInput,
        max_length=1000,
        required=False,
        help_text="Only when the branch is not in the project’s own repository.",
    )

    def act(self, contribution: Request, *, by: User) -> Event | None:
        given = self.cleaned_data
        try:
            return actions.offer_branch(
                contribution, given["branch"], fork_url=given["fork_url"], by=by, form_key=self.key
            )
        except (ForgeError, BadBranch) as error:
            field = "branch" if error.code.startswith("branch") else "fork_url"
            self.add_error(field, forms.ValidationError(f"{error.message} {error.cure}", code=error.code))
            return None


class ReviewForm(StepForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label="Your verdict",
        choices=[(verdict.value, verdict.label) for verdict in reversed(Review.Verdict)],
        widget=forms.RadioSelect,
        initial=Review.Verdict.COMMENT,
    )
    body = forms.CharField(
        label="What you found", widget=text_area(5), max_length=LONGEST, required=False, help_text=MARKDOWN
    )

    def clean(self) -> None:
        if self.cleaned_data.get("verdict") != Review.Verdict.APPROVE and not self.cleaned_data.get("body"):
            self.add_error("body", "Say what you found, so that the contributor can act on it.")

    def act(self, contribution: Request, *, by: User) -> Event | None:
        given = self.cleaned_data
        change = getattr(contribution, "change", None)
        revision = change.revisions.filter(number=given["revision"]).first() if change else None
        if revision is None:
            self.add_error(None, "There is no such revision. Open the request again and review what is there now.")
            return None
        return actions.review(
            contribution, revision, verdict=given["verdict"], body=given["body"], by=by, form_key=self.key
        )
