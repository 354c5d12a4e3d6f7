"""What the health checks found in one project, with the words of each check."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from catalog.health.checks import Check, check
from catalog.models import HealthResult, Project

PLACES = {
    "files": ("catalog:files", "See the files"),
    "guide": ("catalog:guide", "See the contribution guide"),
    "curate": ("catalog:guide", "See who decides"),
    "contributions": ("contributions:of-project", "See the contributions"),
}
TONES = {"pass": "good", "warn": "caution", "fail": "bad", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check and its result. `url` and `action` lead to where a cure begins; both are "" where nothing does."""

    check: Check
    result: str
    word: str
    tone: str
    evidence: str
    url: str
    action: str

    @property
    def wants_care(self) -> bool:
        return self.result in ("warn", "fail")


def verdicts(project: Project) -> list[Verdict]:
    """In the order of the checks; one query. A stored result of a check that is no more is left out."""
    found = (verdict(project, row) for row in HealthResult.objects.filter(project=project))
    return [each for each in found if each is not None]


def verdict(project: Project, row: HealthResult) -> Verdict | None:
    try:
        about = check(row.check_key)
    except KeyError:
        return None
    name, action = PLACES.get(about.link, ("", ""))
    return Verdict(
        check=about,
        result=row.result,
        word=row.get_result_display(),
        tone=TONES[row.result],
        evidence=row.evidence,
        url=reverse(name, args=[project.slug]) if name else "",
        action=action,
    )
