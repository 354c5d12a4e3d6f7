"""What a remote shows of itself, before anything is fetched from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from forge import environment, names
from forge.errors import ForgeError
from forge.limits import Limits
from forge.types import Credential, Remote, RemoteRefs
from forge.urls import allowed_folders, check_reachable, is_below

MAX_REFS = 200_000
# A list of refs needs little: a server that never stops talking is cut off soon.
LIMITS = Limits(seconds=120, output=64 * 2**20, memory=2**30)
NULL_ID = "0" * 40
MAX_BORROWERS = 20


@dataclass(frozen=True, slots=True)
class Source:
    """A remote whose address or folder was checked a moment ago. `url` is what git is given."""

    remote: Remote
    addresses: tuple[str, ...]
    url: str
    credential: Credential | None = field(default=None, repr=False)


def open_source(
    remote: Remote,
    *,
    hosts: Iterable[str] = (),
    folders: Iterable[Path] = (),
    credentials: Iterable[Credential] = (),
) -> Source:
    """Check right before use where the remote leads. Raises ForgeError, see `forge.urls` and `git_folder`.

    Of the `credentials` the one that belongs to the remote's own host is used, if there is one.
    """
    if remote.is_local:
        return Source(remote, (), str(git_folder(Path(remote.path), folders=folders)))
    addresses = check_reachable(remote, hosts=hosts)
    url = remote.url
    if remote.scheme == "git":
        # Git cannot be told to connect elsewhere for this protocol, so the checked address takes the name's place.
        address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        url = f"git://{address}:{remote.real_port}{remote.path}"
    return Source(remote, addresses, url, next((each for each in credentials if each.is_for(remote)), None))


def list_refs(source: Source) -> RemoteRefs:
    """Branches, tags and the default branch of a remote, by one ls-remote.

    Raises ForgeError: gone, unreachable, auth_required, not_a_repository, too_big, object_format …
    """
    done = environment.run(
        ["ls-remote", "--symref", "--", source.url],
        remote=source.remote,
        addresses=source.addresses,
        credential=source.credential,
        limits=LIMITS,
    )
    if source.remote.scheme in ("http", "https") and not done.is_smart:
        # A sign-in page answers 200 as well, and git takes it for an empty repository of the old protocol.
        raise ForgeError("not_a_repository")
    return parse_refs(done.stdout)


def parse_refs(output: bytes) -> RemoteRefs:
    default: str | None = None
    refs: dict[str, str] = {}
    left_out = 0
    for line in output.decode("utf-8", "surrogateescape").split("\n"):
        id, _, name = line.partition("\t")
        if name == "HEAD" and id.startswith("ref: refs/heads/"):
            default = id.removeprefix("ref: refs/heads/")
        if not name.startswith(("refs/heads/", "refs/tags/")) or name.endswith("^{}"):
            continue
        if len(id) == 64:
            raise ForgeError("object_format")
        if not names.FULL_ID.match(id) or id == NULL_ID or not names.is_ref(name):
            left_out += 1
            continue
        refs[name] = id
        if len(refs) > MAX_REFS:
            raise ForgeError("too_big", what=f"more than {MAX_REFS} branches and tags")
    return RemoteRefs(default if default and names.is_branch(default) else None, refs, left_out)


# ---------------------------------------------------------------- folders
def git_folder(path: Path, *, folders: Iterable[Path]) -> Path:
    """The git directory of a local repository, with or without a work tree.

    A `.git` file, a common directory and borrowed objects may all lead elsewhere: each step must stay inside
    the allowed folders. Raises ForgeError: path_forbidden, not_a_repository, gone, borrowed_objects.
    """
    allowed = allowed_folders(folders)
    path = path.resolve()
    if not is_below(path, allowed):
        raise ForgeError("path_forbidden", path=path)
    if not path.is_dir():
        raise ForgeError("gone")
    found = find_git_folder(path)
    if found is None:
        raise ForgeError("not_a_repository")
    if not is_below(found, allowed):
        raise ForgeError("path_forbidden", path=found)
    refuse_borrowing(found, allowed)
    return found


def find_git_folder(path: Path) -> Path | None:
    """The git directory that belongs to a folder, None when it is no repository. Follows a `.git` file once."""
    inner = path / ".git"
    for candidate in (pointed_to(inner, base=path) if inner.is_file() else inner.resolve(), path):
        if candidate is not None and is_git_folder(candidate):
            return candidate
    return None


def is_git_folder(path: Path) -> bool:
    is_linked = (path / "commondir").is_file()
    return (path / "HEAD").is_file() and (is_linked or ((path / "objects").is_dir() and (path / "refs").is_dir()))


def pointed_to(file: Path, *, base: Path, prefix: str = "gitdir:") -> Path | None:
    try:
        text = file.read_text("utf-8", "surrogateescape")[:4096].strip()
    except OSError:
        return None
    if not text.startswith(prefix) or "\0" in text:
        return None
    return (base / text.removeprefix(prefix).strip()).resolve()


def refuse_borrowing(folder: Path, allowed: tuple[Path, ...]) -> None:
    common = pointed_to(folder / "commondir", base=folder, prefix="") or folder
    stores = [(common / "objects")]
    for count, store in enumerate(stores):
        if count > MAX_BORROWERS or not is_below(store.resolve(), allowed):
            raise ForgeError("borrowed_objects")
        try:
            lines = (store / "info" / "alternates").read_text("utf-8", "surrogateescape").splitlines()
        except OSError:
            continue
        stores += [store / line for line in lines if line and not line.startswith("#")]
