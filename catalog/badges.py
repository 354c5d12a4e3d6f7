"""The badges that a README shows: what each says of a project, and how wide it is drawn. No database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.facts.activity import level_of
from catalog.health.score import WORDS, band
from catalog.models import Project

#: Thousandths of a pixel at 11 px of the sans serif faces that browsers have; a letter not named here is wide.
NARROW, SLIM, MIDDLE, BROAD = 3_600, 4_700, 6_700, 9_200
WIDTHS = {
    **dict.fromkeys("ijlI.,:;|'!·()[]-/ ", NARROW),
    **dict.fromkeys("frt", SLIM),
    **dict.fromkeys("mwMW%@", BROAD + 800),
    **dict.fromkeys("abcdeghknopqsuvxyz0123456789", MIDDLE),
}
PADDING = 7
LONGEST = 60
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Badge:
    """A label and a value on a ground of `tone`: good, caution, bad, info or unknown. Measures are in pixels."""

    label: str
    value: str
    tone: str = UNKNOWN

    @property
    def label_width(self) -> int:
        return width_of(self.label)

    @property
    def value_width(self) -> int:
        return width_of(self.value)

    @property
    def width(self) -> int:
        return self.label_width + self.value_width

    @property
    def label_middle(self) -> str:
        return f"{self.label_width / 2:.1f}"

    @property
    def value_middle(self) -> str:
        return f"{self.label_width + self.value_width / 2:.1f}"


def width_of(text: str) -> int:
    return 2 * PADDING + round(sum(WIDTHS.get(letter, BROAD) for letter in text) / 1000)


def health(project: Project) -> Badge:
    tone = band(project.health_score)
    if not tone:
        return Badge("health", UNKNOWN)
    return Badge("health", f"{project.health_score} {WORDS[tone].lower()}", tone)


def activity(project: Project) -> Badge:
    if project.last_activity is None:
        return Badge("activity", UNKNOWN)
    level = level_of(project.activity_score)
    tone = "good" if project.activity_score > 150 else "info" if project.activity_score > 5 else UNKNOWN
    return Badge("activity", f"{project.activity_score} {level.lower()}", tone)


LIFECYCLES = {
    "experiment": "info",
    "production": "good",
    "maintenance": "info",
    "deprecated": "caution",
    "archived": UNKNOWN,
}


def lifecycle(project: Project) -> Badge:
    if not project.lifecycle:
        return Badge("lifecycle", "not stated")
    return Badge("lifecycle", project.get_lifecycle_display().lower(), LIFECYCLES.get(project.lifecycle, UNKNOWN))


def licence(project: Project) -> Badge:
    if project.license_spdx:
        return Badge("licence", short(project.license_spdx), "info")
    return Badge("licence", "none found", "caution") if project.head_commit else Badge("licence", UNKNOWN)


def answers(project: Project) -> Badge:
    """The measured median wins over the promise."""
    if (hours := project.answer_hours) is not None:
        tone = "good" if hours <= 48 else "caution" if hours <= 7 * 24 else "bad"
        return Badge("answers", f"in {hours} h" if hours < 48 else f"in {round(hours / 24)} days", tone)
    if project.owner_team:
        days = project.owner_team.answer_promise_days
        return Badge("answers", f"promised within {days} day" + ("" if days == 1 else "s"), "info")
    return Badge("answers", UNKNOWN)


def contribute(project: Project) -> Badge:
    if project.is_archived or project.gone_at is not None:
        return Badge("contribute", "archived")
    if project.help_wanted:
        return Badge("contribute", "help wanted", "good")
    guests = project.guests_welcomed
    if guests:
        return Badge("contribute", f"{guests} guest" + ("" if guests == 1 else "s") + " this year", "good")
    return Badge("contribute", "propose a change", "info")


def short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


#: The badges by the name in their address, each with what it is for.
BADGES: dict[str, tuple[Callable[[Project], Badge], str]] = {
    "health": (health, "The health score and its word"),
    "activity": (activity, "The repository activity score"),
    "lifecycle": (lifecycle, "How far it is: experiment, production, …"),
    "licence": (licence, "Its licence as an SPDX id"),
    "answers": (answers, "How fast a contribution is answered"),
    "contribute": (contribute, "An invitation that leads to the contribution guide"),
}
