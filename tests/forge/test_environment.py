import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest
from django.conf import LazySettings

from forge import environment
from forge.environment import Process, closed, run
from forge.errors import ForgeError
from forge.limits import Limits
from forge.progress import ProgressLines
from forge.types import Progress, Remote
from forge.urls import parse_remote

LIMITS = Limits(seconds=1)


def alias(command: str) -> list[str]:
    """Git itself runs the command, as a hook or a transport helper would be run."""
    return ["-c", f"alias.x=!{command}", "x"]


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


def test_time_limit_ends_the_whole_group(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with pytest.raises(ForgeError) as caught:
        run(alias(f"sleep 60 & echo $! > {pid_file}; wait"), limits=LIMITS)
    assert caught.value.code == "timed_out"
    assert is_gone(int(pid_file.read_text()))


def is_gone(pid: int) -> bool:
    """A killed orphan may stay a zombie where no init collects it."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_endless_output_is_cut_off() -> None:
    with pytest.raises(ForgeError) as caught:
        run(alias("yes"), limits=Limits(seconds=20, output=2**20))
    assert caught.value.code == "too_big"


def test_endless_errors_are_not_kept() -> None:
    done = run(alias("yes remote: x | head -c 3000000 >&2"))
    assert len(done.stderr) < 100_000


def test_written_file_is_limited(tmp_path: Path) -> None:
    with pytest.raises(ForgeError) as caught:
        run(alias(f"exec head -c 9000000 /dev/zero > {tmp_path / 'big'}"), limits=Limits(file=2**20))
    assert (tmp_path / "big").stat().st_size <= 2**20
    assert caught.value.code in ("too_big", "git_failed")


def test_missing_git_is_said_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ForgeError) as caught:
        run(["version"])
    assert caught.value.code == "git_missing"


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


def test_large_input_and_output_do_not_wait_for_each_other() -> None:
    data = os.urandom(3_000_000)
    with Process(alias("cat"), env=closed(), limits=Limits(), stdin=data) as process:
        assert b"".join(process.chunks()) == data


def test_a_git_that_says_nothing_for_long_is_ended() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as never_ends, os.fdopen(writing, "wb"):
        limits = Limits(silence=0.05)
        with Process(["hash-object", "--stdin"], env=closed(), limits=limits, stdin=never_ends) as process:
            with pytest.raises(ForgeError) as caught:
                list(process.chunks())
            assert caught.value.code == "timed_out"
        assert process.popen.returncode is not None


def test_a_silent_git_is_told_of_again_and_may_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Enough(Exception):
        pass

    told: list[Progress] = []

    def hear(progress: Progress) -> None:
        told.append(progress)
        if len(told) == 2:
            raise Enough

    monkeypatch.setattr("forge.environment.SILENCE_TOLD", 0.01)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as never_ends, os.fdopen(writing, "wb"):
        args = ["hash-object", "--stdin"]
        git = Process(args, env=closed(), limits=Limits(), stdin=never_ends, on_progress=hear)
        with pytest.raises(Enough), git as process:
            list(process.chunks())
    assert process.popen.returncode is not None


def test_of_progress_that_comes_at_once_only_the_newest_is_told() -> None:
    told: list[Progress] = []
    lines = ProgressLines(told.append)
    received = (
        b"Receiving objects:   5% (1/20)\r",
        b"Receiving objects: 100% (20/20), 1.2 KiB | 9 KiB/s, done.\n",
    )
    lines.feed(b"".join((*received, b"Resolving deltas:  50% (1/2)\rfatal: it broke\n")))
    assert [(each.phase, each.percent) for each in told] == [("receiving", 100), ("resolving", 50)]
    assert lines.text() == "fatal: it broke"
