"""Who owns the whole project, as CODEOWNERS and MAINTAINERS say."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Owner:
    """`name` has no leading @: "payments/core" of a team, "alice" of a user, an address of an e-mail."""

    kind: Literal["team", "user", "email"]
    name: str


def project_owners(text: str) -> tuple[Owner, ...]:
    """The owners of a path that no special rule names, from CODEOWNERS in GitHub's or GitLab's dialect."""
    raise NotImplementedError


def maintainer_emails(text: str) -> tuple[str, ...]:
    """The e-mail addresses of a MAINTAINERS file, lowered, in their order, at most 50."""
    raise NotImplementedError
