from pathlib import Path

import pytest

from forge import reading
from forge.closed import ClosedGit
from forge.mirror import Mirror
from tests.forge.calls import Sync


def test_gitpython_runs_no_command_of_its_own(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    with mirror.open() as repo:
        for command in (repo.git.status, lambda: repo.git.diff("--no-index", "/etc/passwd", "/etc/group")):
            with pytest.raises(RuntimeError):
                command()


def test_gitpython_reads_objects_without_the_environment_of_the_worker(
    source: Path, sync: Sync, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = sync(source).head
    assert head
    monkeypatch.setenv("GIT_TRACE", str(mirror.path.parent / "trace"))
    with mirror.open() as repo:
        assert isinstance(repo.git, ClosedGit)
        assert repo.commit(head).hexsha == head == repo.head.commit.hexsha
    entry = reading.entry_at(mirror, head, "README.md")
    assert entry and reading.blob(mirror, entry.id, max_size=1000).data
    assert not (mirror.path.parent / "trace").exists()
