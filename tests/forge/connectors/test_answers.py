"""What the tests let GitLab and Gitea answer is what their APIs are specified to answer."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.forge.connectors import answers, specified

# Every field may be missing or null, but none may be unknown or of another type.
KNOWN = """
type Known<T> = T extends (infer U)[] ? Known<U>[] : T extends object
  ? { [K in keyof T as string extends K ? never : K]?: Known<T[K]> | null } : T;
"""


def compiled(folder: Path, client: str, found: list[tuple[str, answers.Json]]) -> str:
    names = ", ".join(dict.fromkeys(f"type {name}" for name, _ in found))
    lines = [f"import {{ {names} }} from '{client}';", KNOWN]
    lines += [
        f"export const a{number}: Known<{name}> = {json.dumps(answer)};"
        for number, (name, answer) in enumerate(found)
    ]
    (folder / "answers.ts").write_text("\n".join(lines))
    (folder / "node_modules").symlink_to(specified.PACKAGES)
    options = ["--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler", "--module", "esnext"]
    compiler = [str(specified.package("typescript/bin/tsc")), *options, "--lib", "es2022,dom"]
    done = subprocess.run(
        [shutil.which("node") or "node", *compiler, "answers.ts"], cwd=folder, capture_output=True, text=True
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("client", answers.TYPES)
def test_answers_have_the_specified_form(client: str, tmp_path: Path) -> None:
    assert compiled(tmp_path, client, answers.TYPES[client]) == ""


def test_an_imagined_field_would_be_noticed(tmp_path: Path) -> None:
    imagined = answers.variant(answers.GITEA_REPOSITORY, stargazers=4, archived="no")
    output = compiled(tmp_path, "gitea-js", [("Repository", imagined)])
    assert "'stargazers' does not exist" in output or "not assignable" in output
