import shlex
import subprocess
from pathlib import Path

import pytest
from django.conf import LazySettings

from forge import environment
from forge.environment import closed, run
from forge.types import Remote
from forge.urls import parse_remote
from tests.forge.calls import alias


def test_environment_of_the_worker_does_not_reach_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "marker-of-a-secret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    output = run(alias("env")).stdout.decode()
    assert "marker-of-a-secret" not in output and "/elsewhere" not in output


def test_only_the_scheme_of_the_remote_is_allowed() -> None:
    assert closed()["GIT_ALLOW_PROTOCOL"] == "none"
    assert closed(remote=parse_remote("https://h.example/x"))["GIT_ALLOW_PROTOCOL"] == "https"


def config_of(remote: Remote, *addresses: str) -> dict[str, str]:
    env = closed(remote=remote, addresses=addresses)
    count = int(env["GIT_CONFIG_COUNT"])
    return {env[f"GIT_CONFIG_KEY_{n}"]: env[f"GIT_CONFIG_VALUE_{n}"] for n in range(count)}


def test_connection_is_pinned_to_the_checked_address() -> None:
    config = config_of(parse_remote("https://h.example/x"), "10.0.0.7")
    assert config["http.curloptResolve"] == "h.example:443:10.0.0.7"
    ssh = closed(remote=parse_remote("git@h.example:x"), addresses=["10.0.0.7"])["GIT_SSH_COMMAND"]
    assert "HostName=10.0.0.7" in ssh and "HostKeyAlias=h.example" in ssh


def test_ssh_asks_nobody_and_trusts_no_unknown_host(settings: LazySettings) -> None:
    settings.GIT_KNOWN_HOSTS = Path("/keys/known hosts")
    command = closed()["GIT_SSH_COMMAND"]
    assert "BatchMode=yes" in command and "StrictHostKeyChecking=yes" in command
    assert '"/keys/known hosts"' in command


def test_ssh_has_the_portals_key_and_none_of_the_accounts(settings: LazySettings, tmp_path: Path) -> None:
    settings.GIT_SSH_KEY = tmp_path / "a key"
    command = closed()["GIT_SSH_COMMAND"]
    assert "'-oIdentityFile=none'" in command
    assert "IdentitiesOnly=yes" in command and "IdentityAgent=none" in command
    settings.GIT_SSH_KEY.touch()
    assert f"""'-oIdentityFile="{tmp_path}/a key"'""" in closed()["GIT_SSH_COMMAND"]


def test_ssh_understands_what_it_is_told(settings: LazySettings, tmp_path: Path) -> None:
    def identities() -> list[str]:
        command = [*shlex.split(closed()["GIT_SSH_COMMAND"]), "-G", "git.corp.example"]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return [line for line in lines if line.startswith("identityfile ")]

    settings.GIT_SSH_KEY = tmp_path / "a key"
    assert identities() == ["identityfile none"]
    settings.GIT_SSH_KEY.touch()
    assert identities() == [f"identityfile {tmp_path}/a key"]


def test_leaving_a_stream_early_ends_git(source: Path) -> None:
    with environment.stream(alias("yes"), git_dir=source) as chunks:
        assert next(chunks).startswith(b"y")


def test_no_descriptor_is_left_open(source: Path) -> None:
    before = open_descriptors()
    for _ in range(5):
        run(["version"])
        environment.pipe(["version"], ["hash-object", "--stdin"], git_dir=source)
    assert open_descriptors() == before


def open_descriptors() -> int:
    folder = Path("/dev/fd")
    return sum(1 for _ in folder.iterdir())
