import os
import time
from pathlib import Path

import pytest

from forge.environment import closed, run
from forge.errors import ForgeError
from forge.limits import Limits
from forge.process import Process
from forge.progress import ProgressLines
from forge.types import Progress
from tests.forge.calls import alias

LIMITS = Limits(seconds=1)


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

    monkeypatch.setattr("forge.process.SILENCE_TOLD", 0.01)
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
