"""Who decides on contributions to a project, where each name comes from, and which teams they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from catalog.files import FileFacts
from catalog.models import Contributor, Project, TrustedCommitter
from catalog.recording import team_slugs
from people.models import Identity, Membership, Team, User

#: Addresses and slugs of a repository that are looked up, and names that are shown as text.
MOST_NAMES = 60
MOST_TEXTS = 20
GUESTS_LOOKED_AT = 60
GUESTS_SHOWN = 12


@dataclass(slots=True)
class Decider:
    """A person of the portal with all that makes them one who decides. `teams` are those of today."""

    user: User
    roles: list[str] = field(default_factory=list)
    teams: tuple[Team, ...] = ()
    is_trusted: bool = False

    @property
    def words(self) -> str:
        """“Trusted committer, named in CODEOWNERS”, each role once."""
        said = ", ".join(dict.fromkeys(self.roles))
        return said[:1].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom only the repository names; no person of the portal has proved to be meant."""

    name: str
    said_in: str


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody of another team with commits on the default branch, by a verified address."""

    user: User
    commits: int
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True)
class Deciding:
    """`owner_teams` own all of it by CODEOWNERS; `guests_trusted` counts trusted committers of other teams."""

    people: tuple[Decider, ...]
    owner_teams: tuple[Team, ...]
    named: tuple[Named, ...]
    guests_trusted: int
    guests: tuple[Guest, ...]

    def __bool__(self) -> bool:
        return bool(self.people or self.owner_teams or self.named)

    def is_trusted(self, user: User) -> bool:
        return any(each.is_trusted and each.user == user for each in self.people)


def deciding(project: Project, files: FileFacts) -> Deciding:
    """Six queries at most, whatever the number of names."""
    said = addresses(files)
    verified = proved(said)
    in_files = [(row.user, f"named in {said[row.email]}", False) for row in verified]
    people: dict[int, Decider] = {}
    for user, role, trusted in (*trusted_people(project), *maintainers(project), *in_files):
        someone = people.setdefault(user.pk, Decider(user))
        someone.roles.append(role)
        someone.is_trusted |= trusted
    known = {row.email for row in verified}
    teams, team_names = owner_teams(files)
    guests = authors_with_accounts(project)
    line = memberships({*people, *(row.user_id for row in guests if row.user_id)})
    for pk, someone in people.items():
        someone.teams = line.get(pk, ())
    return Deciding(
        people=tuple(people.values()),
        owner_teams=teams,
        named=tuple(names(files, said, known=known, known_teams=team_names)),
        guests_trusted=sum(each.is_trusted and is_guest(project, each.teams) for each in people.values()),
        guests=tuple(guests_of(project, guests, line)),
    )


# ---------------------------------------------------------------- people of the portal
Role = tuple[User, str, bool]


def trusted_people(project: Project) -> list[Role]:
    rows = TrustedCommitter.objects.current().filter(project=project, user__is_active=True)
    return [(row.user, "Trusted committer", True) for row in rows.select_related("user").order_by("user__name")]


def maintainers(project: Project) -> list[Role]:
    rows = Membership.objects.current().maintainers()
    rows = rows.filter(team=project.owner_team_id, user__is_active=True).select_related("user")
    role = f"Maintainer of {project.owner_team}"
    return [(row.user, role, False) for row in rows.order_by("user__name")]


def proved(said: Mapping[str, str]) -> list[Identity]:
    """Addresses of the repository that somebody has proved to be theirs; one query, none without addresses."""
    rows = Identity.objects.filter(verified_at__isnull=False, email__in=list(said), user__is_active=True)
    return list(rows.select_related("user")) if said else []


def memberships(people: Iterable[int]) -> dict[int, tuple[Team, ...]]:
    """The teams of today by person; one query."""
    found: dict[int, tuple[Team, ...]] = {}
    rows = Membership.objects.current().filter(user__in=list(people)).select_related("team")
    for row in rows.order_by("team__name"):
        found[row.user_id] = (*found.get(row.user_id, ()), row.team)
    return found


def is_guest(project: Project, teams: Iterable[Team]) -> bool:
    """Whether somebody of these teams comes from elsewhere; unknown counts as no."""
    there = {team.pk for team in teams}
    return bool(there) and project.owner_team_id is not None and project.owner_team_id not in there


def authors_with_accounts(project: Project) -> list[Contributor]:
    rows = project.contributors.filter(user__isnull=False, user__is_active=True).select_related("user")
    return list(rows.defer("weeks")[:GUESTS_LOOKED_AT])


def guests_of(project: Project, rows: Iterable[Contributor], line: Mapping[int, tuple[Team, ...]]) -> list[Guest]:
    commits: dict[int, int] = {}
    users: dict[int, User] = {}
    for row in rows:
        if row.user is not None and is_guest(project, line.get(row.user.pk, ())):
            users[row.user.pk] = row.user
            commits[row.user.pk] = commits.get(row.user.pk, 0) + row.commits
    guests = [Guest(users[pk], count, line[pk]) for pk, count in commits.items()]
    return sorted(guests, key=lambda guest: -guest.commits)[:GUESTS_SHOWN]


# ---------------------------------------------------------------- names of the repository
def addresses(files: FileFacts) -> dict[str, str]:
    """Each e-mail address that the repository names for the whole project, and the file that does."""
    owners_path = files.guides.get("codeowners", "CODEOWNERS")
    maintainers_path = files.guides.get("maintainers", "MAINTAINERS")
    contacts = files.metadata.sources.get("contacts", "")
    found = [(owner.name.lower(), owners_path) for owner in files.owners if owner.kind == "email"]
    found += [(email, maintainers_path) for email in files.maintainers]
    found += [(contact.email, contacts) for contact in files.metadata.contacts if contact.email]
    said: dict[str, str] = {}
    for email, path in found[:MOST_NAMES]:
        said.setdefault(email, path)
    return said


def owner_teams(files: FileFacts) -> tuple[tuple[Team, ...], frozenset[str]]:
    """Teams of the portal that CODEOWNERS names for everything, and by which names; one query at most."""
    wanted = {owner.name: team_slugs([owner]) for owner in files.owners if owner.kind == "team"}
    slugs = [slug for each in wanted.values() for slug in each][:MOST_NAMES]
    found = Team.objects.in_bulk(slugs, field_name="slug") if slugs else {}
    matches = {name: next((found[slug] for slug in each if slug in found), None) for name, each in wanted.items()}
    teams = {team.pk: team for team in matches.values() if team is not None}
    return tuple(teams.values()), frozenset(name for name, team in matches.items() if team is not None)


def names(
    files: FileFacts, said: Mapping[str, str], *, known: set[str], known_teams: frozenset[str]
) -> list[Named]:
    """Those whom nobody has proved to be, as the repository writes them."""
    spoken = {each.email: each.name for each in files.named_maintainers if each.name and each.email}
    spoken |= {each.email: each.name for each in files.metadata.contacts if each.email}
    found = {spoken.get(email, email): path for email, path in said.items() if email not in known}
    owners_path = files.guides.get("codeowners", "CODEOWNERS")
    for owner in files.owners:
        if owner.kind in ("user", "role") or (owner.kind == "team" and owner.name not in known_teams):
            found.setdefault(f"@{owner.name}", owners_path)
    if files.metadata.owner and not files.metadata.owner_slugs:
        found.setdefault(files.metadata.owner, files.metadata.sources.get("owner", ""))
    for each in files.named_maintainers:
        if not each.email:
            found.setdefault(each.name or f"@{each.handle}", files.guides.get("maintainers", "MAINTAINERS"))
    return [Named(name, path) for name, path in list(found.items())[:MOST_TEXTS]]
