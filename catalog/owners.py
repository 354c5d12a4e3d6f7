"""Who owns a path of a project, as its CODEOWNERS says at a revision."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.guides import codeowners
from catalog.guides.text import decode
from catalog.models import Guide, Project
from forge import reading
from forge.mirror import Mirror
from forge.types import shown

MOST = 10


@dataclass(frozen=True, slots=True)
class Owners:
    """`names` as they are written, without @; `path` and `line` are where the rule stands. Nobody: no names."""

    names: tuple[str, ...] = ()
    path: str = ""
    line: int = 0


def owners_of(project: Project, mirror: Mirror, commit: str, path: str) -> Owners:
    """Of the sections of a GitLab file all together. One query; git is asked only where there is such a file."""
    file = Guide.objects.filter(project=project, kind="codeowners").values_list("path", flat=True).first()
    found = reading.blob_at(mirror, commit, file, max_size=codeowners.LONGEST) if file else None
    decoded = decode(found[1].data) if found and found[1].data is not None else None
    if file is None or decoded is None:
        return Owners()
    rules = codeowners.owners_of(decoded.text, shown(path), dialect=codeowners.dialect_at(file))
    names = dict.fromkeys(owner.name for rule in rules for owner in rule.owners)
    return Owners(tuple(names)[:MOST], file, rules[0].line) if names else Owners()
