from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from forge.errors import ForgeError
from forge.types import RemoteProject
from tests.forge.connectors import specified
from tests.forge.connectors.answers import (
    GITEA_CHANGE,
    GITEA_ISSUE,
    GITEA_REPOSITORY,
    GITEA_USER,
    GITEA_VERSION,
    variant,
)
from tests.forge.connectors.code_host import Asked, CodeHost, Reply
from tests.forge.connectors.conftest import Connect

API = "/api/v1"
CLIENT = "gitea-js/dist/index.mjs"
HAMMER = RemoteProject("Hammer", "Tools/Hammer", "", host_id="140")


@pytest.fixture
def may_be_asked() -> Callable[[Asked], bool]:
    specified.paths_of(CLIENT)
    return lambda asked: specified.knows(CLIENT, asked.path.removeprefix(API).lstrip("/"))


def found(connect: Connect, host: CodeHost, path: str = "/Tools", topic: str = "") -> list[RemoteProject]:
    return list(connect("gitea").discover(host.origin + path, topic=topic))


def test_repositories_of_an_organisation_are_found(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/orgs/Tools/repos"] = Reply([GITEA_REPOSITORY])
    assert found(connect, code_host) == [
        RemoteProject(
            name="Hammer",
            path="Tools/Hammer",
            clone_url="https://gitea.corp.example/Tools/Hammer.git",
            description="Hits nails",
            default_branch="trunk",
            topics=("inner-source",),
            host_id="140",
            ssh_url="ssh://git@gitea.corp.example/Tools/Hammer.git",
            visibility="public",
            is_template=True,
            stars=4,
            forks=1,
            open_issues=2,
            open_changes=1,
            pushed_at=datetime(2026, 11, 1, 11, tzinfo=UTC),
        )
    ]


def test_pages_are_followed_though_the_host_calls_itself_otherwise(connect: Connect, code_host: CodeHost) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("page", 1))
        repository = variant(GITEA_REPOSITORY, id=number)
        link = f'<http://localhost:3000{API}/orgs/Tools/repos?limit=50&page={number + 1}>; rel="next"'
        return Reply([repository], headers={"Link": link} if number < 3 else {})

    code_host.replies[f"{API}/orgs/Tools/repos"] = page
    assert [project.host_id for project in found(connect, code_host)] == ["1", "2", "3"]


def test_a_user_is_tried_when_there_is_no_such_organisation(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/users/mila/repos"] = Reply([GITEA_REPOSITORY])
    assert len(found(connect, code_host, "/mila")) == 1


def test_the_whole_host_is_searched(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/repos/search"] = Reply({"ok": True, "data": [GITEA_REPOSITORY]})
    assert len(found(connect, code_host, "")) == 1


def test_there_are_no_groups_inside_an_organisation(connect: Connect, code_host: CodeHost) -> None:
    with pytest.raises(ForgeError) as caught:
        found(connect, code_host, "/Tools/Inner")
    assert caught.value.code == "url_invalid" and not code_host.asked


def test_a_topic_leaves_out_what_does_not_carry_it(connect: Connect, code_host: CodeHost) -> None:
    plain = variant(GITEA_REPOSITORY, id=2, topics=None)
    code_host.replies[f"{API}/orgs/Tools/repos"] = Reply([GITEA_REPOSITORY, plain])
    assert [each.host_id for each in found(connect, code_host, topic="inner-source")] == ["140"]


@pytest.mark.parametrize(
    ("private", "internal", "visibility"),
    [(True, False, "private"), (False, True, "internal"), (False, False, "public"), (None, False, "private")],
)
def test_visibility_is_private_unless_told_otherwise(
    connect: Connect, code_host: CodeHost, private: object, internal: bool, visibility: str
) -> None:
    repository = variant(GITEA_REPOSITORY, private=private, internal=internal)
    code_host.replies[f"{API}/orgs/Tools/repos"] = Reply([repository])
    assert [each.visibility for each in found(connect, code_host)] == [visibility]


def test_a_repository_is_followed_by_its_number(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/repositories/140"] = Reply(variant(GITEA_REPOSITORY, full_name="Elsewhere/Mallet"))
    assert connect("gitea").look(code_host.origin, "140").path == "Elsewhere/Mallet"


def test_open_issues_and_pull_requests_come_with_labels(connect: Connect, code_host: CodeHost) -> None:
    issues = Reply([GITEA_ISSUE], headers={"X-Total-Count": "2"})
    code_host.replies[f"{API}/repos/Tools/Hammer/issues"] = issues
    code_host.replies[f"{API}/repos/Tools/Hammer/pulls"] = Reply([GITEA_CHANGE])
    seen = connect("gitea").items(code_host.origin, HAMMER)
    change, issue = seen.items
    assert (change.kind, change.number, change.draft) == ("change", 10, True)
    assert (issue.kind, issue.number, issue.labels, issue.comments) == ("issue", 9, ("good first issue",), 3)
    assert (seen.open_issues, seen.open_changes, seen.left_out) == (2, 1, 1)


def test_issues_that_are_turned_off_are_none(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/repos/Tools/Hammer/pulls"] = Reply([GITEA_CHANGE])
    seen = connect("gitea").items(code_host.origin, HAMMER)
    assert [item.kind for item in seen.items] == ["change"] and seen.open_issues == 0


def test_check_says_whose_token_it_is(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/version"] = Reply(GITEA_VERSION)
    code_host.replies[f"{API}/user"] = Reply(GITEA_USER)
    check = connect("gitea", token="t0ken").check(code_host.origin)
    assert (check.user, check.version) == ("portal-bot", "1.24.2")
    assert code_host.asked[1].headers["authorization"] == "token t0ken"


def test_check_takes_a_token_for_repositories_only(connect: Connect, code_host: CodeHost) -> None:
    code_host.replies[f"{API}/version"] = Reply(GITEA_VERSION)
    code_host.replies[f"{API}/user"] = Reply({"message": "token does not have scope read:user"}, 403)
    code_host.replies[f"{API}/repos/search"] = Reply({"ok": True, "data": []})
    assert connect("gitea", token="t0ken").check(code_host.origin).user == ""
