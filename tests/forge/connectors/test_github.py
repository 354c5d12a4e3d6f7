"""GitHub's own examples of its answers, from its OpenAPI description."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from forge.connectors import Access, GitHub, connector_for
from forge.connectors.places import place_of
from forge.errors import ForgeError
from forge.types import RemoteItems, RemoteProject
from tests.forge.connectors import specified
from tests.forge.connectors.code_host import Asked, CodeHost, Reply
from tests.forge.connectors.conftest import Connect
from tests.forge.connectors.specified import GitHubApi, Json

API = "/api/v3"


@pytest.fixture
def may_be_asked() -> Callable[[Asked], bool]:
    """github.com and Enterprise Server both describe the question.

    Only the path by number they do not: it is where GitHub's redirects and links lead.
    """
    apis = [specified.github(product) for product in ("api.github.com", "ghes-3.19")]

    def is_described(asked: Asked) -> bool:
        path = asked.path.removeprefix(API)
        return path.startswith("/repositories/") or all(api.allows(path, set(asked.query)) for api in apis)

    return is_described


def at(host: CodeHost, answer: Json) -> Json:
    """The example, with its pages on our host."""
    return json.loads(json.dumps(answer).replace("https://github.com/octocat/Hello-World/", f"{host.origin}/o/"))


@pytest.fixture
def repositories(github_api: GitHubApi) -> Json:
    return github_api.example("minimal-repository-items")


def found(connect: Connect, host: CodeHost, path: str = "/octo-org", **access: object) -> list[RemoteProject]:
    return list(connect("github", **access).discover(host.origin + path))


# ---------------------------------------------------------------- addresses
@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://github.com/acme", "github"),
        ("https://GitHub.com/acme/", "github"),
        ("https://gitlab.com/acme", "gitlab"),
        ("https://codeberg.org/acme", "gitea"),
        ("https://github.com/acme/widget", "url"),
        ("https://github.com.evil.example/acme", "url"),
        ("https://ghe.corp.example/acme", "url"),
    ],
)
def test_groups_of_public_hosts_are_recognised(address: str, kind: str) -> None:
    assert connector_for(address).kind == kind


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://github.com/acme", "https://api.github.com"),
        ("https://ghe.corp.example/acme", "https://ghe.corp.example/api/v3"),
        ("https://ghe.corp.example:8443", "https://ghe.corp.example:8443/api/v3"),
    ],
)
def test_the_api_is_found_from_the_address(address: str, base: str) -> None:
    assert GitHub().api_base(place_of(address)) == base


def test_who_registers_github_means_its_api_too() -> None:
    place = place_of("https://github.com/acme")
    assert "api.github.com" in GitHub(Access(hosts=("github.com",))).registered(place)
    assert GitHub(Access(hosts=("ghe.corp.example",))).registered(place) == ("ghe.corp.example",)


# ---------------------------------------------------------------- discovery
def test_repositories_of_an_organisation_are_found(
    connect: Connect, code_host: CodeHost, repositories: Json
) -> None:
    code_host.replies[f"{API}/orgs/octo-org/repos"] = Reply(repositories)
    (project,) = found(connect, code_host, token="t0ken")
    assert project == RemoteProject(
        name="Hello-World",
        path="octocat/Hello-World",
        clone_url="https://github.com/octocat/Hello-World.git",
        description="This your first repo!",
        default_branch="master",
        topics=("octocat", "atom", "electron", "api"),
        host_id="1296269",
        ssh_url="ssh://git@github.com/octocat/Hello-World.git",
        visibility="public",
        stars=80,
        forks=9,
        open_issues=0,
        open_changes=0,
        open_together=0,
        pushed_at=datetime(2011, 1, 26, 19, 6, 43, tzinfo=UTC),
    )


def test_a_user_is_tried_when_there_is_no_such_organisation(
    connect: Connect, code_host: CodeHost, repositories: Json
) -> None:
    code_host.replies[f"{API}/users/octo-org/repos"] = Reply(repositories)
    assert len(found(connect, code_host)) == 1
    assert code_host.paths() == [f"{API}/orgs/octo-org/repos", f"{API}/users/octo-org/repos"]


def test_own_private_repositories_come_with_ones_own_token(
    connect: Connect, code_host: CodeHost, repositories: Json, github_api: GitHubApi
) -> None:
    me = "private-user-response-with-public-profile-information"
    code_host.replies[f"{API}/user"] = Reply(github_api.example(me))
    code_host.replies[f"{API}/user/repos"] = Reply(repositories)
    assert len(found(connect, code_host, "/octocat", token="t0ken")) == 1


def test_pages_are_followed_to_the_end(connect: Connect, code_host: CodeHost, repositories: Json) -> None:
    path = f"{API}/orgs/octo-org/repos"

    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("page", 1))
        each = repositories[0] | {"id": number, "full_name": f"octo-org/r{number}"}
        # GitHub's links lead to the organisation's number.
        link = f'<{code_host.origin}{API}/organizations/1/repos?page={number + 1}&per_page=100>; rel="next"'
        return Reply([each], headers={"Link": link} if number < 3 else {})

    code_host.replies[path] = page
    assert [project.path for project in found(connect, code_host)] == ["octo-org/r1", "octo-org/r2", "octo-org/r3"]


def test_a_topic_leaves_out_what_does_not_carry_it(
    connect: Connect, code_host: CodeHost, repositories: Json
) -> None:
    plain = repositories[0] | {"id": 2, "topics": []}
    code_host.replies[f"{API}/orgs/octo-org/repos"] = Reply([*repositories, plain])
    connector = connect("github")
    assert [each.host_id for each in connector.discover(f"{code_host.origin}/octo-org", topic="Atom")] == [
        "1296269"
    ]
    assert connector.knows_topics


def test_flags_of_a_repository_are_told(connect: Connect, code_host: CodeHost, repositories: Json) -> None:
    changed = repositories[0] | {"archived": True, "fork": True, "is_template": True, "visibility": "internal"}
    code_host.replies[f"{API}/orgs/octo-org/repos"] = Reply([changed | {"private": True}])
    (project,) = found(connect, code_host)
    assert project.archived and project.is_fork and project.is_template and project.visibility == "internal"


def test_the_whole_host_needs_a_token(connect: Connect, code_host: CodeHost) -> None:
    with pytest.raises(ForgeError) as caught:
        found(connect, code_host, "")
    assert caught.value.code == "auth_required"


# ---------------------------------------------------------------- one repository
def test_a_repository_is_followed_by_its_number(
    connect: Connect, code_host: CodeHost, github_api: GitHubApi
) -> None:
    moved = github_api.example("full-repository-default-response") | {"full_name": "new-owner/new-name"}
    code_host.replies[f"{API}/repositories/1296269"] = Reply(moved)
    project = connect("github").look(code_host.origin, "1296269")
    assert (project.host_id, project.path) == ("1296269", "new-owner/new-name")


def test_pull_requests_are_told_apart_from_issues(
    connect: Connect, code_host: CodeHost, github_api: GitHubApi
) -> None:
    full = github_api.example("full-repository-default-response") | {"open_issues_count": 40}
    code_host.replies[f"{API}/repositories/1"] = Reply(full)
    link = f'<{code_host.origin}/x?state=open&per_page=1&page=7>; rel="last"'
    code_host.replies[f"{API}/repos/octocat/Hello-World/pulls"] = Reply([{}], headers={"Link": link})
    project = connect("github").look(code_host.origin, "1")
    assert (project.open_issues, project.open_changes, project.open_together) == (33, 7, 40)


def test_the_list_counts_issues_and_pull_requests_together(
    connect: Connect, code_host: CodeHost, repositories: Json
) -> None:
    code_host.replies[f"{API}/orgs/octo-org/repos"] = Reply([repositories[0] | {"open_issues_count": 40}])
    (project,) = found(connect, code_host, token="t0ken")
    assert (project.open_issues, project.open_changes, project.open_together) == (None, None, 40)


@pytest.mark.parametrize("host_id", ["404", "", "1/../../user", "x"])
def test_what_is_not_there_is_gone(connect: Connect, code_host: CodeHost, host_id: str) -> None:
    with pytest.raises(ForgeError) as caught:
        connect("github").look(code_host.origin, host_id)
    assert caught.value.code == "gone"


# ---------------------------------------------------------------- issues and pull requests
def items(connect: Connect, host: CodeHost) -> RemoteItems:
    project = RemoteProject(name="r", path="octocat/Hello-World", clone_url="", host_id="1")
    return connect("github").items(host.origin, project)


def test_open_items_come_with_labels_and_counts(
    connect: Connect, code_host: CodeHost, github_api: GitHubApi
) -> None:
    (both,) = at(code_host, github_api.example("issue-items"))
    issue = {key: value for key, value in both.items() if key != "pull_request"} | {"number": 2}
    code_host.replies[f"{API}/repos/octocat/Hello-World/issues"] = Reply([both, issue])
    seen = items(connect, code_host)
    assert {(item.kind, item.number, item.title) for item in seen.items} == {
        ("change", 1347, "Found a bug"),
        ("issue", 2, "Found a bug"),
    }
    assert seen.items[0].labels == ("bug",) and seen.items[0].author == "octocat"
    assert seen.items[0].web_url == f"{code_host.origin}/o/issues/1347"
    assert (seen.open_issues, seen.open_changes, seen.left_out) == (1, 1, 0)


def test_pull_requests_come_though_issues_are_turned_off(
    connect: Connect, code_host: CodeHost, github_api: GitHubApi
) -> None:
    code_host.replies[f"{API}/repos/octocat/Hello-World/issues"] = Reply({"message": "Issues are disabled"}, 410)
    pulls = github_api.example("pull-request-simple-items")
    code_host.replies[f"{API}/repos/octocat/Hello-World/pulls"] = Reply(pulls)
    seen = items(connect, code_host)
    assert [(item.kind, item.number) for item in seen.items] == [("change", 1347)]
    assert (seen.open_issues, seen.open_changes) == (0, 1)


def test_of_many_items_the_newest_are_taken_and_all_are_counted(
    connect: Connect, code_host: CodeHost, github_api: GitHubApi
) -> None:
    (example,) = github_api.example("issue-items")

    def issues(asked: Asked) -> Reply:
        size, number = int(asked.query["per_page"]), int(asked.query.get("page", 1))
        last = 1000 // size
        query = f"state=open&sort=updated&direction=desc&per_page={size}"
        link = f'<{code_host.origin}/x?{query}&page={number + 1}>; rel="next", '
        link += f'<{code_host.origin}/x?{query}&page={last}>; rel="last"'
        rows = [example | {"number": 1 + size * number + each} for each in range(size)]
        return Reply(rows, headers={"Link": link})

    code_host.replies[f"{API}/repos/octocat/Hello-World/issues"] = issues
    code_host.replies[f"{API}/repos/octocat/Hello-World/pulls"] = Reply([])
    seen = items(connect, code_host)
    assert len(seen.items) == 300 and seen.left_out == 700
    assert (seen.open_issues, seen.open_changes) == (1000, 0)
    assert len(code_host.asked) == 8


# ---------------------------------------------------------------- who we are
def test_check_says_whose_token_it_is_and_what_it_may(
    connect: Connect, code_host: CodeHost, github_api: GitHubApi
) -> None:
    me = github_api.example("private-user-response-with-public-profile-information")
    code_host.replies[f"{API}/user"] = Reply(me, headers={"X-OAuth-Scopes": "read:org, repo"})
    check = connect("github", token="t0ken").check(code_host.origin)
    assert (check.user, check.scopes) == ("octocat", ("read:org", "repo"))
    assert code_host.asked[0].headers["authorization"] == "Bearer t0ken"


def test_check_without_a_token_asks_what_everybody_may(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/meta"] = Reply(specified.github("ghes-3.19").example("api-overview"))
    assert connect("github").check(code_host.origin).version == "3.19.0"
    assert "authorization" not in code_host.asked[0].headers


def test_check_takes_the_token_of_an_app(connect: Connect, code_host: CodeHost, github_api: GitHubApi) -> None:
    code_host.replies[f"{API}/user"] = Reply({"message": "Resource not accessible by integration"}, 403)
    code_host.replies[f"{API}/rate_limit"] = Reply(github_api.example("rate-limit-overview"))
    assert connect("github", token="t0ken").check(code_host.origin).user == ""


def test_check_refuses_a_wrong_token(connect: Connect, code_host: CodeHost) -> None:
    code_host.otherwise = lambda _: Reply({"message": "Bad credentials"}, 401)
    with pytest.raises(ForgeError) as caught:
        connect("github", token="wr0ng").check(code_host.origin)
    assert caught.value.code == "token_refused" and "wr0ng" not in str(caught.value) + caught.value.cure
