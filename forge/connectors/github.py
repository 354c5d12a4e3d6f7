"""GitHub: github.com, and Enterprise Server under a company's own name. REST API, version 2022-11-28.

An organisation or a user, or (with a token) everything that the token's owner takes part in. GitHub counts pull
requests as issues; `look` and `items` tell them apart.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from forge.connectors.base import register
from forge.connectors.fields import Fields
from forge.connectors.hosts import PER_PAGE, HostConnector, Rows, newest, number_in_last_link
from forge.connectors.places import Place, place_of
from forge.errors import ForgeError
from forge.types import HostCheck, RemoteItems, RemoteProject, Visibility

PUBLIC = "github.com"
PUBLIC_API = "api.github.com"
VISIBILITIES: dict[str, Visibility] = {"public": "public", "internal": "internal", "private": "private"}


@register
class GitHub(HostConnector):
    kind = "github"
    label = "GitHub: organisation or user"
    public_host = PUBLIC

    def api_base(self, place: Place) -> str:
        return f"https://{PUBLIC_API}" if place.host == PUBLIC else f"{place.origin}/api/v3"

    def registered(self, place: Place) -> tuple[str, ...]:
        # Who registers github.com means its API, too, which has a name of its own.
        is_public = place.host == PUBLIC and PUBLIC in self.access.hosts
        return (*self.access.hosts, PUBLIC_API) if is_public else self.access.hosts

    def secrets(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access.token}"}

    def identify(self, place: Place) -> HostCheck:
        if not self.access.token:
            return HostCheck(version=self.one(place, "/meta").text("installed_version", limit=40))
        try:
            answer = self.api(place).get("/user")
        except ForgeError as error:
            return self._check_app(place, error)
        scopes = answer.headers.get("x-oauth-scopes", "")[:1000].split(",")
        return HostCheck(
            user=self.fields(answer).text("login", limit=100),
            scopes=tuple(scope.strip() for scope in scopes if scope.strip().isprintable() and scope.strip()),
            version=answer.headers.get("x-github-enterprise-version", "")[:40],
        )

    def _check_app(self, place: Place, error: ForgeError) -> HostCheck:
        # The token of an app belongs to nobody; what every good token may ask is how much it may ask.
        if error.code != "token_refused":
            raise error
        try:
            self.one(place, "/rate_limit")
        except ForgeError:
            raise error from None
        return HostCheck()

    def listing(self, place: Place, *, topic: str) -> Iterator[Fields]:
        if "/" in place.path:
            raise ForgeError("url_invalid", why="GitHub has no groups inside an organisation")
        query: dict[str, str | int] = {"per_page": PER_PAGE, "sort": "full_name"}
        if not place.path:
            if not self.access.token:
                raise ForgeError("auth_required", host=place.host)
            paths = ["/user/repos"]
        elif self._is_me(place):
            # Only this list has the private ones of the token's owner.
            paths, query = ["/user/repos"], query | {"affiliation": "owner"}
        else:
            paths = [f"/orgs/{place.quoted}/repos", f"/users/{place.quoted}/repos"]
        for rows in self.first_of(place, paths, query):
            yield from rows

    def _is_me(self, place: Place) -> bool:
        if not self.access.token:
            return False
        try:
            return self.one(place, "/user").text("login").lower() == place.path.lower()
        except ForgeError as error:
            if error.code not in ("token_refused", "gone"):
                raise
            # The token of an app has no owner, and may read an organisation all the same.
            return False

    def describe(self, repository: Fields, *, place: Place) -> RemoteProject:
        path = self.path_of(repository, "full_name")
        # This number counts pull requests as well: only when there are none of both is it told apart.
        together = repository.amount("open_issues_count")
        none_open = 0 if together == 0 else None
        return RemoteProject(
            name=path.rsplit("/", 1)[-1],
            path=path,
            host_id=self.identity_of(repository),
            clone_url=self.clone_url_of(repository, "clone_url", "ssh_url"),
            ssh_url=self.ssh_url_of(repository, "ssh_url"),
            web_url=repository.page("html_url", host=place.host),
            description=repository.text("description"),
            default_branch=self.branch_of(repository),
            archived=repository.flag("archived") or repository.flag("disabled"),
            topics=repository.texts("topics"),
            visibility=visibility_of(repository),
            is_fork=repository.flag("fork"),
            is_template=repository.flag("is_template"),
            stars=repository.amount("stargazers_count"),
            forks=repository.amount("forks_count"),
            open_issues=none_open,
            open_changes=none_open,
            open_together=together,
            pushed_at=repository.moment("pushed_at"),
        )

    def look(self, address: str, host_id: str) -> RemoteProject:
        place = place_of(address)
        repository = self.one(place, f"/repositories/{self.checked_id(host_id)}")
        project = self.describe(repository, place=place)
        if not project.open_together:
            return project
        changes = self._count(place, project, "pulls")
        issues = max(0, project.open_together - changes)
        return replace(project, open_issues=issues, open_changes=changes)

    def _count(self, place: Place, project: RemoteProject, what: str) -> int:
        """How many are open, by one request for one of them."""
        answer = self.api(place).get(f"/repos/{quote(project.path)}/{what}", state="open", per_page=1)
        return number_in_last_link(answer) or len(self.rows(answer))

    def items(self, address: str, project: RemoteProject) -> RemoteItems:
        place = place_of(address)
        rows = self._open(place, project, "issues")
        if rows.first is None:
            # Issues can be turned off, pull requests cannot.
            rows = self._open(place, project, "pulls")
        items = self.read_items(rows, place=place)
        changes = sum(item.kind == "change" for item in items)
        issues = len(items) - changes
        if not rows.complete:
            changes = self._count(place, project, "pulls")
            issues = max(0, self._count(place, project, "issues") - changes)
        return RemoteItems(newest(items), issues, changes)

    def _open(self, place: Place, project: RemoteProject, what: str) -> Rows:
        path = f"/repos/{quote(project.path)}/{what}"
        return self.open_rows(place, path, {"state": "open", "sort": "updated", "direction": "desc"})


def visibility_of(repository: Fields) -> Visibility:
    """Older Enterprise Servers tell private ones only."""
    told = VISIBILITIES.get(repository.text("visibility", limit=20))
    return told or ("private" if repository.raw("private") is not False else "public")
