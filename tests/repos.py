"""Real git repositories for tests, reproducible to the commit id.

`build_repo` makes one, `add_commit` and `add_branch` let people work in it, and `merge_branch`,
`squash_branch` and `rebase_branch` are the three ways in which a contributor's branch arrives.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from forge.fast_import import Author, Content, History

ALICE = Author("Alice Almeida", "alice@example.org")
BOB = Author("Bob Brandt", "bob@example.org")
CHARLIE = Author("Charlie Chen", "charlie@example.org")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
README = {"README.md": "# Widget\n\nTurns gears into widgets.\n"}


def build_repo(
    path: Path,
    *,
    files: Mapping[str, Content | None] | None = None,
    commits: int = 1,
    author: Author = ALICE,
    at: datetime = START,
    branch: str = "main",
    bare: bool = True,
) -> Path:
    """A repository whose first commit has `files`; each further one, a day later, touches `CHANGES`."""
    history = History()
    for number in range(commits):
        history.commit(
            branch=branch,
            author=author,
            at=at + timedelta(days=number),
            message=f"Change {number}" if number else "Start",
            files={"CHANGES": "line\n" * number} if number else (README if files is None else files),
        )
    history.write(path, default_branch=branch, bare=bare)
    return path


def add_commit(
    path: Path,
    *,
    files: Mapping[str, Content | None],
    branch: str = "main",
    author: Author = BOB,
    message: str = "Change",
    at: datetime | None = None,
) -> str:
    """Adds a commit one hour after its parent; a new branch starts at HEAD. Answers the commit id."""
    parent = tip(path, branch) or tip(path)
    history = History()
    mark = history.commit(
        branch=branch,
        author=author,
        at=at or (committed_at(path, parent) + timedelta(hours=1) if parent else START),
        message=message,
        files=files,
        parents=[parent] if parent else (),
    )
    return history.write(path)[mark]


def add_branch(path: Path, branch: str, *, author: Author = BOB, commits: int = 2) -> str:
    """A contributor's branch from HEAD with `commits` commits, each in a file of its own. Answers its tip."""
    for number in range(1, commits + 1):
        name = f"{branch.replace('/', '-')}-{number}.txt"
        files = {name: f"Line one of {name}.\nLine two.\n"}
        add_commit(path, branch=branch, files=files, author=author, message=f"Add {name}")
    return tip(path, branch)


def merge_branch(path: Path, branch: str, *, into: str = "main", by: Author = ALICE) -> str:
    """Brings a branch in with a merge commit, as the host's "merge" button does. Answers its id."""
    message = f"Merge branch '{branch}'"
    return _arrive(path, into, by, ("merge", "--no-ff", "-m", message, f"refs/heads/{branch}"))


def squash_branch(path: Path, branch: str, *, into: str = "main", by: Author = ALICE) -> str:
    """Brings a branch in as one new commit of its contributor. Answers its id."""
    author = git(path, "log", "-1", "--format=%an <%ae>", f"refs/heads/{branch}")
    squash = ("merge", "--squash", f"refs/heads/{branch}")
    return _arrive(path, into, by, squash, ("commit", "-m", f"{branch} (squashed)", f"--author={author}"))


def rebase_branch(path: Path, branch: str, *, into: str = "main", by: Author = ALICE) -> str:
    """Brings a branch in as copies of its commits on top. Answers the id of the last one."""
    start = ("checkout", "--detach", f"refs/heads/{branch}")
    return _arrive(path, into, by, start, ("rebase", "--no-ff", f"refs/heads/{into}"))


def tip(path: Path, branch: str = "") -> str:
    """The full id at which a branch (by default that of HEAD) points, or an empty string."""
    name = f"refs/heads/{branch}" if branch else git(path, "symbolic-ref", "HEAD")
    return git(path, "for-each-ref", "--format=%(objectname)", name)


def committed_at(path: Path, commit: str) -> datetime:
    return datetime.fromisoformat(git(path, "log", "-1", "--format=%cI", commit))


def git(
    path: Path,
    *arguments: str,
    by: Author = ALICE,
    at: datetime = START,
    stdin: str | None = None,
    extra: Mapping[str, str] | None = None,
) -> str:
    """Runs git in a repository, apart from this machine's settings. Answers its output, stripped."""
    done = subprocess.run(
        ("git", "-C", str(path), *arguments),
        check=True,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        input=stdin,
        env={**_environment(by, at), **(extra or {})},
    )
    return done.stdout.strip()


def _arrive(path: Path, into: str, by: Author, *steps: tuple[str, ...]) -> str:
    """Runs the steps in a throw-away work tree of a branch and moves the branch to where they end."""
    before = tip(path, into)
    newest = max(map(datetime.fromisoformat, git(path, "log", "--all", "--format=%cI").splitlines()))
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git(path, "worktree", "add", "--detach", str(tree), f"refs/heads/{into}")
        for step in steps:
            git(tree, *step, by=by, at=newest + timedelta(hours=1))
        after = git(tree, "rev-parse", "HEAD")
        git(path, "worktree", "remove", "--force", str(tree))
    git(path, "update-ref", f"refs/heads/{into}", after, before)
    return after


def _environment(by: Author, at: datetime) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": by.name,
        "GIT_AUTHOR_EMAIL": by.email,
        "GIT_AUTHOR_DATE": at.isoformat(),
        "GIT_COMMITTER_NAME": by.name,
        "GIT_COMMITTER_EMAIL": by.email,
        "GIT_COMMITTER_DATE": at.isoformat(),
    }
