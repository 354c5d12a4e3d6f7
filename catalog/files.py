"""What the files of one commit tell: read whole, or carried over from an earlier commit with what changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import islice
from typing import Any, Self

from django.urls import reverse

from catalog.docs.places import is_document
from catalog.facts.languages import by_name, count_sizes, part_of
from catalog.facts.licences import detect_licence
from catalog.facts.packages import FoundPackage, find_packages
from catalog.facts.signs import (
    DEPRECATED,
    REUSE_FILES,
    SUCCESSOR,
    Signs,
    build_services,
    licence_texts,
    reuse_licence,
    sentence_of,
)
from catalog.facts.supply import Supply, policy_holds, read_supply
from catalog.guides import codeowners, mailmap
from catalog.guides.codeowners import Owner, dialect_at, maintainer_emails, project_owners
from catalog.guides.commands import Command, find_commands
from catalog.guides.find import (
    FoundGuide,
    Wanted,
    ci_files,
    find_guides,
    has_ci,
    has_tests,
    may_be_wanted,
    wanted,
)
from catalog.guides.governance import claimed_in
from catalog.guides.mailmap import Alias, read_mailmap
from catalog.guides.maintainers import Maintainer, read_maintainers
from catalog.guides.metadata import MOST_PROBLEMS, Metadata, Problem, read_metadata
from catalog.guides.render import Rendered, render
from catalog.guides.summary import description, summarise
from catalog.guides.text import decode
from catalog.guides.told import contributing_tells, mentioned, readme_tells
from forge import reading
from forge.errors import printable
from forge.mirror import Mirror
from forge.types import Change, Tree, shown

MAX_FILES = 200_000
#: Bytes of a file whose contents the portal still shows; of larger ones it only tells the size.
LARGEST_FILE = 10_000_000
#: With more changed paths than this the tree is read whole, which costs less.
MAX_CHANGES = 5_000
NOTHING = "000000"
FILES = ("100644", "100755")
#: With more texts in LICENSES/ nobody can tell which one is for the whole.
CLEAR = 3
PICTURES = ("png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "ico")


@dataclass(frozen=True, slots=True)
class ReadGuide:
    """A guide that was found, and what it says where its kind is shown and its text could be read."""

    found: FoundGuide
    rendered: Rendered | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All but the texts of guides. It is stored, too, so that a later sync reads only what changed.

    `sizes` are sums for `catalog.facts.languages.by_name`, `guides` paths by kind. `readme_words` is None when
    there is a README that could not be read. `first_words` are a summary for a project that states none.
    `governance` is the level that prose claims, in the file `governance_in`. `aliases` are those of .mailmap.
    """

    file_count: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    licence: str = ""
    metadata: Metadata = field(default_factory=Metadata)
    owners: tuple[Owner, ...] = ()
    maintainers: tuple[str, ...] = ()
    guides: Mapping[str, str] = field(default_factory=dict)
    readme_words: int | None = 0
    first_words: str = ""
    has_ci: bool | None = None
    has_tests: bool | None = None
    is_complete: bool = True
    large_count: int = 0
    large_file: str = ""
    signs: Signs = field(default_factory=Signs)
    supply: Supply = field(default_factory=Supply)
    packages: tuple[FoundPackage, ...] = ()
    commands: tuple[Command, ...] = ()
    named_maintainers: tuple[Maintainer, ...] = ()
    aliases: tuple[Alias, ...] = ()
    governance: int = 0
    governance_in: str = ""
    document_count: int = 0

    @property
    def languages(self) -> dict[str, int]:
        """Bytes by language, the largest first."""
        return by_name(self.sizes)

    @property
    def notes(self) -> tuple[str, ...]:
        said = []
        if not self.is_complete:
            said.append(f"There are too many files to index; only the first {MAX_FILES:,} were looked at.")
        if self.large_count:
            others = f" and {self.large_count - 1:,} more" if self.large_count > 1 else ""
            limit = f"{LARGEST_FILE // 1_000_000} MB"
            said.append(f"{self.large_file}{others}: larger than {limit}, so only the size is shown here.")
        return tuple(said)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self | None:
        """None when a portal of another version stored it."""
        words = dict(stored)
        try:
            words["signs"] = Signs(**tuples(words["signs"]))
            words["supply"] = Supply(**tuples(words["supply"]))
            words["metadata"] = Metadata.from_json(words["metadata"])
            for name, kind in ROWS.items():
                words[name] = tuple(kind(**row) for row in words[name])
            return cls(**tuples(words)) if words.keys() == {each.name for each in fields(cls)} else None
        except (TypeError, KeyError):
            return None


ROWS: dict[str, Any] = {
    "owners": Owner,
    "packages": FoundPackage,
    "commands": Command,
    "named_maintainers": Maintainer,
    "aliases": Alias,
}


def tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


# ---------------------------------------------------------------- what changed
def carry_over(mirror: Mirror, before: FileFacts, *, old: str, new: str) -> FileFacts | None:
    """The facts of `new` made from those of `old`, without a look at what is the same in both.

    None when something changed that has to be read, and then the tree has to be. Raises ForgeError.
    """
    changes = reading.changes(mirror, old, new, limit=MAX_CHANGES) if before.is_complete else None
    if changes is None or any(must_be_read(change.path) for change in changes):
        return None
    here = [change.path for change in changes if change.new_mode != NOTHING]
    gone = [change.path for change in changes if change.new_mode == NOTHING]
    ci, tests = has_ci(here), has_tests(here)
    if (not ci and has_ci(gone)) or (not tests and has_tests(gone)):
        return None
    known = blob_sizes(mirror, changes)
    # A large file that came or went is told of, and which others there are is not known here.
    if any(size > LARGEST_FILE for size in known.values()):
        return None
    sizes = changed_sizes(before.sizes, changes, known)
    if sizes is None:
        return None
    came = sum(change.old_mode == NOTHING for change in changes)
    return replace(
        before,
        file_count=before.file_count + came - len(gone),
        sizes=sizes,
        has_ci=before.has_ci or ci,
        has_tests=before.has_tests or tests,
        document_count=before.document_count + documents_more(changes),
    )


def documents_more(changes: Iterable[Change]) -> int:
    """How many documents came, less those that went."""
    sides = ((change.path, change.new_mode in FILES, change.old_mode in FILES) for change in changes)
    return sum(is_there - was_there for path, is_there, was_there in sides if is_document(path))


def must_be_read(path: str) -> bool:
    """Guides show pictures at the commit that they were read from, so a new picture is a reason as well."""
    return may_be_wanted(path) or path.rpartition(".")[2].lower() in PICTURES


def blob_sizes(mirror: Mirror, changes: Iterable[Change]) -> dict[str, int]:
    """Bytes of what went and what came, as far as they are files. One process."""
    sides = [pair for each in changes for pair in ((each.old_mode, each.old_id), (each.new_mode, each.new_id))]
    return reading.blob_sizes(mirror, dict.fromkeys(id for mode, id in sides if mode in FILES))


def changed_sizes(
    before: Mapping[str, int], changes: Iterable[Change], known: Mapping[str, int]
) -> dict[str, int] | None:
    """The sums by language, from the sizes of what went and what came. None when one of them is missing."""
    moves = []
    for change in changes:
        if part := part_of(change.path):
            moves += [(part, change.old_id, -1)] if change.old_mode in FILES else []
            moves += [(part, change.new_id, 1)] if change.new_mode in FILES else []
    sizes = dict(before)
    for part, id, sign in moves:
        if id not in known:
            return None
        sizes[part] = sizes.get(part, 0) + sign * known[id]
    return {part: size for part, size in sizes.items() if size}


# ---------------------------------------------------------------- everything
Contents = dict[Wanted, bytes]
#: Guides of an earlier read by path and blob id, with their HTML as it was for that commit.
Earlier = Mapping[tuple[str, str], Rendered]


def read_files(
    mirror: Mirror, tree: Tree, *, slug: str, commit: str, earlier: Earlier
) -> tuple[FileFacts, tuple[ReadGuide, ...]]:
    """Reads the blobs that matter of a whole tree, by one git process. Raises ForgeError.

    `earlier` saves rendering what is still the same. No database: it may run beside something else.
    """
    asked = wanted(tree.entries)
    contents = read_wanted(mirror, tree, asked)
    place = Place(slug, commit, earlier)
    guides = tuple(read_guides(find_guides(tree.entries), asked, contents, place))
    readme = next((guide for guide in guides if guide.found.kind == "readme"), None)
    paths = [entry.path for entry in tree.entries]
    configurations = ci_files(paths)
    large = [entry.path for entry in tree.entries if (entry.size or 0) > LARGEST_FILE]
    code_owners, maintainers = owners_files(contents, "CODEOWNERS"), dict(owners_files(contents, "MAINTAINERS"))
    governance, governance_in = claimed_in(claims(guides))
    facts = FileFacts(
        file_count=len(tree.entries),
        sizes=dict(count_sizes(tree.entries)),
        licence=licence_of(contents, paths),
        metadata=storable(read_metadata(texts(contents, "metadata")), mistakes_in(contents)),
        owners=tuple(
            each for path, text in code_owners for each in project_owners(text, dialect=dialect_at(path))
        ),
        maintainers=tuple(each for text in maintainers.values() for each in maintainer_emails(text)),
        guides={guide.found.kind: shown(guide.found.path) for guide in guides},
        readme_words=words_of(readme),
        first_words=first_words(readme, contents),
        has_ci=bool(configurations) if tree.complete else None,
        has_tests=has_tests(paths) if tree.complete else None,
        is_complete=tree.complete,
        large_count=len(large),
        large_file=printable(shown(large[0])) if large else "",
        signs=signs_of(paths, configurations, guides),
        supply=supply_of(paths, contents, guides),
        packages=find_packages(texts(contents, "package")),
        commands=commands_of(contents, paths),
        named_maintainers=tuple(each for text in maintainers.values() for each in read_maintainers(text)),
        aliases=tuple(alias for data in texts(contents, "mailmap").values() for alias in aliases_in(data)),
        governance=governance,
        governance_in=shown(governance_in),
        document_count=sum(entry.mode in FILES and is_document(entry.path) for entry in tree.entries),
    )
    return facts, guides


def signs_of(paths: Sequence[str], configurations: Sequence[str], guides: Iterable[ReadGuide]) -> Signs:
    read = {guide.found.kind: guide.rendered for guide in guides if guide.rendered}
    readme, contributing = read.get("readme"), read.get("contributing")
    words = readme.plain_text if readme else ""
    return Signs(
        build_services=build_services(configurations),
        licence_texts=licence_texts(paths),
        has_reuse=not set(REUSE_FILES).isdisjoint(paths),
        readme=readme_tells(readme.html) if readme else {},
        contributing=contributing_tells(contributing.html) if contributing else {},
        mentioned=mentioned(contributing.plain_text) if contributing else (),
        says_deprecated=sentence_of(DEPRECATED, words),
        successor=sentence_of(SUCCESSOR, words),
    )


def supply_of(paths: Sequence[str], contents: Contents, guides: Iterable[ReadGuide]) -> Supply:
    policy = next((guide.rendered for guide in guides if guide.found.kind == "security" and guide.rendered), None)
    found = read_supply(paths, texts(contents, "sign"))
    if policy:
        # Addresses behind links are part of a policy, and plain text has lost them.
        found = replace(found, security=tuple(policy_holds(policy.plain_text, links=policy.html)))
    first = (found.binary, found.dangerous, found.open_token)
    binary, dangerous, token = (printable(shown(path)) for path in first)
    return replace(found, binary=binary, dangerous=dangerous, open_token=token)


def storable(metadata: Metadata, more: Iterable[Problem]) -> Metadata:
    """With the problems of other files as well, as many as a page shows."""
    problems = [*metadata.problems, *more]
    named = (replace(problem, path=shown(problem.path)) for problem in problems[:MOST_PROBLEMS])
    return replace(metadata, problems=tuple(named))


def mistakes_in(contents: Contents) -> Iterator[Problem]:
    """What is wrong in CODEOWNERS and .mailmap."""
    for path, text in owners_files(contents, "CODEOWNERS"):
        found = islice(codeowners.mistakes(text, dialect=dialect_at(path)), MOST_PROBLEMS)
        yield from (Problem(path, line, message) for line, message in found)
    for path, data in texts(contents, "mailmap").items():
        decoded = decode(data)
        found = islice(mailmap.mistakes(decoded.text if decoded else ""), MOST_PROBLEMS)
        yield from (Problem(path, line, message) for line, message in found)


def words_of(readme: ReadGuide | None) -> int | None:
    if readme is None:
        return 0
    return len(readme.rendered.plain_text.split()) if readme.rendered else None


def first_words(readme: ReadGuide | None, contents: Contents) -> str:
    """Of the README, else of a manifest."""
    markup = readme.rendered.html if readme and readme.rendered else ""
    return summarise(markup, described=description(texts(contents, "licence")))


def read_wanted(mirror: Mirror, tree: Tree, asked: Sequence[Wanted]) -> Contents:
    """The contents of what the readers ask for; too large and missing ones are left out."""
    sizes = {entry.id: entry.size for entry in tree.entries if entry.size is not None}
    fitting = [each for each in asked if sizes.get(each.blob, each.limit + 1) <= each.limit]
    ids = list(dict.fromkeys(each.blob for each in fitting))
    limit = max((each.limit for each in fitting), default=0)
    found = {blob.id: blob.data for blob in reading.blobs(mirror, ids, max_size=limit, sizes=sizes)}
    return {each: data for each in fitting if (data := found[each.blob]) is not None}


def texts(contents: Contents, purpose: str) -> dict[str, bytes]:
    return {each.path: data for each, data in contents.items() if each.purpose == purpose}


def licence_of(contents: Contents, paths: Iterable[str]) -> str:
    """What REUSE says of all files stands beside the root's own texts, and above a lonely text in LICENSES/."""
    found = detect_licence(texts(contents, "licence"))
    stated = found.spdx if found else reuse_licence(texts(contents, "sign"))
    if stated:
        return stated
    ids = licence_texts(paths)
    return " AND ".join(ids)[:100] if len(ids) <= CLEAR else ""


def commands_of(contents: Contents, paths: Sequence[str]) -> tuple[Command, ...]:
    files = texts(contents, "commands")
    found = find_commands(
        files, (path for path in paths if "/" not in path), (path for path in files if has_ci([path]))
    )
    return tuple(replace(command, path=shown(command.path)) for command in found)


def aliases_in(data: bytes) -> tuple[Alias, ...]:
    decoded = decode(data)
    return read_mailmap(decoded.text) if decoded else ()


#: The guides in which a project may say how much it shares, the most official first.
CLAIMING = ("governance", "contributing", "readme")


def claims(guides: Iterable[ReadGuide]) -> dict[str, str]:
    """Their plain texts by path."""
    by_kind = {guide.found.kind: guide for guide in guides if guide.rendered}
    found = (by_kind[kind] for kind in CLAIMING if kind in by_kind)
    return {guide.found.path: guide.rendered.plain_text for guide in found if guide.rendered}


def owners_files(contents: Contents, name: str) -> Iterator[tuple[str, str]]:
    for path, data in texts(contents, "owners").items():
        decoded = decode(data)
        if decoded and path.rpartition("/")[2].upper().startswith(name):
            yield path, decoded.text


# ---------------------------------------------------------------- guides
@dataclass(frozen=True, slots=True)
class Place:
    """Where guides will be shown, and what was made of them before."""

    slug: str
    commit: str
    earlier: Earlier

    @property
    def image_base(self) -> str:
        return reverse("catalog:raw", args=[self.slug, self.commit, "x"])[:-1]

    @property
    def link_base(self) -> str:
        return reverse("catalog:file", args=[self.slug, "x"])[:-1]

    def moved(self, rendered: Rendered) -> Rendered:
        """The same with its pictures taken from this commit."""
        before, after = self.image_base.split(self.commit)
        earlier = re.compile(f'(src="){re.escape(before)}[0-9a-f]{{40}}{re.escape(after)}')
        return replace(rendered, html=earlier.sub(rf"\g<1>{self.image_base}", rendered.html))


def read_guides(
    guides: Iterable[FoundGuide], asked: Sequence[Wanted], contents: Contents, place: Place
) -> Iterator[ReadGuide]:
    by_path = texts(contents, "guide")
    meant_to_be_shown = {each.path for each in asked if each.purpose == "guide"}
    for found in guides:
        if found.path in by_path:
            yield read_guide(found, by_path[found.path], place)
        elif found.path in meant_to_be_shown:
            yield ReadGuide(found, note="This file is too large to be shown here.")
        else:
            yield ReadGuide(found)


def read_guide(found: FoundGuide, data: bytes, place: Place) -> ReadGuide:
    path = shown(found.path)
    if same := place.earlier.get((path, found.blob)):
        return ReadGuide(found, place.moved(same), same.note)
    decoded = decode(data)
    if decoded is None:
        return ReadGuide(found, note="This file holds no text that could be shown.")
    rendered = render(decoded.text, path=path, link_base=place.link_base, image_base=place.image_base)
    return ReadGuide(found, rendered, note=" ".join(filter(None, (decoded.note, rendered.note))))
