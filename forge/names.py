"""Names of refs and ids of objects: what git accepts, checked before git sees it."""

import re
from collections.abc import Collection

from forge.errors import ForgeError

FULL_ID = re.compile(r"[0-9a-f]{40}\Z")
# git-check-ref-format(1): no control characters, space, ~ ^ : ? * [ \ , no "..", "@{", "//", no edges of . or /.
BAD_IN_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|\Z)|\./|[./]\Z")


def is_ref(name: str) -> bool:
    """Whether git accepts the full name and it can be stored: valid UTF-8, below refs/, at most 400 bytes."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    return size <= 400 and name.startswith("refs/") and not BAD_IN_REF.search(name)


def is_branch(name: str) -> bool:
    return bool(name) and name[0] not in "/." and is_ref(f"refs/heads/{name}")


def full_id(text: str) -> str:
    """The same text when it is a full object id; ForgeError `id_invalid` when it is a name or a part."""
    if not FULL_ID.match(text):
        raise ForgeError("id_invalid", id=text)
    return text


def folders_of(name: str) -> set[str]:
    parts = name.split("/")
    return {"/".join(parts[:end]) for end in range(1, len(parts))}


def clashing(names: Collection[str], others: Collection[str]) -> set[str]:
    """Those of `names` that are a folder of one of the others, or the other way round."""
    taken = set(others)
    folders = set().union(*map(folders_of, taken))
    return {name for name in names if name in folders or folders_of(name) & taken}
