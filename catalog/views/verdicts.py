"""What the health checks found in one project, with the words of each check."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from catalog.health.checks import Check, Finding
from catalog.models import Project, Waiver
from catalog.scoring import stored_findings

PLACES = {
    "files": ("catalog:files", "See the files"),
    "guide": ("catalog:guide", "See the contribution guide"),
    "curate": ("catalog:guide", "See who decides"),
    "contributions": ("contributions:of-project", "See the contributions"),
}
TONES = {"pass": "good", "warn": "caution", "fail": "bad", "unknown": "unknown", "waived": "unknown"}
WORDS = {
    "pass": "Pass",
    "warn": "Could be better",
    "fail": "Missing",
    "unknown": "Not known",
    "waived": "Waived",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check and its result. `url` and `action` lead to where a cure begins; both are "" where nothing does.

    `waiver` is who excused it, on the page of health alone.
    """

    check: Check
    result: str
    word: str
    tone: str
    evidence: str
    url: str
    action: str
    waiver: Waiver | None = None

    @property
    def wants_care(self) -> bool:
        return self.result in ("warn", "fail")


def verdicts(project: Project) -> list[Verdict]:
    """In the order of the checks; one query. A stored result of a check that is no more is left out."""
    return [verdict(project, found) for found in stored_findings(project)]


def verdict(project: Project, found: Finding, waiver: Waiver | None = None) -> Verdict:
    name, action = PLACES.get(found.check.link, ("", ""))
    return Verdict(
        check=found.check,
        result=found.result,
        word=WORDS[found.result],
        tone=TONES[found.result],
        evidence=found.evidence,
        url=reverse(name, args=[project.slug]) if name else "",
        action=action,
        waiver=waiver if found.result == "waived" else None,
    )
