from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from forge.errors import ForgeError
from forge.types import RemoteProject
from tests.forge.connectors import specified
from tests.forge.connectors.answers import (
    GITLAB_CHANGE,
    GITLAB_ISSUE,
    GITLAB_METADATA,
    GITLAB_PROJECT,
    GITLAB_TOKEN,
    GITLAB_USER,
    variant,
)
from tests.forge.connectors.code_host import Asked, CodeHost, Reply
from tests.forge.connectors.conftest import Connect

API = "/api/v4"
CLIENT = "@gitbeaker/core/dist/index.mjs"
GROUP = f"{API}/groups/payments%2Fcore/projects"


@pytest.fixture
def may_be_asked() -> Callable[[Asked], bool]:
    specified.paths_of(CLIENT)
    return lambda asked: specified.knows(CLIENT, asked.path.removeprefix(API).lstrip("/"))


def found(connect: Connect, host: CodeHost, path: str = "/payments/core", topic: str = "") -> list[RemoteProject]:
    return list(connect("gitlab").discover(host.origin + path, topic=topic))


def test_projects_of_a_group_and_all_groups_inside_are_found(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[GROUP] = Reply([GITLAB_PROJECT])
    assert found(connect, code_host) == [
        RemoteProject(
            name="ledger",
            path="payments/core/ledger",
            clone_url="https://gitlab.corp.example/payments/core/ledger.git",
            description="Books every cent twice",
            default_branch="main",
            topics=("inner-source", "java"),
            host_id="4711",
            ssh_url="ssh://git@gitlab.corp.example/payments/core/ledger.git",
            visibility="internal",
            stars=12,
            forks=3,
            open_issues=5,
            pushed_at=datetime(2026, 10, 30, 7, 8, 7, tzinfo=UTC),
        )
    ]
    assert code_host.asked[0].query["include_subgroups"] == "true"
    assert code_host.asked[0].query["with_shared"] == "false"


def test_pages_of_the_whole_host_are_followed_by_keyset(connect: Connect, code_host: CodeHost) -> None:
    def page(asked: Asked) -> Reply:
        after = int(asked.query.get("id_after", 0))
        project = variant(GITLAB_PROJECT, id=after + 1)
        link = f'<https://elsewhere.example{API}/projects?pagination=keyset&id_after={after + 1}>; rel="next"'
        return Reply([project], headers={"Link": link} if after < 2 else {})

    code_host.replies[f"{API}/projects"] = page
    assert [project.host_id for project in found(connect, code_host, "")] == ["1", "2", "3"]
    assert code_host.asked[0].query["pagination"] == "keyset"


def test_a_user_is_tried_when_there_is_no_such_group(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/users/mila/projects"] = Reply([GITLAB_PROJECT])
    assert len(found(connect, code_host, "/mila")) == 1


def test_a_nested_group_that_is_missing_is_no_user(connect: Connect, code_host: CodeHost) -> None:
    with pytest.raises(ForgeError) as caught:
        found(connect, code_host)
    assert caught.value.code == "group_missing" and len(code_host.asked) == 1
    assert "payments/core" in caught.value.message


def test_the_host_filters_by_topic(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[GROUP] = Reply([GITLAB_PROJECT])
    assert len(found(connect, code_host, topic="java")) == 1
    assert code_host.asked[0].query["topic"] == "java"


def test_forks_and_leaving_projects_are_told(connect: Connect, code_host: CodeHost) -> None:
    fork = variant(GITLAB_PROJECT, forked_from_project={"id": 1, "path_with_namespace": "a/b"})
    leaving = variant(GITLAB_PROJECT, id=2, marked_for_deletion_on="2026-12-01")
    code_host.replies[GROUP] = Reply([fork, leaving])
    first, second = found(connect, code_host)
    assert first.is_fork and not first.archived and second.archived


def test_a_project_is_followed_by_its_number(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/projects/4711"] = Reply(variant(GITLAB_PROJECT, path_with_namespace="new/place"))
    changes = Reply([GITLAB_CHANGE], headers={"X-Total": "17"})
    code_host.replies[f"{API}/projects/4711/merge_requests"] = changes
    project = connect("gitlab").look(code_host.origin, "4711")
    assert (project.path, project.open_issues, project.open_changes) == ("new/place", 5, 17)


@pytest.mark.parametrize("level", ["private", "disabled", "of a later version", 7])
def test_a_repository_for_members_only_is_private(connect: Connect, code_host: CodeHost, level: object) -> None:
    code_host.replies[GROUP] = Reply([GITLAB_PROJECT | {"repository_access_level": level}])
    assert [project.visibility for project in found(connect, code_host)] == ["private"]


@pytest.mark.parametrize("visibility", ["hidden", None, 20])
def test_a_visibility_that_is_not_understood_is_private(
    connect: Connect, code_host: CodeHost, visibility: object
) -> None:
    code_host.replies[GROUP] = Reply([GITLAB_PROJECT | {"visibility": visibility}])
    (project,) = connect("gitlab", token="glpat-x").discover(f"{code_host.origin}/payments/core")
    assert project.visibility == "private"


def test_without_a_token_nothing_but_public_projects_is_seen(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[GROUP] = Reply([variant(GITLAB_PROJECT, visibility=None)])
    assert [project.visibility for project in found(connect, code_host)] == ["public"]


LEDGER = RemoteProject("ledger", "p/ledger", "", host_id="4711")


@pytest.mark.parametrize("level", ["private", "disabled"])
def test_lists_for_members_only_are_not_read(connect: Connect, code_host: CodeHost, level: str) -> None:
    levels = {"issues_access_level": level, "merge_requests_access_level": level}
    code_host.replies[f"{API}/projects/4711"] = Reply(GITLAB_PROJECT | levels)
    seen = connect("gitlab").items(code_host.origin, LEDGER)
    project = connect("gitlab").look(code_host.origin, "4711")
    assert seen.items == () and (seen.open_issues, seen.open_changes) == (0, 0)
    assert (project.open_issues, project.open_changes, project.visibility) == (0, 0, "internal")
    assert set(code_host.paths()) == {f"{API}/projects/4711"}


def test_one_list_for_members_only_leaves_the_other(connect: Connect, code_host: CodeHost) -> None:
    levels = {"issues_access_level": "private", "merge_requests_access_level": "enabled"}
    code_host.replies[f"{API}/projects/4711"] = Reply(GITLAB_PROJECT | levels)
    code_host.replies[f"{API}/projects/4711/issues"] = Reply([GITLAB_ISSUE])
    code_host.replies[f"{API}/projects/4711/merge_requests"] = Reply([GITLAB_CHANGE])
    seen = connect("gitlab").items(code_host.origin, LEDGER)
    assert [item.kind for item in seen.items] == ["change"]


def test_open_issues_and_merge_requests_come_with_labels(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/projects/4711"] = Reply(GITLAB_PROJECT)
    code_host.replies[f"{API}/projects/4711/issues"] = Reply([GITLAB_ISSUE], headers={"X-Total": "5"})
    code_host.replies[f"{API}/projects/4711/merge_requests"] = Reply([GITLAB_CHANGE])
    seen = connect("gitlab").items(code_host.origin, LEDGER)
    change, issue = seen.items
    assert (change.kind, change.number, change.draft, change.labels) == ("change", 40, True, ("help wanted",))
    assert (issue.kind, issue.number, issue.comments) == ("issue", 23, 2)
    assert issue.labels == ("good first issue", "backend") and issue.author == "mila"
    assert (seen.open_issues, seen.open_changes, seen.left_out) == (5, 1, 4)


def test_confidential_issues_are_neither_asked_for_nor_taken(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/projects/4711"] = Reply(GITLAB_PROJECT)
    rows = [variant(GITLAB_ISSUE, confidential=True), variant(GITLAB_ISSUE, iid=24, confidential="yes")]
    code_host.replies[f"{API}/projects/4711/issues"] = Reply(rows)
    seen = connect("gitlab").items(code_host.origin, LEDGER)
    assert seen.items == () and code_host.asked[1].query["confidential"] == "false"


def test_items_of_a_project_that_is_gone_are_gone(connect: Connect, code_host: CodeHost) -> None:
    with pytest.raises(ForgeError) as caught:
        connect("gitlab").items(code_host.origin, LEDGER)
    assert caught.value.code == "gone"


def test_check_says_whose_token_it_is_and_what_it_may(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/user"] = Reply(GITLAB_USER)
    code_host.replies[f"{API}/personal_access_tokens/self"] = Reply(GITLAB_TOKEN)
    code_host.replies[f"{API}/metadata"] = Reply(GITLAB_METADATA)
    check = connect("gitlab", token="glpat-x").check(code_host.origin)
    assert (check.user, check.scopes, check.version) == ("portal-bot", ("read_api",), "18.4.1-ee")
    assert {asked.headers["private-token"] for asked in code_host.asked} == {"glpat-x"}


def test_check_is_content_with_a_host_that_says_little(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/user"] = Reply(GITLAB_USER)
    check = connect("gitlab", token="glpat-x").check(code_host.origin)
    assert (check.user, check.scopes, check.version) == ("portal-bot", (), "")


def test_check_of_another_kind_of_host_says_so(connect: Connect, code_host: CodeHost) -> None:
    for access in ({}, {"token": "glpat-x"}):
        with pytest.raises(ForgeError) as caught:
            connect("gitlab", **access).check(code_host.origin)
        assert caught.value.code == "not_a_code_host"


def test_check_without_a_token_sees_public_projects(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/projects"] = Reply([])
    assert connect("gitlab").check(code_host.origin).user == ""
