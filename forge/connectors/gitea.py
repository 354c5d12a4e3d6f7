"""Gitea and Forgejo (which kept Gitea's API, version 1): an organisation, a user, or the whole host.

Topics stand in a description since Gitea 1.22 and Forgejo 7; with an older one a topic finds nothing.
"""

from collections.abc import Iterator
from urllib.parse import quote

from forge.connectors.base import register
from forge.connectors.fields import Fields
from forge.connectors.hosts import HostConnector, Rows, newest
from forge.connectors.places import Place, place_of
from forge.errors import ForgeError
from forge.types import HostCheck, RemoteItems, RemoteProject, Visibility

# More than this a page has only where the host's owner allows it.
PER_PAGE = 50
TOTAL = "x-total-count"


@register
class Gitea(HostConnector):
    kind = "gitea"
    label = "Gitea or Forgejo: organisation or user"
    public_host = "codeberg.org"
    page_size = "limit"

    def api_base(self, place: Place) -> str:
        return f"{place.origin}/api/v1"

    def secrets(self) -> dict[str, str]:
        return {"Authorization": f"token {self.access.token}"}

    def identify(self, place: Place) -> HostCheck:
        version = self.one(place, "/version").text("version", limit=60)
        user = self._user(place) if self.access.token else ""
        if not user:
            self.rows(self.api(place).get("/repos/search", limit=1), inside="data")
        return HostCheck(user=user, version=version)

    def _user(self, place: Place) -> str:
        try:
            return self.one(place, "/user").text("login", limit=100)
        except ForgeError as error:
            # A token for repositories only may not say whose it is; that it is a good one shows the next question.
            if error.code != "token_refused":
                raise
            return ""

    def listing(self, place: Place, *, topic: str) -> Iterator[Fields]:
        if "/" in place.path:
            raise ForgeError("url_invalid", why="there are no groups inside an organisation")
        if not place.path:
            query: dict[str, str | int] = {"limit": PER_PAGE, "sort": "id", "order": "asc"}
            for _, rows in self.paged(place, "/repos/search", query, inside="data"):
                yield from rows
            return
        paths = [f"/orgs/{place.quoted}/repos", f"/users/{place.quoted}/repos"]
        for rows in self.first_of(place, paths, {"limit": PER_PAGE}):
            yield from rows

    def describe(self, repository: Fields, *, place: Place) -> RemoteProject:
        path = self.path_of(repository, "full_name")
        return RemoteProject(
            name=path.rsplit("/", 1)[-1],
            path=path,
            host_id=self.identity_of(repository),
            clone_url=self.clone_url_of(repository, "clone_url", "ssh_url"),
            ssh_url=self.ssh_url_of(repository, "ssh_url"),
            web_url=repository.page("html_url", host=place.host),
            description=repository.text("description"),
            default_branch=self.branch_of(repository),
            archived=repository.flag("archived"),
            topics=repository.texts("topics"),
            visibility=visibility_of(repository),
            is_fork=repository.flag("fork"),
            is_template=repository.flag("template"),
            stars=repository.amount("stars_count"),
            forks=repository.amount("forks_count"),
            open_issues=repository.amount("open_issues_count"),
            open_changes=repository.amount("open_pr_counter"),
            pushed_at=repository.moment("updated_at"),
        )

    def look(self, address: str, host_id: str) -> RemoteProject:
        place = place_of(address)
        return self.describe(self.one(place, f"/repositories/{self.checked_id(host_id)}"), place=place)

    def items(self, address: str, project: RemoteProject) -> RemoteItems:
        place = place_of(address)
        issues = self._open(place, project, "issues", type="issues")
        changes = self._open(place, project, "pulls", sort="recentupdate")
        if issues.first is None and changes.first is None:
            raise ForgeError("gone")
        found = newest(self.read_items(issues, place=place), self.read_items(changes, place=place))
        return RemoteItems(found, issues.total(TOTAL), changes.total(TOTAL))

    def _open(self, place: Place, project: RemoteProject, what: str, **query: str) -> Rows:
        return self.open_rows(place, f"/repos/{quote(project.path)}/{what}", {"state": "open"} | query)


def visibility_of(repository: Fields) -> Visibility:
    """`internal` is what an organisation shows to everybody who is signed in."""
    if repository.raw("private") is not False:
        return "private"
    return "internal" if repository.flag("internal") else "public"
