import math
import os
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forge import limits
from forge.limits import Limits, children, limit, limited, start, wait

FEW = Limits(seconds=7, file=2**20, memory=2**30, data=2**26)


def waits_for(found: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not found() and time.monotonic() < until:
        time.sleep(0.01)


def all_below(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *all_below(child))]


@pytest.mark.skipif(not limits.IS_LINUX, reason="Elsewhere the shell sets the limits before anything starts.")
def test_what_started_before_its_parent_was_limited_is_limited_too() -> None:
    shell = subprocess.Popen(["sh", "-c", "sh -c 'sleep 60 & wait' & wait"], start_new_session=True)
    try:
        waits_for(lambda: len(all_below(shell.pid)) == 2)
        limit(shell.pid, FEW)
        below = all_below(shell.pid)
        assert len(below) == 2
        for pid in (shell.pid, *below):
            assert resource.prlimit(pid, resource.RLIMIT_DATA) == (FEW.data, FEW.data)
            assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (FEW.file, FEW.file)
    finally:
        os.killpg(shell.pid, 9)
        shell.wait()


@pytest.mark.parametrize("is_linux", [True, False])
def test_a_git_has_its_limits(is_linux: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if is_linux and not limits.IS_LINUX:
        pytest.skip("This kernel has no other way than the shell.")
    monkeypatch.setattr(limits, "IS_LINUX", is_linux)
    told = tmp_path / "told"
    git = start(["-c", f"alias.tell=!sleep 0.2; ulimit -d > {told}", "tell"], FEW, cwd=tmp_path)
    assert git.wait() == 0
    assert told.read_text().split() == [str(FEW.data // 1024)]


def test_a_process_that_has_ended_needs_no_limits() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    limit(gone.pid, FEW)
    assert list(children(gone.pid)) == []


def test_the_shell_becomes_git() -> None:
    assert limited(["version"], FEW)[-1] == "version"


@pytest.mark.parametrize("seconds", [5, math.inf])
def test_a_sandbox_that_refuses_to_watch_a_process_is_no_hindrance(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(pid: int) -> int:
        raise PermissionError(pid)

    monkeypatch.setattr(os, "pidfd_open", refused, raising=False)
    ended = subprocess.Popen(["sh", "-c", "sleep 0.1; exit 3"])
    wait(ended, seconds)
    assert ended.returncode == 3


def test_what_does_not_end_in_time_is_said() -> None:
    endless = subprocess.Popen(["sleep", "60"])
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            wait(endless, 0.05)
    finally:
        endless.kill()
        endless.wait()
