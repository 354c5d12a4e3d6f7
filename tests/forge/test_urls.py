import socket
from pathlib import Path

import pytest

from forge.errors import ForgeError
from forge.urls import check_reachable, is_forbidden, parse_address, parse_remote

REFUSED = {
    "ext::sh -c x": "scheme_forbidden",
    "EXT::sh": "scheme_forbidden",
    "::x": "scheme_forbidden",
    "git://corp.example/x": "scheme_forbidden",
    "http://corp.example/x": "scheme_forbidden",
    "javascript:alert(1)": "scheme_forbidden",
    "file:///etc": "path_forbidden",
    "/etc": "path_forbidden",
    "--upload-pack=touch x": "url_invalid",
    "-oProxyCommand=x:a/b": "url_invalid",
    "git@-oProxyCommand=x:a/b": "url_invalid",
    "ssh://git@host:-p22/x": "url_invalid",
    "../../var/lib": "url_invalid",
    "~root/x": "url_invalid",
    "$HOME/x": "url_invalid",
    "\\\\evil.example\\x": "url_invalid",
    "//evil.example/x": "url_invalid",
    "https://": "url_invalid",
    "https://corp.example": "url_invalid",
    "https://corp.example/x\r\nX-Evil: 1": "url_invalid",
    "https://corp.example/a\0b": "url_invalid",
    "https://corp.example/x?y": "url_invalid",
    "https://corp.example#@other.example/x": "url_invalid",
    "https://user:word@corp.example/x.git": "credentials_in_url",
    "https://token@corp.example/x.git": "credentials_in_url",
    "ssh://git:word@corp.example/x.git": "credentials_in_url",
    "https://corp.example@127.0.0.1/x": "credentials_in_url",
    "https://corp.example:99999/x": "url_invalid",
    "https://corp.example:22/x": "port_forbidden",
    "https://c\u043erp.example/x": "url_invalid",
    "https://xn--/x": "url_invalid",
    "https://corp\u3002example/x": "url_invalid",
    "https://corp.example/../../x": "url_invalid",
    "https://corp.example/%2e%2e/x": "url_invalid",
    "https://corp.example/a%2Fb": "url_invalid",
    "https://corp.example/a%00b": "url_invalid",
    "https://$SECRET_KEY.evil.example/x": "url_invalid",
    "https://corp.example/" + "a" * 10_000: "url_invalid",
    "   ": "url_invalid",
    "https://127.1/x": "url_invalid",
    "https://0x7f.1/x": "url_invalid",
    "https://0177.0.0.1/x": "url_invalid",
    "https://127.0.0.1/x": "address_forbidden",
    "https://LOCALHOST./x": "address_forbidden",
    "https://[::1]/x": "address_forbidden",
    "https://[::ffff:7f00:1]/x": "address_forbidden",
}


@pytest.mark.parametrize("text", REFUSED)
def test_hostile_address_is_refused_with_its_code(text: str) -> None:
    with pytest.raises(ForgeError) as caught:
        parse_remote(text)
    assert caught.value.code == REFUSED[text]


def test_refusal_never_repeats_a_password() -> None:
    with pytest.raises(ForgeError) as caught:
        parse_remote("https://user:s3cret@corp.example/x.git")
    assert "s3cret" not in caught.value.message + caught.value.cure


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "https://CORP.example/Team/Repo.git",
            "https://corp.example/Team/Repo",
            "https://corp.example:443/Team/Repo.git/",
            "https://corp.example./Team/R%65po",
        ),
        ("ssh://git@corp.example/team/repo.git", "git@corp.example:team/repo.git", "git@CORP.example:team/repo"),
    ],
)
def test_spellings_of_one_repository_are_one(spellings: tuple[str, ...]) -> None:
    assert len({parse_remote(text).canonical for text in spellings}) == 1


def test_git_gets_the_address_with_its_suffix() -> None:
    assert parse_remote("https://corp.example/a.git/").url == "https://corp.example/a.git"


def test_path_of_other_letters_keeps_its_percent_codes() -> None:
    assert parse_remote("https://corp.example/r%c3%a9po").url == "https://corp.example/r%C3%A9po"


def test_folder_is_read_only_below_allowed_ones(tmp_path: Path) -> None:
    inside = tmp_path / "allowed" / "repo"
    inside.mkdir(parents=True)
    assert parse_remote(str(inside), folders=[tmp_path / "allowed"]).is_local
    assert parse_remote(f"file://{inside}", folders=[tmp_path / "allowed"]).path == str(inside)
    with pytest.raises(ForgeError) as caught:
        parse_remote(str(tmp_path / "allowed2"), folders=[tmp_path / "allowed"])
    assert caught.value.code == "path_forbidden"


def test_link_out_of_an_allowed_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "allowed").mkdir()
    (tmp_path / "allowed" / "out").symlink_to("/etc")
    with pytest.raises(ForgeError) as caught:
        parse_remote(str(tmp_path / "allowed" / "out"), folders=[tmp_path / "allowed"])
    assert caught.value.code == "path_forbidden"


def test_work_tree_and_its_git_folder_are_one(tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    there = [parse_remote(str(tmp_path / name), folders=[tmp_path]) for name in ("repo", "repo/.git")]
    assert there[0] == there[1]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "224.0.0.1", "100.64.0.1"),  # noqa: S104
        *("168.63.129.16", "255.255.255.255", "::1", "::", "fe80::1", "ff02::1", "fd00:ec2::254"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_address_is_never_contacted(address: str) -> None:
    assert is_forbidden(parse_address(address))


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "192.168.1.1", "172.16.0.9", "8.8.8.8", "fd12::1", "2001:db8:1::1"]
)
def test_address_of_a_company_is_contacted(address: str) -> None:
    assert not is_forbidden(parse_address(address))


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)


def test_registered_host_is_pinned_to_its_checked_address(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "10.0.0.7", "10.0.0.8")
    remote = parse_remote("https://git.corp.example/a")
    assert check_reachable(remote, hosts=["GIT.corp.example"]) == ("10.0.0.7", "10.0.0.8")


def test_name_that_resolves_to_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "10.0.0.7", "127.0.0.1")
    with pytest.raises(ForgeError) as caught:
        check_reachable(parse_remote("https://git.corp.example/a"), hosts=["git.corp.example"])
    assert caught.value.code == "address_forbidden"


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        ([], "host_not_registered"),
        (["other.example"], "host_not_registered"),
        (["git.corp.example"], "port_forbidden"),
        (["git.corp.example:8444"], "port_forbidden"),
    ],
)
def test_unregistered_host_or_port_is_refused(hosts: list[str], code: str) -> None:
    with pytest.raises(ForgeError) as caught:
        check_reachable(parse_remote("https://git.corp.example:8443/a"), hosts=hosts)
    assert caught.value.code == code
