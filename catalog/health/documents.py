"""Checks of what is written: README and contribution guide by section, licence, conduct, security."""

from __future__ import annotations

import re
from collections.abc import Callable

from catalog.health.facts import Answer, Asked, Check, HealthFacts, Result

README_WORDS = 100
DESCRIPTION_LETTERS = 20
NOWHERE = "There is none in the root, .github, .gitlab or docs."
#: Guides that stand in for a section of the README.
HELPERS = ("support", "communication")
NO_IDS = {"AND", "OR", "WITH"}


def guide_answer(facts: HealthFacts, kind: str, missing: Result = "fail") -> Answer:
    if path := facts.guides.get(kind):
        return "pass", f"{path[:200]} is there."
    return missing, NOWHERE


def readme(facts: HealthFacts) -> Answer:
    path = facts.guides.get("readme")
    if not path:
        return "fail", "There is no README."
    if facts.readme_words is None:
        return "unknown", f"{path[:200]} could not be read."
    words = f"{path[:200]} has {facts.readme_words:,} words."
    return ("pass" if facts.readme_words >= README_WORDS else "warn"), words


def description(facts: HealthFacts) -> Answer:
    length = len(facts.description.strip())
    if not length:
        return "fail", "Nothing says in a sentence what it is."
    if length < DESCRIPTION_LETTERS:
        return "warn", f"The description has only {length} characters."
    return "pass", "A description says what it is."


def readme_says(topic: str, what: str) -> Callable[[HealthFacts], Answer]:
    """Asks whether the README has a part about a topic."""

    def ask(facts: HealthFacts) -> Answer:
        path = facts.guides.get("readme")
        helper = next((facts.guides[kind] for kind in HELPERS if kind in facts.guides), "")
        if topic == "help" and helper:
            return "pass", f"{helper[:200]} {what}."
        if not path:
            return "fail", "There is no README."
        if facts.readme_words is None:
            return "unknown", f"{path[:200]} could not be read."
        if topic not in facts.readme:
            return "fail", f"No heading of {path[:200]} {what}."
        return "pass", said_in(path, facts.readme[topic], what)

    return ask


def contributing(facts: HealthFacts) -> Answer:
    return guide_answer(facts, "contributing")


def guide_says(what: str, *topics: str) -> Callable[[HealthFacts], Answer]:
    """Asks whether the contribution guide, or else the README, has a part about one of the topics."""

    def ask(facts: HealthFacts) -> Answer:
        guide, read_me = facts.guides.get("contributing"), facts.guides.get("readme")
        for path, told in ((guide, facts.contributing), (read_me, facts.readme)):
            if path and (heading := next((told[topic] for topic in topics if topic in told), None)) is not None:
                return "pass", said_in(path, heading, what)
        if not guide:
            return "fail", "There is no contribution guide, and the README does not say it."
        if not set(topics).isdisjoint(facts.mentioned):
            return "warn", f"{guide[:200]} mentions it, but no heading {what}."
        return "fail", f"No heading of {guide[:200]} {what}."

    return ask


def said_in(path: str, heading: str, what: str) -> str:
    return f"{path[:120]} {what}" + (f" under “{heading}”." if heading else ".")


def licence(facts: HealthFacts) -> Answer:
    if facts.license_spdx:
        return "pass", f"The licence is {facts.license_spdx}."
    if path := facts.guides.get("license"):
        return "warn", f"{path[:200]} is there, but its licence was not recognised."
    return "fail", "No licence says what others may do with the code."


def licence_text(facts: HealthFacts) -> Answer:
    """By REUSE each licence that is named has its text in LICENSES/; one text in the root is good as well."""
    if not facts.licence_texts:
        if path := facts.guides.get("license"):
            return "pass", f"{path[:200]} holds the text."
        if facts.license_spdx:
            return "warn", f"{facts.license_spdx} is stated, but its text is not there."
        return "fail", "There is neither LICENSE nor a text in LICENSES/."
    missing = [id for id in ids_of(facts.license_spdx) if id not in facts.licence_texts]
    if missing and "license" not in facts.guides:
        return "warn", f"LICENSES/ has no text of {', '.join(missing)[:200]}."
    reuse = " and REUSE.toml says which file has which" if facts.has_reuse else ""
    return "pass", f"LICENSES/ holds {', '.join(facts.licence_texts)[:200]}{reuse}."


def ids_of(expression: str) -> list[str]:
    """The ids that an SPDX expression names."""
    return [word for word in re.findall(r"[A-Za-z0-9.+-]+", expression) if word not in NO_IDS]


def code_of_conduct(facts: HealthFacts) -> Answer:
    return guide_answer(facts, "code_of_conduct")


def security(facts: HealthFacts) -> Answer:
    return guide_answer(facts, "security")


README_CHECKS: tuple[Asked, ...] = (
    (
        Check("readme", "README", 8, f"Write a README of at least {README_WORDS} words.", "files"),
        readme,
    ),
    (
        Check(
            "readme_what",
            "README: what it is",
            3,
            "Begin the README with a sentence that says what it is and for whom.",
            "files",
        ),
        readme_says("what", "says what it is"),
    ),
    (
        Check(
            "readme_use",
            "README: how to use it",
            3,
            "Add a part “Usage” with the shortest way to a first result.",
            "files",
        ),
        readme_says("use", "says how to use it"),
    ),
    (
        Check(
            "readme_help",
            "README: how to get help",
            3,
            "Add a part “Getting help”: the channel, the team, who answers.",
            "files",
        ),
        readme_says("help", "says how to get help"),
    ),
    (
        Check(
            "description",
            "Description",
            4,
            "Say in one sentence what it is, in catalog-info.yaml or as the description at the code host.",
            "curate",
        ),
        description,
    ),
)

GUIDE_CHECKS: tuple[Asked, ...] = (
    (
        Check(
            "contributing",
            "Contribution guide",
            7,
            "Add CONTRIBUTING.md: how to set up, test and submit a change, and who answers.",
            "guide",
        ),
        contributing,
    ),
    (
        Check(
            "contributing_setup",
            "Guide: how to set up",
            2,
            "Add a part “Set up”: what to install and how to run it once.",
            "guide",
        ),
        guide_says("says how to set up", "setup", "build"),
    ),
    (
        Check("contributing_test", "Guide: how to test", 2, "Add a part “Test” with the one command.", "guide"),
        guide_says("says how to test", "test"),
    ),
    (
        Check(
            "contributing_submit",
            "Guide: how to submit",
            2,
            "Add a part “Submit a change”: request first or branch at once, and what it must come with.",
            "guide",
        ),
        guide_says("says how to submit a change", "submit"),
    ),
    (
        Check(
            "contributing_review",
            "Guide: how a review goes",
            2,
            "Add a part “Review”: who reviews, how soon, and what they look at.",
            "guide",
        ),
        guide_says("says how a review goes", "review"),
    ),
)

LEGAL_CHECKS: tuple[Asked, ...] = (
    (
        Check(
            "licence",
            "Licence",
            6,
            "Add a LICENSE file with the text of a known licence, or name its SPDX id in REUSE.toml.",
            "files",
        ),
        licence,
    ),
    (
        Check(
            "licence_text",
            "Text of the licence",
            2,
            "Put the text into LICENSE, or by REUSE into LICENSES/<SPDX id>.txt for each licence that is named.",
            "files",
        ),
        licence_text,
    ),
)

CONDUCT_CHECKS: tuple[Asked, ...] = (
    (
        Check(
            "code_of_conduct",
            "Code of conduct",
            4,
            "Add CODE_OF_CONDUCT.md, or a file that points to the company's one.",
            "files",
        ),
        code_of_conduct,
    ),
    (
        Check(
            "security", "Security policy", 4, "Add SECURITY.md: how to report a weakness, and to whom.", "files"
        ),
        security,
    ),
)
