from pathlib import Path

import pytest

from forge.connectors import KINDS, UrlList, connector_for
from forge.errors import ForgeError
from forge.types import RemoteProject
from tests.repos import build_repo


def found_in(path: Path, *, allowed: Path, kind: str | None = None) -> list[RemoteProject]:
    return list(connector_for(str(path), kind=kind).discover(str(path), folders=[allowed]))


def test_kind_is_guessed_from_the_address(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# nothing yet\n")
    guesses = {
        str(tmp_path): "directory",
        str(tmp_path / "list.txt"): "list",
        "https://h.example/a": "url",
        "git@h.example:a": "url",
        "ext::sh": "url",
        "/" + "x" * 5000: "directory",
    }
    assert {text: connector_for(text).kind for text in guesses} == guesses
    assert connector_for("https://h.example/a", kind="list").kind == "list"


@pytest.mark.parametrize(("text", "kind", "code"), [("x", None, "url_invalid"), ("x", "svn", "kind_unknown")])
def test_what_is_no_source_is_refused(text: str, kind: str | None, code: str) -> None:
    with pytest.raises(ForgeError) as caught:
        connector_for(text, kind=kind)
    assert caught.value.code == code


def test_every_kind_has_a_label() -> None:
    assert all(connector.label and connector.kind == kind for kind, connector in KINDS.items())


# ---------------------------------------------------------------- directory
def test_every_repository_below_a_folder_is_found(tmp_path: Path) -> None:
    build_repo(tmp_path / "team" / "bare.git")
    build_repo(tmp_path / "team" / "tree", bare=False)
    build_repo(tmp_path / "team" / "tree" / "vendored.git")
    build_repo(tmp_path / "top.git")
    (tmp_path / "top.git" / "description").write_text("Makes  widgets\n")
    (tmp_path / "elsewhere").mkdir()
    found = found_in(tmp_path, allowed=tmp_path)
    assert [(project.name, project.path) for project in found] == [
        ("top", "top"),
        ("bare", "team/bare"),
        ("tree", "team/tree"),
    ]
    assert found[0].description == "Makes widgets" and found[1].description == ""


def test_folder_that_is_a_repository_is_found_itself(tmp_path: Path) -> None:
    path = build_repo(tmp_path / "one.git")
    assert [project.clone_url for project in found_in(path, allowed=tmp_path)] == [str(path)]


def test_links_are_not_followed(tmp_path: Path) -> None:
    build_repo(tmp_path / "secret" / "x.git")
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "open" / "loop").symlink_to(tmp_path / "open")
    with pytest.raises(ForgeError) as caught:
        found_in(tmp_path / "open", allowed=tmp_path / "open")
    assert caught.value.code == "path_without_repositories"


def test_one_bad_repository_does_not_hide_the_others(tmp_path: Path) -> None:
    build_repo(tmp_path / "open" / "good.git")
    build_repo(tmp_path / "secret.git")
    (tmp_path / "open" / "bad").mkdir()
    (tmp_path / "open" / "bad" / ".git").write_text(f"gitdir: {tmp_path / 'secret.git'}\n")
    connector = connector_for(str(tmp_path / "open"))
    found = list(connector.discover(str(tmp_path / "open"), folders=[tmp_path / "open"]))
    assert [project.name for project in found] == ["good"]
    assert [problem.error.code for problem in connector.problems] == ["path_forbidden"]


@pytest.mark.parametrize(("name", "code"), [("nowhere", "path_missing"), ("empty", "path_without_repositories")])
def test_folder_without_repositories_is_said_plainly(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ForgeError) as caught:
        found_in(tmp_path / name, allowed=tmp_path, kind="directory")
    assert caught.value.code == code


def test_depth_is_bounded(tmp_path: Path) -> None:
    build_repo(tmp_path / "/".join("abcdefgh") / "deep.git")
    build_repo(tmp_path / "near.git")
    assert [project.name for project in found_in(tmp_path, allowed=tmp_path)] == ["near"]


# ---------------------------------------------------------------- addresses
def test_single_address_becomes_a_project() -> None:
    (project,) = connector_for("https://h.example/Team/R%C3%A9po.git").discover(
        "https://h.example/Team/R%C3%A9po.git"
    )
    assert (project.name, project.path) == ("R\u00e9po", "Team/R\u00e9po")
    assert project.clone_url == "https://h.example/Team/R%C3%A9po.git"
    assert project.web_url == "https://h.example/Team/R%C3%A9po"


def test_bad_lines_are_reported_and_the_rest_is_taken(tmp_path: Path) -> None:
    repository = build_repo(tmp_path / "local.git")
    path = tmp_path / "list.txt"
    path.write_bytes(
        b"\xef\xbb\xbf# our repositories\r\n\r\nhttps://h.example/a.git # the first\r\next::sh -c x\r\n"
        b"https://H.example:443/a\r\nhttps://user:s3cret@h.example/b\r\n\xff\xfe\r\ngit@h.example:c\r\n"
        + bytes(repository)
        + b"\r\n"
    )
    connector = connector_for(str(path))
    found = list(connector.discover(str(path), folders=[tmp_path]))
    assert [project.name for project in found] == ["a", "c", "local"]
    assert [(problem.line, problem.error.code) for problem in connector.problems] == [
        (4, "scheme_forbidden"),
        (6, "credentials_in_url"),
        (7, "url_invalid"),
    ]
    assert not any("s3cret" in problem.text + problem.error.message for problem in connector.problems)


def test_list_without_addresses_is_said_plainly() -> None:
    with pytest.raises(ForgeError) as caught:
        list(UrlList().read("# nothing\n\n"))
    assert caught.value.code == "list_without_urls"


def test_endless_list_is_refused() -> None:
    with pytest.raises(ForgeError) as caught:
        list(UrlList().read("#\n" * 20_001))
    assert caught.value.code == "list_too_long"


def test_list_outside_the_allowed_folders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForgeError) as caught:
        found_in(Path("/etc/passwd"), allowed=tmp_path)
    assert caught.value.code == "path_forbidden"
