"""A bare mirror of one repository: created, brought up to date and removed; every write needs its lock.

A remote is never cloned: `clone` writes what the other side calls its HEAD into a file. What a mirror has not yet
is fetched into refs/incoming, compared, and only then do the branches and tags move, in one transaction.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from git import InvalidGitRepositoryError, NoSuchPathError

from forge import environment, locks, names, upkeep
from forge.closed import ClosedRepo
from forge.errors import ForgeError
from forge.leftovers import sweep
from forge.limits import Limits
from forge.losses import branches_of, left_out, lost_branches, refuse_loss, without
from forge.quarantine import Quarantine, delete, quarantine
from forge.remotes import Source, list_refs, open_source
from forge.types import Credential, Notice, Progress, Remote, RemoteRefs, UpdateResult

OnProgress = Callable[[Progress], None]
INCOMING = "refs/incoming/"
# Naming each moved ref keeps a sync proportional to change; beyond this many, git matches wildcards faster.
FEW = 500
MAX_DANGLING = 10
MAX_LOST = 100
CHANGE_PACK = 512 * 2**20  # bytes that one fetch of a change may bring
# Git compares objects on two threads while it takes a pack in, as it does by itself; all else has one.
FETCH = [
    *("-c", "pack.threads=2", *environment.LENIENT, "fetch"),
    *("--progress", "--prune", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"),
    *("--no-write-fetch-head", "--no-show-forced-updates", "--atomic", "--refmap=", "--stdin"),
]


def mirror_path(project_id: int) -> Path:
    """MIRRORS/<shard>/<id>.git; a shard holds a thousand mirrors at most."""
    return Path(settings.MIRRORS) / f"{project_id // 1000:03d}" / f"{project_id}.git"


class Mirror:
    """Reads (`forge.reading`) need no lock. A write without the lock is a mistake of the caller: RuntimeError."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._lock: int | None = None
        # The change that was fetched last under this lock, and the packs that came with it.
        self._fresh: tuple[str, list[Path]] = ("", [])

    @property
    def exists(self) -> bool:
        return (self.path / "HEAD").is_file()

    def folder(self) -> Path:
        """The git directory for a read; ForgeError `mirror_missing` before the first sync."""
        if not self.exists:
            raise ForgeError("mirror_missing")
        return self.path

    @contextlib.contextmanager
    def lock(self) -> Iterator["Mirror"]:
        """Be the one that writes, or raise ForgeError `locked` at once. What the dead left is swept first."""
        with locks.held(self.path.with_suffix(".lock")) as (descriptor, is_torn):
            self._lock = descriptor
            try:
                if is_torn:
                    self._sweep()
                yield self
            except BaseException:
                # A fetch that failed leaves half a pack, and on a full disk nothing would begin that sweeps it.
                with contextlib.suppress(OSError):
                    sweep(self.path)
                raise
            finally:
                self._lock = None
                self._fresh = ("", [])

    @contextlib.contextmanager
    def open(self) -> Iterator[ClosedRepo]:
        """GitPython's view of the mirror, for one use in one thread: it is closed afterwards."""
        try:
            repo = ClosedRepo(self.path, search_parent_directories=False)
        except (InvalidGitRepositoryError, NoSuchPathError):
            raise ForgeError("mirror_missing") from None
        try:
            yield repo
        finally:
            repo.close()

    def refs(self) -> dict[str, str]:
        """Branches and tags of the mirror, full ref name to object id; {} when there is no mirror yet."""
        return self._refs("refs/heads", "refs/tags") if self.exists else {}

    def default_branch(self) -> str | None:
        """The default branch that the last sync settled on, None in an empty mirror. Starts no process."""
        try:
            text = (self.path / "HEAD").read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        name = text.strip().removeprefix("ref: refs/heads/")
        return name if names.is_branch(name) and text.startswith("ref: ") else None

    def update(
        self,
        remote: Remote,
        *,
        on_progress: OnProgress | None = None,
        hosts: Iterable[str] = (),
        folders: Iterable[Path] = (),
        credentials: Iterable[Credential] = (),
        accept_loss: bool = False,
        known: str = "",
    ) -> UpdateResult:
        """Bring branches and tags up to date; one ls-remote and nothing else when none of them moved.

        `known` is the digest of an earlier result; pass it only if all of that result was recorded. When the
        source shows the same again, no other process is started.
        `accept_loss` follows the source even when it lost everything or most branches, which is otherwise refused
        (`emptied`, `branches_vanished`) with the last good copy kept. `hosts` and `folders` as in `forge.urls`,
        `credentials` as in `forge.remotes`.
        Needs the lock. Raises ForgeError; the refs are then as they were.
        """
        self._require_lock()
        self._fresh = ("", [])
        source = open_source(remote, hosts=hosts, folders=folders, credentials=credentials)
        theirs = list_refs(source)
        if known and known == theirs.digest and (same := self._unmoved(theirs)):
            return same
        for _ in range(MAX_DANGLING):
            try:
                return self._update(source, theirs, on_progress=on_progress, accept_loss=accept_loss)
            except ForgeError as error:
                if error.code != "dangling":
                    raise
                theirs = without(theirs, str(error.values["id"]), ours=self.refs())
        raise ForgeError("corrupt", why="many branches name objects that are not there")

    def _unmoved(self, theirs: RemoteRefs) -> UpdateResult | None:
        """The result for a source that shows what it showed before; None if the mirror is not as it was left."""
        default, guess = self._choose_default(theirs.default_branch, theirs.refs) if self.exists else (None, ())
        head = theirs.refs.get(f"refs/heads/{default}")
        if head is None or default != self.default_branch() or not self._holds(f"refs/heads/{default}", head):
            return None
        return UpdateResult(theirs.refs, default, head, False, left_out(theirs) + guess, theirs.digest)

    def _holds(self, ref: str, id: str) -> bool:
        """Whether a ref is at this id, read from its file: a mirror may have been put back from an old copy."""
        try:
            return (self.path / ref).read_text("ascii").strip() == id
        except (OSError, UnicodeDecodeError):
            return self._refs(ref).get(ref) == id

    def _update(
        self, source: Source, theirs: RemoteRefs, *, on_progress: OnProgress | None, accept_loss: bool
    ) -> UpdateResult:
        ours = self.refs()
        if not accept_loss:
            self._refuse_loss(source, ours, theirs)
        notices = left_out(theirs)
        is_same = ours == theirs.refs
        if not self.exists:
            ours = self._create(source, theirs, on_progress=on_progress)
        elif not is_same:
            ours = self._follow(source, ours, theirs, on_progress=on_progress)
        default, guess = self._choose_default(theirs.default_branch, ours)
        moved = self._point_head(default)
        head = ours.get(f"refs/heads/{default}") if default else None
        # What arrived may be newer than what was listed before.
        digest = replace(theirs, refs=ours).digest
        return UpdateResult(ours, default, head, moved or not is_same, notices + guess, digest)

    def _refuse_loss(self, source: Source, ours: Mapping[str, str], theirs: RemoteRefs) -> None:
        """Branches that went on under another name are lost to who knows names and ids only: look at history."""
        try:
            refuse_loss(ours, theirs)
        except ForgeError as error:
            new = branches_of(theirs.refs).keys() - ours.keys()
            if error.code != "branches_vanished" or not new:
                raise
            self._fetch_moved(source, new, on_progress=None)
            lost = lost_branches(ours, theirs)[:MAX_LOST]
            refuse_loss(ours, theirs, go_on=[name for name in lost if self._goes_on(ours[name])])

    def _goes_on(self, id: str) -> bool:
        """Whether a branch that was just fetched contains this commit."""
        return bool(self._git("for-each-ref", "--count=1", f"--contains={id}", "refs/incoming/heads").stdout)

    def fetch_change(
        self,
        remote: Remote,
        *,
        branch: str,
        ref: str,
        on_progress: OnProgress | None = None,
        hosts: Iterable[str] = (),
        folders: Iterable[Path] = (),
        credentials: Iterable[Credential] = (),
    ) -> str:
        """Fetch one branch of the project or of a fork into `ref`, returns its commit id.

        `ref` is below refs/changes/ and keeps the commits readable when the branch moves or goes. What is too big
        or has no commit in common with the default branch never comes into the mirror. Needs the lock.
        Raises ForgeError: branch_invalid, branch_unknown, unrelated, too_big, moving, and what a sync raises.
        """
        self._require_lock()
        if not ref.startswith("refs/changes/") or not names.is_ref(ref):
            raise ValueError(ref)
        if not names.is_branch(branch):
            raise ForgeError("branch_invalid", branch=branch)
        source = open_source(remote, hosts=hosts, folders=folders, credentials=credentials)
        id = list_refs(source).refs.get(f"refs/heads/{branch}")
        if id is None:
            raise ForgeError("branch_unknown", branch=branch)
        if self._refs(ref).get(ref) != id:
            with quarantine(self.path.with_suffix(".change"), self.folder()) as place:
                self._fetch_aside(source, branch, id, place=place, on_progress=on_progress)
                self._fresh = (ref, place.release())
            self._move({ref: id})
        return id

    def drop_change(self, ref: str) -> None:
        """Forget a ref that `fetch_change` made; unknown ones are no error. Needs the lock.

        Under the lock of that fetch its objects go as well: nothing else can have come to need them.
        """
        self._require_lock()
        if not ref.startswith("refs/changes/") or not names.is_ref(ref):
            raise ValueError(ref)
        self._move({ref: None})
        fresh, packs = self._fresh
        if fresh == ref:
            delete(packs)
            self._fresh = ("", [])

    def index_history(self) -> None:
        """One step of what makes reading long histories fast, see `forge.upkeep`. Needs the lock."""
        upkeep.index_history(self.path, hold=[self._require_lock()])

    def remove(self) -> None:
        """Delete the mirror from the disk. Needs the lock."""
        self._require_lock()
        doomed = self.path.with_suffix(".removed")
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)

    # ------------------------------------------------------------ the steps of a write
    def _require_lock(self) -> int:
        if self._lock is None:
            raise RuntimeError(f"a write to {self.path} needs its lock")
        return self._lock

    def _git(self, *args: str, stdin: bytes = b"", ok: Sequence[int] = (0,)) -> environment.Done:
        return environment.run(args, git_dir=self.path, stdin=stdin, ok=ok, hold=[self._require_lock()])

    def _create(self, source: Source, theirs: RemoteRefs, *, on_progress: OnProgress | None) -> dict[str, str]:
        """The first fetch goes into a repository beside the mirror's place, renamed once it is whole.

        Nobody reads that yet, so branches and tags are fetched to where they stay: each ref is a file, and to
        write and delete it once more under refs/incoming took a quarter of the time of a first sync.
        """
        draft = Mirror(self.path.with_suffix(".draft"))
        draft._lock = self._require_lock()
        shutil.rmtree(draft.path, ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)
        init = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", str(draft.path)]
        environment.run(init, hold=[draft._lock])
        # A wildcard would bring what was left out, too, and git puts no object but a commit where branches stay.
        ours = draft._fetch_moved(
            source, theirs.refs.keys(), into="refs/", by_name=bool(theirs.left_out), on_progress=on_progress
        )
        if unasked := ours.keys() - theirs.refs.keys():
            draft._move(dict.fromkeys(unasked))
        default, _ = draft._choose_default(theirs.default_branch, ours)
        draft._point_head(default)
        upkeep.tidy(draft.path, many_refs=len(ours) > FEW, hold=[draft._lock])
        draft.path.rename(self.path)
        return {name: ours[name] for name in theirs.refs}

    def _sweep(self) -> None:
        """Remove what a killed git left: its lock files would make every later fetch fail."""
        sweep(self.path)
        if self.exists and any((self.path / "refs" / "incoming").rglob("*")):
            self._move(dict.fromkeys(self._refs("refs/incoming"), None))

    def _follow(
        self, source: Source, ours: Mapping[str, str], theirs: RemoteRefs, *, on_progress: OnProgress | None
    ) -> dict[str, str]:
        """Fetch what changed, then move and drop refs. Returns the mirror's branches and tags afterwards."""
        changed = {name for name, id in theirs.refs.items() if ours.get(name) != id}
        incoming = self._fetch_moved(source, changed, on_progress=on_progress)
        moves: dict[str, str | None] = {name: incoming[name] for name in changed}
        gone = ours.keys() - theirs.refs.keys()
        # Git refuses refs/heads/a and refs/heads/a/b in one transaction, even when one of them goes.
        early = names.clashing(gone, changed)
        if early:
            self._move(dict.fromkeys(early))
        self._move(moves | dict.fromkeys(gone - early) | {f"{INCOMING}{name[5:]}": None for name in incoming})
        upkeep.tidy(self.path, many_refs=len(changed) > FEW, hold=[self._require_lock()])
        return {name: id for name, id in {**ours, **moves}.items() if id is not None and name not in gone}

    def _fetch_moved(
        self,
        source: Source,
        moved: Set[str],
        *,
        into: str = INCOMING,
        by_name: bool = False,
        on_progress: OnProgress | None,
    ) -> Mapping[str, str]:
        """Fetch them below `into`. Answers what lies there, by the names that it will have.

        Success is judged by refs: a shallow source gives none of them and no error.
        """
        if not moved:
            return {}
        few = [f"+{name}:{into}{name[5:]}" for name in sorted(moved)]
        all = [f"+refs/{kind}/*:{into}{kind}/*" for kind in ("heads", "tags")]
        done = self._fetch(source, few if by_name or len(few) <= FEW else all, on_progress=on_progress)
        arrived = {f"refs/{name[len(into) :]}": id for name, id in self._refs(into.rstrip("/")).items()}
        if not moved <= arrived.keys():
            raise ForgeError("shallow" if "shallow" in done.stderr else "moving")
        return arrived

    def _fetch_aside(
        self, source: Source, branch: str, id: str, *, place: Quarantine, on_progress: OnProgress | None
    ) -> None:
        """Into quarantine, where no ref leads."""
        limits = Limits(seconds=settings.GIT_TIMEOUT, memory=upkeep.HEAVY, file=CHANGE_PACK)
        wanted, extra = [f"refs/heads/{branch}"], place.variables
        try:
            done = self._fetch(source, wanted, on_progress=on_progress, limits=limits, extra=extra)
        except ForgeError:
            # Git says no more than that the pack is broken when it was cut off at the limit.
            if place.is_full(CHANGE_PACK):
                raise ForgeError("too_big", what=f"a branch of more than {CHANGE_PACK // 2**20} MB") from None
            raise
        if "shallow" in done.stderr:
            raise ForgeError("shallow")
        place.check(id)

    def _fetch(
        self,
        source: Source,
        refspecs: Iterable[str],
        *,
        on_progress: OnProgress | None = None,
        limits: Limits | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> environment.Done:
        return environment.run(
            [*FETCH, *environment.at_source(source.remote), "--", source.url],
            git_dir=self.path,
            remote=source.remote,
            addresses=source.addresses,
            credential=source.credential,
            stdin="".join(f"{refspec}\n" for refspec in refspecs).encode(),
            limits=limits or upkeep.heavy(),
            extra=extra,
            on_progress=on_progress,
            hold=[self._require_lock()],
        )

    def _refs(self, *prefixes: str) -> dict[str, str]:
        """The one place where names become ids; from here on only full ids are used."""
        done = environment.run(["for-each-ref", "--format=%(objectname) %(refname)", *prefixes], git_dir=self.path)
        pairs = (line.split(" ", 1) for line in done.stdout.decode("utf-8", "surrogateescape").splitlines())
        return {name: id for id, name in pairs}

    def _move(self, refs: Mapping[str, str | None]) -> None:
        """Set refs (None deletes) in one transaction."""
        lines = ["start\n"]
        lines += [f"update {ref} {id}\n" if id else f"delete {ref}\n" for ref, id in refs.items()]
        lines += ["prepare\n", "commit\n"]
        script = "".join(lines).encode("utf-8", "surrogateescape")
        self._git("update-ref", "--no-deref", "--stdin", stdin=script)

    def _choose_default(self, said: str | None, refs: Mapping[str, str]) -> tuple[str | None, tuple[Notice, ...]]:
        branches = {name.removeprefix("refs/heads/") for name in refs if name.startswith("refs/heads/")}
        if not branches:
            return None, ()
        if said in branches:
            return said, ()
        usual = [name for name in ("main", "master", "trunk", "develop") if name in branches]
        chosen = usual[0] if usual else self._newest_branch()
        return chosen, (
            Notice("default_branch_guessed", f"The source names no default branch; {chosen} is used."),
        )

    def _newest_branch(self) -> str:
        done = self._git("for-each-ref", "--count=1", "--sort=-committerdate", "--format=%(refname)", "refs/heads")
        return done.stdout.decode("utf-8", "surrogateescape").strip().removeprefix("refs/heads/")

    def _point_head(self, branch: str | None) -> bool:
        if branch is None or branch == self.default_branch():
            return False
        self._git("symbolic-ref", "HEAD", f"refs/heads/{branch}")
        return True
