"""Kinds of sources in words for the operators who add them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`example` is an address, `token` says which rights one needs, `webhook` where one sets it up at the host."""

    icon: str
    name: str
    what: str
    example: str
    address: str
    token: str = ""
    webhook: str = ""


KINDS: dict[str, Kind] = {
    "directory": Kind(
        "folder",
        "Folder",
        "Every git repository below a folder of the server. New ones come in by themselves.",
        "/srv/git",
        "The full path of a folder below SOURCE_FOLDERS, as the server sees it.",
    ),
    "url": Kind(
        "branch",
        "One repository",
        "A single repository by its git address.",
        "https://git.example.com/team/app.git",
        "As one would give it to git clone, over https or ssh.",
    ),
    "list": Kind(
        "file",
        "List of addresses",
        "A text file on the server with one git address a line.",
        "/srv/git/repositories.txt",
        "The full path of the file below SOURCE_FOLDERS. Lines that begin with # are comments.",
    ),
    "github": Kind(
        "code",
        "GitHub",
        "An organisation or a user of github.com, or of an Enterprise Server of your own.",
        "https://github.com/your-organisation",
        "https://github.com/ORGANISATION, or the same of your Enterprise Server.",
        "A fine-grained token with read access to metadata, contents, issues and pull requests; or a classic one "
        "with the scope repo.",
        "Settings of the organisation, Webhooks, Add webhook. Content type application/json; events: pushes, "
        "repositories, pull requests, issues.",
    ),
    "gitlab": Kind(
        "code",
        "GitLab",
        "A group with all groups inside it, or a user, of gitlab.com or of a GitLab of your own.",
        "https://gitlab.example.com/group",
        "The address of the group; of the host alone for everything that the token can see.",
        "A group access token with the role Reporter and the scopes read_api and read_repository.",
        "Settings of the group, Webhooks, Add new webhook. Secret token: the secret from here; triggers: push, "
        "tag push, issues, merge requests, project events.",
    ),
    "gitea": Kind(
        "code",
        "Gitea or Forgejo",
        "An organisation or a user, or all of a Gitea or a Forgejo.",
        "https://git.example.com/organisation",
        "The address of the organisation or user; of the host alone for everything that the token can see.",
        "A token that may read repositories, issues, organisations and its user.",
        "Settings of the organisation, Webhooks, Add webhook, Gitea. Content type application/json; events: all, "
        "or push, repository, pull requests and issues.",
    ),
}


def kind_of(key: str) -> Kind:
    return KINDS.get(key) or Kind("folder", key, "", "", "")


def webhook_path(public_id: object) -> str:
    """Where a code host sends its webhooks; the last part says which source it is."""
    return f"/api/webhooks/{public_id}/"
