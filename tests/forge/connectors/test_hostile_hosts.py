"""A host that means harm, or is merely broken: a bad entry is a problem, a bad answer an error, never a crash."""

import json
from typing import Any

import pytest
from django.conf import LazySettings

from forge.connectors import Access, HostConnector, host_connector
from forge.connectors.places import place_of
from forge.errors import ForgeError
from forge.http import Remembering
from forge.types import RemoteProject
from tests.forge.connectors.answers import GITEA_ISSUE, GITEA_REPOSITORY, variant
from tests.forge.connectors.code_host import Asked, CodeHost, Reply
from tests.forge.connectors.conftest import Connect

LIST = "/api/v1/orgs/Tools/repos"
ODD: list[Any] = [None, True, -1, 2**70, 1.5, "", "x" * 100_000, [], [[]], {}, {"a": []}, "\ud800", "\u202e\x00"]


def discovered(connect: Connect, host: CodeHost, *rows: object) -> tuple[list[RemoteProject], HostConnector]:
    host.replies[LIST] = Reply(json.dumps(rows).encode())
    connector = connect("gitea")
    return list(connector.discover(f"{host.origin}/Tools")), connector


def code_of_answer(connect: Connect, host: CodeHost, body: bytes) -> str:
    host.replies[LIST] = Reply(body)
    with pytest.raises(ForgeError) as caught:
        list(connect("gitea").discover(f"{host.origin}/Tools"))
    return caught.value.code


# ---------------------------------------------------------------- whole answers
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_a_code_host"),
        (b"nonsense", "not_a_code_host"),
        (b"{}", "not_a_code_host"),
        (b"null", "not_a_code_host"),
        (b'"text"', "not_a_code_host"),
        (b"\xff\xfe\xfd", "not_a_code_host"),
        (b"[" * 100_000, "not_a_code_host"),
        (b'{"a":' * 100_000, "not_a_code_host"),
        (b"[" + b"[]," * 300_000 + b"[]]", "not_a_code_host"),
        (b"[" + b"1," * 1_000_001 + b"1]", "not_a_code_host"),
        (b"[" + b"9" * 100_000 + b"]", "not_a_code_host"),
        (b"[" + b"1," * 2_000 + b"1]", "too_big"),
    ],
)
def test_an_answer_that_is_no_page_is_an_error(
    connect: Connect, code_host: CodeHost, body: bytes, code: str
) -> None:
    assert code_of_answer(connect, code_host, body) == code


def test_entries_that_are_no_objects_are_problems(connect: Connect, code_host: CodeHost) -> None:
    projects, connector = discovered(connect, code_host, *ODD[:9], GITEA_REPOSITORY)
    assert [project.host_id for project in projects] == ["140"]
    assert {problem.error.code for problem in connector.problems} == {"answer_invalid"}
    assert len(connector.problems) == 9 and all(len(problem.text) <= 80 for problem in connector.problems)


# ---------------------------------------------------------------- fields
@pytest.mark.parametrize("name", GITEA_REPOSITORY)
def test_any_field_may_be_anything(connect: Connect, code_host: CodeHost, name: str) -> None:
    rows = [variant(GITEA_REPOSITORY, **{"id": number, name: value}) for number, value in enumerate(ODD)]
    projects, connector = discovered(connect, code_host, *rows)
    assert len(projects) + len(connector.problems) == len(ODD)
    for project in projects:
        texts = (project.name, project.path, project.description, project.web_url, *project.topics)
        assert all(text.isprintable() and len(text) <= 2000 for text in texts)
        assert len(project.description) <= 500


@pytest.mark.parametrize("name", ["stars_count", "forks_count", "open_issues_count", "open_pr_counter"])
def test_more_than_a_column_holds_is_unknown(connect: Connect, code_host: CodeHost, name: str) -> None:
    most = variant(GITEA_REPOSITORY, **{"id": 2**40, name: 2**31 - 1})
    more = variant(GITEA_REPOSITORY, **{"id": 2**40 + 1, name: 2**31})
    found, _ = discovered(connect, code_host, most, more)
    counts = [{each.stars, each.forks, each.open_issues, each.open_changes} for each in found]
    assert 2**31 - 1 in counts[0] and None in counts[1]
    assert found[1].host_id == str(2**40 + 1)


@pytest.mark.parametrize("missing", ["id", "full_name"])
def test_what_cannot_be_named_is_a_problem(connect: Connect, code_host: CodeHost, missing: str) -> None:
    repository = {key: value for key, value in GITEA_REPOSITORY.items() if key != missing}
    projects, connector = discovered(connect, code_host, repository)
    assert projects == [] and [problem.error.code for problem in connector.problems] == ["answer_invalid"]


@pytest.mark.parametrize(
    "path", ["hammer", "/hammer", "Tools/", "Tools/../x", "Tools//x", "Tools/\u202ex", "a\\b/c", "./x"]
)
def test_a_path_that_is_none_is_a_problem(connect: Connect, code_host: CodeHost, path: str) -> None:
    projects, connector = discovered(connect, code_host, variant(GITEA_REPOSITORY, full_name=path))
    assert projects == [] and len(connector.problems) == 1


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://evil.example/Tools/Hammer",
        "https://gitea.corp.example@evil.example/x",
        "//evil.example/x",
        "http://[::1",
        "https://HOST/<script>",
        'https://HOST/"onclick=x',
        "https://HOST/a\nb",
        "https://HOST/a b",
        "https://HOST/" + "x" * 5000,
    ],
)
def test_a_link_that_leads_elsewhere_is_dropped(connect: Connect, code_host: CodeHost, address: str) -> None:
    page = address.replace("HOST", code_host.name)
    (project,), _ = discovered(connect, code_host, variant(GITEA_REPOSITORY, html_url=page))
    assert project.web_url == ""


def test_a_link_to_the_host_is_kept(connect: Connect, code_host: CodeHost) -> None:
    page = f"{code_host.origin}/Tools/Hammer"
    (project,), _ = discovered(connect, code_host, variant(GITEA_REPOSITORY, html_url=page))
    assert project.web_url == page


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/etc", "path_forbidden"),
        ("file:///etc", "path_forbidden"),
        ("ext::sh -c x", "scheme_forbidden"),
        ("--upload-pack=x", "url_invalid"),
        ("https://evil.example/x", "host_not_registered"),
        ("https://gitea.corp.example:8443/x", "port_forbidden"),
        ("https://user:s3cret@gitea.corp.example/x", "credentials_in_url"),
    ],
)
def test_a_host_cannot_name_what_we_fetch_from(
    connect: Connect, code_host: CodeHost, address: str, code: str
) -> None:
    repository = variant(GITEA_REPOSITORY, clone_url=address, ssh_url=address)
    projects, connector = discovered(connect, code_host, repository)
    assert projects == [] and [problem.error.code for problem in connector.problems] == [code]
    assert "s3cret" not in str(connector.problems)


def test_a_host_cannot_name_a_folder_that_may_be_read(
    connect: Connect, code_host: CodeHost, settings: LazySettings, tmp_path: Any
) -> None:
    settings.SOURCE_FOLDERS = [tmp_path]
    repository = variant(GITEA_REPOSITORY, clone_url=str(tmp_path / "x"), ssh_url=None)
    projects, connector = discovered(connect, code_host, repository)
    assert projects == [] and [problem.error.code for problem in connector.problems] == ["answer_invalid"]


def test_ssh_is_taken_where_https_is_not_allowed(
    connect: Connect, code_host: CodeHost, settings: LazySettings
) -> None:
    settings.GIT_PROTOCOLS = ["http", "ssh"]
    (project,), _ = discovered(connect, code_host, GITEA_REPOSITORY)
    assert project.clone_url == "ssh://git@gitea.corp.example/Tools/Hammer.git"


# ---------------------------------------------------------------- pages and items
def test_a_host_that_leads_in_a_circle_is_left(connect: Connect, code_host: CodeHost) -> None:
    link = f'<{code_host.origin}{LIST}?page=2>; rel="next"'
    code_host.replies[LIST] = Reply([GITEA_REPOSITORY], headers={"Link": link})
    assert len(list(connect("gitea").discover(f"{code_host.origin}/Tools"))) == 1
    assert len(code_host.asked) == 2


def test_a_link_never_leads_to_another_path(connect: Connect, code_host: CodeHost) -> None:
    link = f'<{code_host.origin}/api/v1/admin/users?page=2>; rel="next"'
    code_host.replies[LIST] = [Reply([GITEA_REPOSITORY], headers={"Link": link}), Reply([])]
    list(connect("gitea").discover(f"{code_host.origin}/Tools"))
    assert set(code_host.paths()) == {LIST}


def test_what_came_before_an_error_was_given(connect: Connect, code_host: CodeHost) -> None:
    link = f'<{code_host.origin}{LIST}?page=2>; rel="next"'
    code_host.replies[LIST] = [Reply([GITEA_REPOSITORY], headers={"Link": link}), Reply([], 429)]
    found = connect("gitea").discover(f"{code_host.origin}/Tools")
    assert next(found).host_id == "140"
    with pytest.raises(ForgeError) as caught:
        next(found)
    assert caught.value.code == "rate_limited"


def test_an_unchanged_list_is_told_from_the_stored_answers(connect: Connect, code_host: CodeHost) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("page", 1))
        if asked.headers.get("if-none-match") == f'"{number}"':
            return Reply(b"", 304)
        link = {"Link": f'<{code_host.origin}{LIST}?page=2>; rel="next"'} if number == 1 else {}
        return Reply([variant(GITEA_REPOSITORY, id=number)], headers={"ETag": f'"{number}"'} | link)

    code_host.replies[LIST] = page
    validators = Remembering()
    first, second = (
        list(connect("gitea", validators=validators).discover(f"{code_host.origin}/Tools")) for _ in range(2)
    )
    assert first == second and len(first) == 2
    assert [asked.headers.get("if-none-match") for asked in code_host.asked] == [None, None, '"1"', '"2"']


def test_odd_items_are_problems_and_the_rest_is_taken(connect: Connect, code_host: CodeHost) -> None:
    path = "/api/v1/repos/Tools/Hammer/issues"
    odd = [variant(GITEA_ISSUE, **{name: value}) for name in GITEA_ISSUE for value in ODD if name != "number"]
    unnamed = [variant(GITEA_ISSUE, number=value) for value in ODD]
    taken = refused = 0
    for start in range(0, len(odd), 50):
        code_host.replies[path] = Reply(json.dumps(odd[start : start + 50]).encode())
        seen = connect("gitea").items(code_host.origin, RemoteProject("h", "Tools/Hammer", ""))
        taken += len(seen.items)
        assert all(item.title.isprintable() and len(item.title) <= 500 for item in seen.items)
    code_host.replies[path] = Reply(json.dumps(unnamed).encode())
    connector = connect("gitea")
    refused += len(connector.items(code_host.origin, RemoteProject("h", "Tools/Hammer", "")).items)
    assert (taken, refused, len(connector.problems)) == (len(odd), 0, len(ODD))


def test_an_absurd_total_is_no_larger_than_a_column(connect: Connect, code_host: CodeHost) -> None:
    issues = Reply(
        [GITEA_ISSUE, variant(GITEA_ISSUE, number=10, comments=2**40)], headers={"X-Total-Count": "9" * 12}
    )
    code_host.replies["/api/v1/repos/Tools/Hammer/issues"] = issues
    seen = connect("gitea").items(code_host.origin, RemoteProject("h", "Tools/Hammer", ""))
    assert seen.open_issues == 2**31 - 1
    assert [item.comments for item in seen.items] == [3, None]


# ---------------------------------------------------------------- what a person types
@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("gitea.corp.example/Tools", "url_invalid"),
        ("ssh://git@gitea.corp.example/Tools", "url_invalid"),
        ("/srv/git", "url_invalid"),
        ("", "url_invalid"),
        ("https://", "url_invalid"),
        ("https://user:word@gitea.corp.example/Tools", "credentials_in_url"),
        ("https://gitea.corp.example/Tools?token=x", "url_invalid"),
        ("https://gitea.corp.example/%0a", "url_invalid"),
        ("https://gitea.corp.example/\x01", "url_invalid"),
        ("https://127.0.0.1/Tools", "address_forbidden"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, code: str) -> None:
    with pytest.raises(ForgeError) as caught:
        place_of(address)
    assert caught.value.code == code


@pytest.mark.parametrize("token", ["a b", "a\r\nX-Evil: 1", "ü", "x" * 2000])
def test_a_token_that_is_none_is_never_sent(connect: Connect, code_host: CodeHost, token: str) -> None:
    with pytest.raises(ForgeError) as caught:
        connect("gitea", token=token).check(code_host.origin)
    assert caught.value.code == "token_refused" and code_host.asked == []


def test_a_token_is_shown_nowhere() -> None:
    access = Access(token="s3cret")
    assert "s3cret" not in repr(access) + repr(host_connector("gitlab", access))


def test_kinds_without_an_api_are_said_plainly() -> None:
    with pytest.raises(ForgeError) as caught:
        host_connector("directory", Access())
    assert caught.value.code == "kind_unknown" and "github, gitlab" in caught.value.cure
