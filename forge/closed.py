"""GitPython, reduced to reading objects in the closed environment."""

import subprocess
from typing import Any

from git import Git, Repo

from forge.environment import closed
from forge.limits import Limits, start


class ClosedGit(Git):
    """GitPython gives its processes the whole environment of the worker; this gives them the closed one.

    Only the process that answers with objects may run. Every other `repo.git.<command>()` is refused, because
    its options are unguarded and would write or read files of this machine.
    """

    def execute(self, command: Any, *args: Any, as_process: bool = False, **options: Any) -> Any:
        if not as_process or list(command[:2]) != ["git", "cat-file"]:
            raise RuntimeError(f"{command!r} has to go through forge.environment")
        process = start(
            [f"--git-dir={self._working_dir}", *command[1:]],
            Limits(),
            env=closed(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self.AutoInterrupt(process, command)


class ClosedRepo(Repo):
    GitCommandWrapperType = ClosedGit
