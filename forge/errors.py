"""Everything that can go wrong with a repository, as codes with a plain sentence and a cure.

The catalogue is closed: `ForgeError("no_such_code")` fails at once, and docs list the same table. A sentence
may name a path, a branch or a host; it never holds a credential, because a URL with one is refused unread.
"""

from datetime import datetime

ERRORS: dict[str, tuple[str, str]] = {
    # What was typed in.
    "url_invalid": (
        "This is not an address of a git repository: {why}.",
        "Give it as https://host/path, ssh://user@host/path, user@host:path or the full path of a folder.",
    ),
    "credentials_in_url": (
        "The address contains a user name or a password.",
        "Take everything up to the @ out of the address. The portal keeps no credentials in addresses.",
    ),
    "scheme_forbidden": (
        "Addresses that begin with {scheme} are not read here.",
        "Use one of: {allowed}. An operator changes that with GIT_PROTOCOLS.",
    ),
    "port_forbidden": (
        "Port {port} belongs to another service or is not registered for this host.",
        "Leave the port out, or ask an operator to register the host together with its port.",
    ),
    "path_forbidden": (
        "The folder {path} lies outside the folders that may be read.",
        "Ask an operator to add it to SOURCE_FOLDERS, or choose a folder below one of them.",
    ),
    "path_missing": (
        "There is no folder {path}.",
        "Check the spelling, and that this machine can see the folder.",
    ),
    "path_without_repositories": (
        "No git repository was found below {path}.",
        "Choose a folder that holds repositories, bare or with a work tree, or give the address of one.",
    ),
    "path_unreadable": (
        "The folder {path} cannot be read.",
        "Give the account that runs the portal the right to read it.",
    ),
    "list_without_urls": (
        "The list names no repository that can be read.",
        "Write one address a line. Lines that begin with # are comments.",
    ),
    "list_too_long": (
        "The list has more than {limit} lines or is larger than {size} MB.",
        "Split it into several lists.",
    ),
    "kind_unknown": ("There is no kind of source called {kind}.", "Use one of: {allowed}."),
    "pattern_invalid": (
        "This cannot be looked for: {why}.",
        "Put a backslash before a bracket or a sign that is meant as it stands, or search for plain text.",
    ),
    "filter_invalid": (
        "These paths cannot be looked in: {why}.",
        "Give them like *.py, src/ or !*.min.js, with a space between two of them.",
    ),
    # Where it lives.
    "host_not_registered": (
        "{host} is not a registered code host.",
        "Ask an operator to register the host, then try again.",
    ),
    "host_unknown": (
        "The name {host} could not be resolved.",
        "Check the spelling of the host, and that this machine's name server knows it.",
    ),
    "address_forbidden": (
        "{host} leads to an address that is never contacted: this machine, link-local, metadata or multicast.",
        "Register the host under the address that it has in the company's network.",
    ),
    "unreachable": (
        "{host} did not answer.",
        "Check that the host is up and that no firewall is in between. The portal tries again later.",
    ),
    "certificate": (
        "The certificate of {host} could not be verified.",
        "Install the company's certificate authority on this machine, or renew the host's certificate.",
    ),
    "host_key": (
        "The ssh key of {host} is not known or has changed.",
        "Ask an operator to compare the key with the host's and to write it into the file GIT_KNOWN_HOSTS.",
    ),
    "auth_required": (
        "{host} wants to know who is asking, or the repository does not exist.",
        "Make the repository readable for the portal, or check the address.",
    ),
    "redirected": (
        "{host} sends us on to another address, which is not followed.",
        "Use the address that the host itself shows for cloning.",
    ),
    # What a code host's API answers.
    "token_refused": (
        "{host} refuses the token.",
        "Make a new token that may read repositories, and enter it at the code host. It may have expired.",
    ),
    "rate_limited": (
        "{host} asks us to wait until {until}.",
        "Nothing to do: the portal goes on by itself after that. A token of its own raises most limits.",
    ),
    "not_a_code_host": (
        "What answers at {host} is not the API of such a code host.",
        "Check the address and the kind of the host. A sign-in page or a proxy answers like this, too.",
    ),
    "group_missing": (
        "{host} shows no organisation, group or user called {path}.",
        "Check the spelling. One that is private needs a token that may see it.",
    ),
    "answer_invalid": (
        "The host describes something in a way that cannot be read: {what}.",
        "The rest was taken. Report it to whoever runs the host, or ask an operator to look at the log.",
    ),
    "credential_unreadable": (
        "A secret that is stored here cannot be read with the present keys.",
        "Put the key that it was stored with back, behind the newest one, into CREDENTIALS_KEY; "
        "or enter the secret again at the source.",
    ),
    # What a webhook brings.
    "webhook_refused": (
        "The webhook is not signed with the secret of a code host that is known here, or its repository is not "
        "listed.",
        "Enter the same secret at the code host and in the portal. A source that is paused hears nothing.",
    ),
    "webhook_invalid": (
        "The webhook cannot be read: {why}.",
        "Send JSON as the code host makes it, in its newest format.",
    ),
    "webhook_too_large": (
        "The webhook is compressed or larger than {limit} MB.",
        "Send only the events that the portal's documentation names. An operator raises WEBHOOK_BODY_LIMIT.",
    ),
    "webhook_too_many": (
        "This code host sent more than {limit} webhooks within a minute.",
        "Nothing to do: what they told of is looked at by the schedule. An operator raises WEBHOOKS_PER_MINUTE.",
    ),
    # What is there.
    "not_a_repository": (
        "What answers at this address is not a git repository.",
        "Use the address that the host shows for cloning. A sign-in page answers like this, too.",
    ),
    "gone": (
        "There is no repository at this address.",
        "If it moved, change its address. If it was removed, archive the listing.",
    ),
    "not_owned": (
        "Git refuses to read the folder because another account owns it.",
        "Give the folder to the account that runs the portal, or serve it over https or ssh.",
    ),
    "borrowed_objects": (
        "The repository borrows its objects from a folder that may not be read.",
        "Run `git repack -a -d` in it and delete objects/info/alternates, or allow that folder, too.",
    ),
    "shallow": (
        "The source holds only the end of its history.",
        "Run `git fetch --unshallow` at the source, or use the complete repository.",
    ),
    "corrupt": (
        "The repository is damaged at its source: {why}.",
        "Run `git fsck` at the source and restore what it names from a good clone.",
    ),
    "dangling": (
        "A branch or tag at the source names the object {id}, which is not there or is no commit.",
        "Delete that branch or tag at the source, or push it again.",
    ),
    "fsck": (
        "Git refuses an object of this repository: check {check}.",
        "Run `git fsck` at the source. An object that fails this check has to be written anew.",
    ),
    "object_format": (
        "The repository uses SHA-256 object names, which are not supported.",
        "Offer it with SHA-1 object names.",
    ),
    "format_unknown": (
        "The repository is stored in a form that git does not read here: {why}.",
        "Serve it over https or ssh, or ask an operator to update git on the portal's machine.",
    ),
    "emptied": (
        "The source shows no branches any more. The last good copy stays readable.",
        "If it was emptied on purpose, confirm the loss. If not, restore the source.",
    ),
    "branches_vanished": (
        "{lost} of {total} branches are gone at the source. The last good copy stays readable.",
        "If that was on purpose, confirm the loss. If not, restore the branches at the source.",
    ),
    "head_invalid": (
        "The source calls {branch} its default branch, which cannot be the name of one.",
        "Run `git symbolic-ref HEAD refs/heads/main` at the source, or do not trust that host.",
    ),
    "moving": (
        "The repository changed while it was read.",
        "Nothing to do: the next sync reads it again.",
    ),
    "branch_unknown": (
        "There is no branch {branch} in that repository.",
        "Check the spelling, and push the branch before you name it here.",
    ),
    "branch_invalid": ("{branch} cannot be the name of a branch.", "Use the name that `git branch` shows."),
    "branch_is_default": (
        "{branch} is the default branch, so there is nothing to compare it with.",
        "Put the commits on a branch of their own and name that branch.",
    ),
    "object_missing": (
        "The mirror does not hold the object {id}.",
        "Sync the project. If it stays missing, the history was rewritten at the source.",
    ),
    "revision_missing": (
        "No branch or tag is called {name}, and none leads to a commit of that id.",
        "Choose one from the list of branches and tags. A commit that was pushed away is shown no more.",
    ),
    "id_invalid": ("{id} is not a full object id.", "Resolve names first and pass 40 hexadecimal digits."),
    "unrelated": (
        "The two histories have no commit in common.",
        "Base the branch on the project's default branch.",
    ),
    # What we can bear.
    "timed_out": (
        "Git did not finish within {seconds} seconds.",
        "Try again later. For a very large repository an operator raises GIT_TIMEOUT.",
    ),
    "too_big": (
        "This is larger than the portal accepts: {what}.",
        "Leave generated and binary files out of the repository, or ask an operator.",
    ),
    "disk_full": ("No space is left on the portal's disk.", "An operator has to make room below VAR."),
    "locked": (
        "Another sync of this project is running.",
        "Wait until it is done. A lock left by a process that died is cleared by itself.",
    ),
    "mirror_missing": ("The project has not been read yet.", "Sync the project first."),
    "git_missing": ("Git is not installed on the portal's machine.", "Install git 2.38 or newer."),
    "git_failed": ("Git gave up: {why}.", "Try again. If it stays, an operator finds details in the log."),
}


class ForgeError(Exception):
    """One entry of the catalogue, filled in.

    `code` is stable (an fsck refusal appends its check: `fsck_hasDotgit`), `message` and `cure` are plain text
    for people. `fingerprint` is the same for equal observations of a quarantined source; else it is empty.
    """

    def __init__(self, code: str, *, fingerprint: str = "", **values: object) -> None:
        message, cure = ERRORS[code]
        self.code = f"fsck_{values['check']}" if code == "fsck" else code
        self.message = message.format_map({key: printable(value) for key, value in values.items()})
        self.cure = cure.format_map({key: printable(value) for key, value in values.items()})
        self.fingerprint = fingerprint
        self.values = values
        super().__init__(self.message)

    @property
    def retry_at(self) -> datetime | None:
        """When the host wants to be asked again; only `rate_limited` says so."""
        value = self.values.get("retry_at")
        return value if isinstance(value, datetime) else None


def printable(value: object, *, limit: int = 200) -> str:
    """Text of strangers without control or bidirectional characters, cut to a length that fits a sentence."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"
