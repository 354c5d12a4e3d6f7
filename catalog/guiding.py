"""Everything that the contribution guide of one project shows, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Case, F, TextField, Value, When
from django.urls import reverse

from catalog import panels
from catalog.deciding import Deciding, deciding
from catalog.files import FileFacts
from catalog.guides import governance
from catalog.guides.drafts import Draft, Facts, drafts
from catalog.guides.governance import Claim, Observed, Practice
from catalog.guides.parts import Answer, Document, Part, answers, compose, first_commands
from catalog.models import Guide, LastRead, Project
from catalog.statements import Statement, said_by, statements
from people.panels import Section, sections
from people.querysets import Viewer

#: Guides whose text may answer a question; of the others only the names are shown.
ANSWERING = ("readme", "contributing", "communication", "support", "governance")


@dataclass
class ContributionGuide:
    """`files` are what the last sync read, empty where nothing did yet. `found` are answers by topic.

    `guides` have their HTML as `words`, where they may answer a question.
    """

    project: Project
    files: FileFacts
    guides: Sequence[Guide]
    deciding: Deciding
    found: dict[str, Answer]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        project = self.project
        facts = {"licence": project.license_spdx, "wanted": ", ".join(map(str, project.help_wanted))}
        whole = self.contributing.path if self.contributing and self.is_unstructured else ""
        return compose(self.found, self.files.commands, facts=facts, whole=whole)

    @property
    def known(self) -> list[Part]:
        return [part for part in self.parts if not part.is_empty]

    @property
    def unknown(self) -> list[Part]:
        """Those that a guest misses; what follows a merge is said by the 30-day warranty everywhere."""
        return [part for part in self.parts if part.is_empty and part.topic != "after"]

    @property
    def decides(self) -> Answer | None:
        """What its documents say about who decides."""
        return self.found.get("decide")

    @property
    def shows_owner_teams(self) -> bool:
        """Whether CODEOWNERS names teams beside the one that stands over the page."""
        return any(team != self.project.owner_team for team in self.deciding.owner_teams)

    @property
    def first_commands(self) -> tuple[str, ...]:
        return first_commands(self.parts)

    def guide(self, kind: str) -> Guide | None:
        return next((guide for guide in self.guides if guide.kind == kind), None)

    @property
    def contributing(self) -> Guide | None:
        return self.guide("contributing")

    @property
    def readme(self) -> Guide | None:
        return self.guide("readme")

    @property
    def is_unstructured(self) -> bool:
        """Whether there is a CONTRIBUTING in which no heading was recognised, so that it is shown whole."""
        guide = self.contributing
        said = [answer for answer in self.found.values() if guide is not None and answer.path == guide.path]
        return guide is not None and not any(answer.section.anchor for answer in said)

    # ------------------------------------------------------------ what it welcomes
    @cached_property
    def claim(self) -> Claim | None:
        level = governance.LEVELS.get(self.project.governance or 0)
        return Claim(level, said_by(self.project, "governance")) if level else None

    @cached_property
    def observed(self) -> Observed:
        teams = self.deciding.owner_teams or ((self.project.owner_team,) if self.project.owner_team else ())
        practice = Practice(
            owner_teams=tuple(team.name for team in teams),
            guests_trusted=self.deciding.guests_trusted,
            guests_merged=self.project.guests_welcomed,
            guests_committed=len(self.deciding.guests),
            invites=self.contributing is not None,
            is_closed=self.project.is_archived,
        )
        return governance.observed(practice)

    @property
    def level(self) -> governance.Level | None:
        """The level that a stranger may count on: the claimed one, else what practice shows."""
        return self.claim.level if self.claim else self.observed.level

    @property
    def is_unproved(self) -> bool:
        """Whether nothing is claimed and nothing was shown yet, so that a stranger had better ask."""
        return self.claim is None and self.observed.level is governance.LEVELS[1]

    @property
    def comparison(self) -> str:
        return governance.compared(self.claim, self.observed)

    # ------------------------------------------------------------ where it comes from
    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return statements(self.project)

    # ------------------------------------------------------------ what is missing
    @cached_property
    def drafts(self) -> tuple[Draft, ...]:
        return drafts(self.facts)

    @property
    def facts(self) -> Facts:
        project, team = self.project, self.project.owner_team
        handle = next((owner.name for owner in self.files.owners if owner.kind == "team"), "")
        return Facts(
            name=project.name,
            summary=project.summary,
            clone_url=project.clone_url,
            branch=project.default_branch,
            licence=project.license_spdx,
            owner_team=team.name if team else "",
            owner_handle=handle or (team.slug if team else ""),
            promise_days=team.answer_promise_days if team else None,
            deciders=tuple(str(each.user) for each in self.deciding.people),
            commands={each.step: (each.line, each.path) for each in self.files.commands},
            has_ci=bool(self.files.has_ci),
            level=self.level.name.lower() if self.level and not self.is_unproved else "",
            new_request_url=settings.PUBLIC_URL + reverse("contributions:new", args=[project.slug]),
            has=frozenset(guide.kind for guide in self.guides),
            answered=frozenset(self.found) | ({"wanted"} if project.help_wanted else set()),
        )

    def may_be_cared_for_by(self, user: Viewer) -> bool:
        """Whether this person is one whom its gaps concern: who decides here, and curators.

        Those of an archived project concern nobody.
        """
        if not user.is_authenticated or self.project.is_archived:
            return False
        if user.may_curate or self.project.owner_team_id in user.maintained_team_ids:
            return True
        return self.deciding.is_trusted(user)

    def panels(self, viewer: Viewer) -> list[Section]:
        return sections(panels.of_guide, self.project, viewer)


def guide_of(project: Project) -> ContributionGuide:
    """Eight queries at most."""
    words = Case(When(kind__in=ANSWERING, then=F("html")), default=Value(""), output_field=TextField())
    guides = list(Guide.objects.filter(project=project).defer("html", "text").annotate(words=words))
    documents = [Document(guide.kind, guide.path, guide.words) for guide in guides]
    files = files_of(project)
    return ContributionGuide(
        project=project,
        files=files,
        guides=guides,
        deciding=deciding(project, files),
        found=answers(documents),
    )


def files_of(project: Project) -> FileFacts:
    """What the last sync read of its files; empty where nothing did, or another version of the portal."""
    last = LastRead.objects.filter(project=project).first()
    return (FileFacts.from_json(last.files) if last else None) or FileFacts()
