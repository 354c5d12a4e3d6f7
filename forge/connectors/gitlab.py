"""GitLab: gitlab.com and self-managed, API version 4. A group with all groups inside it, a user, or all of it.

Confidential issues are never asked for: who may see them is GitLab's to say, and a listing shows them to all.
"""

from collections.abc import Iterator
from dataclasses import replace

from forge.connectors.base import register
from forge.connectors.fields import Fields
from forge.connectors.hosts import PER_PAGE, HostConnector, Rows, newest
from forge.connectors.places import Place, place_of
from forge.errors import ForgeError
from forge.types import HostCheck, RemoteItem, RemoteItems, RemoteProject, Visibility

TOTAL = "x-total"
VISIBILITIES: dict[str, Visibility] = {"public": "public", "internal": "internal", "private": "private"}


@register
class GitLab(HostConnector):
    kind = "gitlab"
    label = "GitLab: group or user"
    public_host = "gitlab.com"

    def api_base(self, place: Place) -> str:
        return f"{place.origin}/api/v4"

    def secrets(self) -> dict[str, str]:
        return {"PRIVATE-TOKEN": self.access.token}

    def identify(self, place: Place) -> HostCheck:
        if not self.access.token:
            # Somebody unknown may ask for the public projects only.
            self.rows(self.api(place).get("/projects", per_page=1, simple="true"))
            return HostCheck()
        user = self.one(place, "/user").text("username", limit=100)
        token = self._maybe(place, "/personal_access_tokens/self")
        version = self._maybe(place, "/metadata")
        return HostCheck(user, token.texts("scopes"), version.text("version", limit=40))

    def _maybe(self, place: Place, path: str) -> Fields:
        """What not every token, nor every version, may be asked."""
        try:
            return self.one(place, path)
        except ForgeError as error:
            if error.code not in ("gone", "token_refused"):
                raise
            return Fields({})

    def listing(self, place: Place, *, topic: str) -> Iterator[Fields]:
        query: dict[str, str | int] = {"per_page": PER_PAGE, "order_by": "id", "sort": "asc"}
        if topic:
            query["topic"] = topic
        if not place.path:
            # Numbered pages of this list end after 50,000 projects.
            for _, rows in self.paged(place, "/projects", query | {"pagination": "keyset"}):
                yield from rows
            return
        paths = [f"/groups/{place.quoted}/projects"]
        if "/" not in place.path:
            paths.append(f"/users/{place.quoted}/projects")
        query |= {"include_subgroups": "true", "with_shared": "false"}
        for rows in self.first_of(place, paths, query):
            yield from rows

    def describe(self, repository: Fields, *, place: Place) -> RemoteProject:
        path = self.path_of(repository, "path_with_namespace")
        is_leaving = "marked_for_deletion_on" in repository or "marked_for_deletion_at" in repository
        return RemoteProject(
            name=path.rsplit("/", 1)[-1],
            path=path,
            host_id=self.identity_of(repository),
            clone_url=self.clone_url_of(repository, "http_url_to_repo", "ssh_url_to_repo"),
            ssh_url=self.ssh_url_of(repository, "ssh_url_to_repo"),
            web_url=repository.page("web_url", host=place.host),
            description=repository.text("description"),
            default_branch=self.branch_of(repository),
            archived=repository.flag("archived") or is_leaving,
            topics=repository.texts("topics") or repository.texts("tag_list"),
            visibility=self.visibility_of(repository),
            is_fork="forked_from_project" in repository,
            stars=repository.amount("star_count"),
            forks=repository.amount("forks_count"),
            open_issues=repository.amount("open_issues_count") if is_open(repository, "issues") else 0,
            pushed_at=repository.moment("last_activity_at"),
        )

    def visibility_of(self, repository: Fields) -> Visibility:
        """A public project may show its repository to members only. What is not understood is private."""
        if not is_open(repository, "repository"):
            return "private"
        if "visibility" not in repository and not self.access.token:
            # Somebody unknown is shown public ones only, and not every version says that they are.
            return "public"
        return VISIBILITIES.get(repository.text("visibility", limit=20), "private")

    def look(self, address: str, host_id: str) -> RemoteProject:
        place = place_of(address)
        repository = self._repository(place, host_id)
        project = self.describe(repository, place=place)
        is_shown = is_open(repository, "merge_requests")
        return replace(project, open_changes=self._count_changes(place, project) if is_shown else 0)

    def _repository(self, place: Place, host_id: str) -> Fields:
        return self.one(place, f"/projects/{self.checked_id(host_id)}")

    def _count_changes(self, place: Place, project: RemoteProject) -> int | None:
        try:
            path = f"/projects/{project.host_id}/merge_requests"
            return self.api(place).get(path, state="opened", per_page=1).number(TOTAL)
        except ForgeError as error:
            if error.code not in ("gone", "auth_required", "token_refused"):
                raise
            return None

    def items(self, address: str, project: RemoteProject) -> RemoteItems:
        place = place_of(address)
        # Our token may be a member's, who sees lists that others do not.
        repository = self._repository(place, project.host_id)
        issues = changes = Rows()
        if is_open(repository, "issues"):
            issues = self._open(place, project, "issues", confidential="false")
        if is_open(repository, "merge_requests"):
            changes = self._open(place, project, "merge_requests")
        found = newest(self.read_items(issues, place=place), self.read_items(changes, place=place))
        return RemoteItems(found, issues.total(TOTAL), changes.total(TOTAL))

    def _open(self, place: Place, project: RemoteProject, what: str, **query: str) -> Rows:
        path = f"/projects/{self.checked_id(project.host_id)}/{what}"
        order = {"state": "opened", "order_by": "updated_at", "sort": "desc"}
        return self.open_rows(place, path, order | query)

    def item_of(self, fields: Fields, *, place: Place) -> RemoteItem | None:
        if fields.raw("confidential") not in (None, False):
            return None
        return RemoteItem(
            kind="change" if "source_branch" in fields else "issue",
            number=self.number_of(fields, "iid"),
            title=fields.text("title"),
            web_url=fields.page("web_url", host=place.host),
            author=fields.inner("author").text("username", limit=100),
            labels=fields.texts("labels"),
            draft=fields.flag("draft") or fields.flag("work_in_progress"),
            comments=fields.amount("user_notes_count"),
            created_at=fields.moment("created_at"),
            updated_at=fields.moment("updated_at"),
        )


def is_open(repository: Fields, feature: str) -> bool:
    """Whether everybody who sees the project sees this part of it, as opposed to its members, or nobody."""
    return repository.raw(f"{feature}_access_level") in (None, "enabled", "public")
