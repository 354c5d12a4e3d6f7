"""Differences on pages: which files a page lists, whose lines it brings along, and one file by itself.

A page tells the counts of all files at once and brings the lines of the first ones. Each of the others asks for
its own as it comes into view, at the cost of this file alone; without script a link leads to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.diffs.kinds import seldom_read
from catalog.diffs.lines import Hunk, hunks_of
from catalog.views.parts import wants_part
from forge import reading
from forge.mirror import Mirror
from forge.reading.diffs import Whitespace
from forge.types import Diff, DiffFile, shown

INLINE_LINES = 400
FOLDED_LINES = 500
#: The first files of a difference are read up to the last one whose lines a page brings along.
READ_LINES = 4_000
FILE_LINES = 5_000
LISTED_FILES = 100
MOST_FILES = 1_000_000

COOKIE = "diff_view"
A_YEAR = 365 * 24 * 3600
#: What belongs to one file or to the way of showing it, and not to what is compared.
OWN = ("file", "old", "n", "files", "view", "w")

Response = TypeVar("Response", bound=HttpResponse)
FileLink = Callable[[DiffFile], str]


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to read a difference, and which part. `file` and `old` are paths as forge has them."""

    split: bool = False
    ignores_space: bool = False
    file: str = ""
    old: str = ""
    place: int = 1
    first: int = 1

    @property
    def whitespace(self) -> Whitespace:
        return "all" if self.ignores_space else ""

    @property
    def asked(self) -> dict[str, str]:
        """As it stands in an address."""
        return ({"view": "split"} if self.split else {}) | ({"w": "1"} if self.ignores_space else {})


@dataclass(frozen=True, slots=True)
class FileShown:
    """One file. It has `hunks`, or a `note` why there are none, or is `folded` for a reason, or asks for itself.

    `old_path` is "" unless it differs; `label` says what happened to the file, "" when it was just modified.
    """

    place: int
    path: str
    old_path: str
    label: str
    mode: str
    additions: int
    deletions: int
    is_counted: bool
    url: str
    file_url: str = ""
    note: str = ""
    folded: str = ""
    hunks: tuple[Hunk, ...] = ()
    left_out: str = ""

    @property
    def changed(self) -> int:
        return self.additions + self.deletions


@dataclass(frozen=True, slots=True)
class DiffShown:
    """`alone`: of one file, with the way back to all of them in `whole_url`."""

    wish: Wish
    files: tuple[FileShown, ...]
    file_count: int
    additions: int
    deletions: int
    is_counted: bool
    moved: int
    urls: Mapping[str, str]
    alone: bool = False

    @property
    def last(self) -> int:
        return self.wish.first + len(self.files) - 1


class Address:
    """Addresses of the same difference, shown in another way. Paths of git are bytes, and stay the same ones."""

    def __init__(self, request: HttpRequest, wish: Wish, path: str) -> None:
        self.path = path or request.path
        self.kept = [(key, value) for key, value in query_of(request) if key not in OWN]
        self.wish = wish

    def of(self, anchor: str = "", **asked: str) -> str:
        query = urlencode([*self.kept, *asked.items()], errors="surrogateescape")
        return f"{self.path}?{query}{anchor}" if query else self.path + anchor

    def of_file(self, file: DiffFile, place: int) -> str:
        old = {"old": file.old_path} if file.old_path != file.path else {}
        return self.of(file=file.path, **old, n=str(place), **self.wish.asked)

    def of_ways(self, *, count: int) -> dict[str, str]:
        """The switches keep each other's state; `next` and `previous` are parts of a long list of files."""
        wish = self.wish
        space = {"w": "1"} if wish.ignores_space else {}
        part = {"files": str(wish.first)} if wish.first > 1 else {}
        one = {"file": wish.file, **({"old": wish.old} if wish.old else {}), "n": str(wish.place)}
        here = one if wish.file else part
        view = {"view": "split"} if wish.split else {}
        ways = {
            "unified": self.of(**here, **space, view="unified"),
            "split": self.of(**here, **space, view="split"),
            "space": self.of(**here, **view),
            "no_space": self.of(**here, **view, w="1"),
            "whole": self.of(f"#f{wish.place}", **wish.asked),
        }
        if wish.first > 1:
            ways["previous"] = self.of("#files", files=str(max(1, wish.first - LISTED_FILES)), **wish.asked)
        if wish.first + LISTED_FILES <= count:
            ways["next"] = self.of("#files", files=str(wish.first + LISTED_FILES), **wish.asked)
        return ways


def query_of(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return parse_qsl(request.META.get("QUERY_STRING", ""), errors="surrogateescape", max_num_fields=50)
    except ValueError:
        return []


def wish_of(request: HttpRequest) -> Wish:
    """From the address; the way of showing lines also from what was chosen before."""
    asked = dict(query_of(request))
    view = asked.get("view") or request.COOKIES.get(COOKIE, "")
    return Wish(
        split=view == "split",
        ignores_space=asked.get("w") == "1",
        file=asked.get("file", ""),
        old=asked.get("old", ""),
        place=number(asked.get("n"), most=MOST_FILES),
        first=number(asked.get("files"), most=MOST_FILES),
    )


def number(text: str | None, *, most: int) -> int:
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return min(max(int(text), 1), most) if text and is_number else 1


def remember_view(request: HttpRequest, response: Response) -> Response:
    """What was chosen by the switch holds for the next difference as well."""
    view = request.GET.get("view")
    if view in ("split", "unified") and request.COOKIES.get(COOKIE) != view:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(COOKIE, view, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response


def lines_alone(request: HttpRequest, diff: DiffShown) -> HttpResponse | None:
    """What a page is asked for when one of its files comes into view; None when the whole page is wanted."""
    if not (diff.alone and wants_part(request)):
        return None
    return render(request, "components/_diff_lines.html", {"file": diff.files[0], "diff": diff})


# ---------------------------------------------------------------- reading
def diff_of(
    request: HttpRequest,
    mirror: Mirror,
    base: str,
    head: str,
    *,
    path: str = "",
    file_link: FileLink | None = None,
) -> DiffShown:
    """The difference as the address asks for it. `path` is the address of its page, by default this one.

    Two runs of git. Raises ForgeError, and Http404 for a file that did not change.
    """
    wish = wish_of(request)
    address = Address(request, wish, path)
    drawing = Drawing(address, file_link)
    if wish.file:
        return one_file(mirror, base, head, drawing)
    return all_files(mirror, base, head, drawing)


class Drawing:
    """Files as they are shown on one page."""

    def __init__(self, address: Address, file_link: FileLink | None) -> None:
        self.address = address
        self.wish = address.wish
        self.file_link = file_link

    def file(self, file: DiffFile, place: int, *, is_counted: bool = True) -> FileShown:
        """Without lines."""
        is_elsewhere = file.old_path != file.path
        return FileShown(
            place=place,
            path=shown(file.path),
            old_path=shown(file.old_path) if is_elsewhere else "",
            label=label(file),
            mode=mode(file),
            additions=file.additions,
            deletions=file.deletions,
            is_counted=is_counted,
            url=self.address.of_file(file, place),
            file_url=self.file_link(file) if self.file_link else "",
            note=note(file, ignores_space=self.wish.ignores_space) if is_counted else "",
        )

    def with_lines(self, file: DiffFile, made: FileShown) -> FileShown:
        hunks = hunks_of(file, split=self.wish.split)
        left_out = f"Only the first {FILE_LINES:,} lines are shown." if file.too_large else ""
        return replace(made, hunks=hunks, left_out=left_out, folded="", note=made.note if not hunks else "")


def one_file(mirror: Mirror, base: str, head: str, drawing: Drawing) -> DiffShown:
    wish = drawing.wish
    file = reading.diff_file(
        mirror,
        base,
        head,
        wish.file,
        old_path=wish.old,
        whitespace=wish.whitespace,
        max_lines=FILE_LINES,
    )
    if file is None:
        raise Http404("Nothing changed at this path.")
    made = drawing.with_lines(file, drawing.file(file, wish.place))
    ways = drawing.address.of_ways(count=1)
    return DiffShown(wish, (made,), 1, file.additions, file.deletions, True, 0, ways, alone=True)


def all_files(mirror: Mirror, base: str, head: str, drawing: Drawing) -> DiffShown:
    """The listed part of the files, and the lines of the first ones."""
    wish = drawing.wish
    until = wish.first + LISTED_FILES - 1
    stat = reading.diff_stat(mirror, base, head, whitespace=wish.whitespace, max_files=until)
    if wish.first > max(stat.file_count, 1):
        raise Http404("There are not so many files.")
    made = {
        at: folded(drawing.file(file, at + 1, is_counted=stat.is_counted))
        for at, file in enumerate(stat.files[wish.first - 1 :], wish.first - 1)
    }
    places = inline(stat, made)
    read = reading.with_lines(mirror, base, head, stat, places, whitespace=wish.whitespace)
    for at in places:
        made[at] = drawing.with_lines(read.files[at], made[at])
    moved = sum(file.is_moved for file in stat.files)
    ways = drawing.address.of_ways(count=stat.file_count)
    counts = stat.file_count, stat.additions, stat.deletions, stat.is_counted
    return DiffShown(wish, tuple(made.values()), *counts, moved, ways)


def folded(file: FileShown) -> FileShown:
    """What nobody wants to scroll past waits until it is asked for."""
    if file.note or not file.is_counted:
        return file
    reason = seldom_read(file.path) or ("A large change" if file.changed > FOLDED_LINES else "")
    return replace(file, folded=reason)


def inline(stat: Diff, made: Mapping[int, FileShown]) -> list[int]:
    """The places of the files whose lines a page brings along: the first ones, as far as they are short."""
    places: list[int] = []
    lines = read = 0
    for at, file in enumerate(stat.files if stat.is_counted else ()):
        read += file.additions + file.deletions
        if read > READ_LINES:
            break
        one = made.get(at)
        if one is None or one.note or one.folded:
            continue
        lines += one.changed
        if lines > INLINE_LINES:
            break
        places.append(at)
    return places


# ---------------------------------------------------------------- words
def label(file: DiffFile) -> str:
    if file.status == "renamed":
        is_same_name = file.path.rpartition("/")[2] == file.old_path.rpartition("/")[2]
        return "moved" if is_same_name else "renamed"
    return "" if file.status == "modified" else file.status


def mode(file: DiffFile) -> str:
    """What became of the rights of a file that was there before and is now."""
    is_there = "000000" not in (file.old_mode, file.new_mode)
    return f"{file.old_mode} → {file.new_mode}" if is_there and file.old_mode != file.new_mode else ""


def note(file: DiffFile, *, ignores_space: bool) -> str:
    """Why there are no lines to show; "" when there are."""
    if file.binary:
        return "A binary file: there are no lines to show."
    if file.additions + file.deletions:
        return ""
    if file.is_moved:
        return "Nothing in this file changed but its place."
    if file.status == "copied" and file.similarity == 100:
        return "A copy in which nothing changed."
    if file.status in ("added", "deleted"):
        return "An empty file."
    if ignores_space and file.old_mode == file.new_mode:
        return "Nothing but space changed."
    return "No line changed, only the rights of the file." if mode(file) else "No line changed."
