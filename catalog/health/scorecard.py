"""The checks of OpenSSF Scorecard that the files and the history of a repository answer by themselves.

Source: https://github.com/ossf/scorecard, its checks and weights. Each has 0 to 10 points; what cannot be told is
inconclusive (None here, -1 there) and left out of the mean. Checks that need a code host's settings are not here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from catalog.facts.supply import Supply

MOST = 10
CRITICAL, HIGH, MEDIUM, LOW = 10.0, 7.5, 5.0, 2.5
RISKS = {CRITICAL: "Critical", HIGH: "High", MEDIUM: "Medium", LOW: "Low"}
#: Days that a new project is not judged by, and weeks whose commits count, one a week is full.
YOUNG_DAYS, WEEKS = 90, 13
ORGANISATIONS = 3
#: Addresses there belong to a person and not to an organisation.
PERSONAL = (
    *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com"),
    *("me.com", "gmx.de", "gmx.net", "web.de", "mail.ru", "proton.me", "pm.me", "qq.com", "163.com"),
    *("users.noreply.github.com", "localhost", "localhost.localdomain"),
)
#: Licences that the OSI or the FSF approve, by how their ids begin.
APPROVED = (
    *("MIT", "Apache-", "BSD-", "ISC", "MPL-", "GPL-", "LGPL-", "AGPL-", "EPL-", "EUPL-", "Zlib", "Unlicense"),
    *("BSL-", "CDDL-", "Artistic-2", "0BSD", "PostgreSQL", "Python-2", "PSF-2", "NCSA", "MS-PL", "UPL-", "CC0-"),
)

Points = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class ScorecardFacts:
    """`age_days` is None without a first commit; `organisations` are domains of addresses of who commits often."""

    supply: Supply = field(default_factory=Supply)
    is_complete: bool = True
    is_archived: bool = False
    age_days: int | None = None
    recent_commits: int = 0
    organisations: tuple[str, ...] = ()
    security_path: str = ""
    licence_path: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """`points` are 0 to 10, None when it is inconclusive."""

    name: str
    weight: float
    points: int | None
    reason: str

    @property
    def risk(self) -> str:
        return RISKS[self.weight]

    @property
    def tone(self) -> str:
        if self.points is None:
            return "unknown"
        return "good" if self.points >= 8 else "caution" if self.points >= 5 else "bad"


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`mean` is the weighted mean with one decimal, None when every check is inconclusive."""

    checks: tuple[Scored, ...]
    mean: float | None


def scorecard(facts: ScorecardFacts) -> Scorecard:
    checks = tuple(Scored(name, weight, *ask(facts)) for name, weight, ask in CHECKS)
    return Scorecard(checks, weighted_mean(checks))


def weighted_mean(checks: Iterable[Scored]) -> float | None:
    told = [(each.points, each.weight) for each in checks if each.points is not None]
    weight = sum(weight for _, weight in told)
    return math.floor(10 * sum(points * weight for points, weight in told) / weight + 0.5) / 10 if told else None


def organisations(emails: Iterable[str]) -> tuple[str, ...]:
    """The domains of addresses that belong to an organisation, each once."""
    domains = {email.rpartition("@")[2].lower() for email in emails if "@" in email}
    return tuple(sorted(domain for domain in domains if "." in domain and domain not in PERSONAL))


# ---------------------------------------------------------------- what each check asks
def dangerous_workflow(facts: ScorecardFacts) -> Points:
    supply = facts.supply
    if not supply.workflows:
        return None, "There are no workflows."
    if supply.dangerous:
        return 0, f"{supply.dangerous} runs what a stranger can write."
    return MOST, "No workflow was found that runs what a stranger can write."


def binary_artifacts(facts: ScorecardFacts) -> Points:
    count = facts.supply.binary_count
    if not count:
        return (MOST, "There are no programs that nobody can read.") if facts.is_complete else (None, TOO_MANY)
    more = f" and {count - 1:,} more" if count > 1 else ""
    return max(0, MOST - count), f"{facts.supply.binary}{more}: nobody can review a binary."


TOO_MANY = "Not all files were looked at."


def code_review(facts: ScorecardFacts) -> Points:
    return None, "Reviews are known to the code host; trailers of commits are not read."


def dependency_update_tool(facts: ScorecardFacts) -> Points:
    if name := facts.supply.updater:
        return MOST, f"{name} is set up."
    return 0, "Nothing that updates dependencies is set up."


def maintained(facts: ScorecardFacts) -> Points:
    if facts.is_archived:
        return 0, "It is archived."
    if facts.age_days is None:
        return None, "No commit has a date that can be true."
    if facts.age_days < YOUNG_DAYS:
        return 0, f"It is {facts.age_days} days old, too young to tell."
    points = min(MOST, MOST * facts.recent_commits // (WEEKS - 1))
    return points, f"{facts.recent_commits:,} commits within the last {WEEKS} weeks."


def token_permissions(facts: ScorecardFacts) -> Points:
    supply = facts.supply
    if not supply.workflows:
        return None, "There are no workflows."
    if supply.open_token:
        return 0, f"{supply.open_token} does not limit what its token may do, or lets every job write."
    return MOST, "Every workflow limits what its token may do."


def pinned_dependencies(facts: ScorecardFacts) -> Points:
    pinned, used = facts.supply.pinned, facts.supply.used
    if not used:
        return None, "No actions and no base images are used."
    return MOST * pinned // used, f"{pinned:,} of {used:,} actions and base images are pinned by commit or digest."


def security_policy(facts: ScorecardFacts) -> Points:
    """6 for somewhere to turn to, 3 for words about it, 1 for what happens then."""
    if not facts.security_path:
        return 0, "There is no security policy."
    worth = {"contact": 6, "length": 3, "terms": 1}
    points = sum(worth[part] for part in facts.supply.security if part in worth)
    missing = [WANTED[part] for part in worth if part not in facts.supply.security]
    lacks = f" lacks {' and '.join(missing)}." if missing else " says whom to tell and what happens then."
    return points, facts.security_path + lacks


WANTED = {
    "contact": "an address to write to",
    "length": "a text of 20 words",
    "terms": "a word on what happens then",
}


def contributors(facts: ScorecardFacts) -> Points:
    count = min(len(facts.organisations), ORGANISATIONS)
    named = ", ".join(facts.organisations[:ORGANISATIONS]) or "none"
    return MOST * count // ORGANISATIONS, f"Organisations whose people commit often, by their addresses: {named}."


def licence(facts: ScorecardFacts) -> Points:
    """6 for a file, 3 for one at the root or in LICENSES/, 1 for a licence that the OSI or the FSF approve."""
    if not facts.licence_path:
        return 0, "There is no licence file."
    folder = facts.licence_path.rpartition("/")[0]
    points = 6 + (3 if folder in ("", "LICENSES") else 0) + (1 if facts.licence.startswith(APPROVED) else 0)
    return points, f"{facts.licence_path}: {facts.licence or 'a licence that was not recognised'}."


CHECKS: tuple[tuple[str, float, Callable[[ScorecardFacts], Points]], ...] = (
    ("Dangerous-Workflow", CRITICAL, dangerous_workflow),
    ("Binary-Artifacts", HIGH, binary_artifacts),
    ("Code-Review", HIGH, code_review),
    ("Dependency-Update-Tool", HIGH, dependency_update_tool),
    ("Maintained", HIGH, maintained),
    ("Token-Permissions", HIGH, token_permissions),
    ("Pinned-Dependencies", MEDIUM, pinned_dependencies),
    ("Security-Policy", MEDIUM, security_policy),
    ("Contributors", LOW, contributors),
    ("License", LOW, licence),
)
