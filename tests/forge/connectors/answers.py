"""Answers of GitLab and Gitea about repositories of our own invention, in the form that their APIs specify.

`test_answers.py` has the TypeScript compiler compare every one with the types of a generated client: a field that
the API does not have, or of another type, is an error there.
"""

from copy import deepcopy
from typing import Any

Json = dict[str, Any]

# ---------------------------------------------------------------- GitLab
GITLAB_USER: Json = {
    "id": 7,
    "username": "portal-bot",
    "name": "Portal",
    "state": "active",
    "avatar_url": None,
    "web_url": "https://gitlab.corp.example/portal-bot",
}
GITLAB_AUTHOR: Json = GITLAB_USER | {"id": 8, "username": "mila"}
GITLAB_PROJECT: Json = {
    "id": 4711,
    "name": "Ledger",
    "name_with_namespace": "Payments / Core / Ledger",
    "path": "ledger",
    "path_with_namespace": "payments/core/ledger",
    "description": "Books every cent\ntwice",
    "default_branch": "main",
    "topics": ["inner-source", "java"],
    "ssh_url_to_repo": "git@gitlab.corp.example:payments/core/ledger.git",
    "http_url_to_repo": "https://gitlab.corp.example/payments/core/ledger.git",
    "web_url": "https://gitlab.corp.example/payments/core/ledger",
    "visibility": "internal",
    "archived": False,
    "star_count": 12,
    "forks_count": 3,
    "open_issues_count": 5,
    "created_at": "2024-02-03T10:00:00.000Z",
    "last_activity_at": "2026-10-30T09:08:07.000+02:00",
    "marked_for_deletion_on": None,
}
GITLAB_ISSUE: Json = {
    "id": 900,
    "iid": 23,
    "project_id": 4711,
    "title": "Say which account is out of balance",
    "description": "The message names none.",
    "state": "opened",
    "labels": ["good first issue", "backend"],
    "author": GITLAB_AUTHOR,
    "user_notes_count": 2,
    "confidential": False,
    "type": "ISSUE",
    "created_at": "2026-09-01T08:00:00.000Z",
    "updated_at": "2026-10-01T08:00:00.000Z",
    "web_url": "https://gitlab.corp.example/payments/core/ledger/-/issues/23",
}
GITLAB_CHANGE: Json = {
    "id": 901,
    "iid": 40,
    "project_id": 4711,
    "title": "Draft: name the account",
    "description": None,
    "state": "opened",
    "labels": ["help wanted"],
    "author": GITLAB_AUTHOR,
    "user_notes_count": 0,
    "draft": True,
    "source_branch": "name-it",
    "target_branch": "main",
    "created_at": "2026-10-02T08:00:00.000Z",
    "updated_at": "2026-10-03T08:00:00.000Z",
    "web_url": "https://gitlab.corp.example/payments/core/ledger/-/merge_requests/40",
}
GITLAB_TOKEN: Json = {"id": 3, "name": "portal", "scopes": ["read_api"], "active": True, "revoked": False}
GITLAB_METADATA: Json = {"version": "18.4.1-ee", "revision": "c401a659d0c", "enterprise": True}

GITLAB_HOOK_PROJECT: Json = {
    "id": 4711,
    "name": "Ledger",
    "description": "",
    "web_url": "https://gitlab.corp.example/payments/core/ledger",
    "avatar_url": None,
    "git_ssh_url": "git@gitlab.corp.example:payments/core/ledger.git",
    "git_http_url": "https://gitlab.corp.example/payments/core/ledger.git",
    "namespace": "Core",
    "visibility_level": 10,
    "path_with_namespace": "payments/core/ledger",
    "default_branch": "main",
    "homepage": "https://gitlab.corp.example/payments/core/ledger",
    "url": "git@gitlab.corp.example:payments/core/ledger.git",
    "ssh_url": "git@gitlab.corp.example:payments/core/ledger.git",
    "http_url": "https://gitlab.corp.example/payments/core/ledger.git",
}
GITLAB_PUSH: Json = {
    "object_kind": "push",
    "event_name": "push",
    "before": "a" * 40,
    "after": "b" * 40,
    "ref": "refs/heads/main",
    "ref_protected": True,
    "checkout_sha": "b" * 40,
    "user_id": 8,
    "user_name": "Mila",
    "user_username": "mila",
    "project_id": 4711,
    "project": GITLAB_HOOK_PROJECT,
    "commits": [],
    "total_commits_count": 0,
}
GITLAB_TAG: Json = {
    **{key: value for key, value in GITLAB_PUSH.items() if key != "user_username"},
    "object_kind": "tag_push",
    "event_name": "tag_push",
    "ref": "refs/tags/v1.0.0",
}
GITLAB_ISSUE_EVENT: Json = {
    "object_kind": "issue",
    "event_type": "issue",
    "project": GITLAB_HOOK_PROJECT,
    "object_attributes": {"id": 900, "iid": 23, "title": "Say which", "state": "opened", "action": "open"},
}
GITLAB_CHANGE_EVENT: Json = {
    "object_kind": "merge_request",
    "event_type": "merge_request",
    "project": GITLAB_HOOK_PROJECT,
    "object_attributes": {"id": 901, "iid": 40, "title": "Name it", "state": "opened", "action": "update"},
}
# GitLab's page "System hooks" specifies these; groups' webhooks send the first two of them as well.
GITLAB_PROJECT_EVENT: Json = {
    "event_name": "project_rename",
    "created_at": "2026-07-21T07:30:58Z",
    "updated_at": "2026-07-21T07:38:22Z",
    "name": "Ledger",
    "path": "ledger",
    "path_with_namespace": "payments/core/ledger",
    "project_id": 4711,
    "owner_name": "Core",
    "owner_email": "",
    "owners": [],
    "project_namespace_id": 23,
    "project_visibility": "internal",
    "old_path_with_namespace": "payments/core/books",
}

# ---------------------------------------------------------------- Gitea and Forgejo
GITEA_USER: Json = {
    "id": 5,
    "login": "portal-bot",
    "full_name": "",
    "email": "portal-bot@noreply.localhost",
    "html_url": "https://gitea.corp.example/portal-bot",
    "is_admin": False,
}
GITEA_REPOSITORY: Json = {
    "id": 140,
    "owner": GITEA_USER | {"id": 6, "login": "Tools"},
    "name": "Hammer",
    "full_name": "Tools/Hammer",
    "description": "Hits nails",
    "empty": False,
    "private": False,
    "internal": False,
    "fork": False,
    "template": True,
    "mirror": False,
    "archived": False,
    "html_url": "https://gitea.corp.example/Tools/Hammer",
    "ssh_url": "git@gitea.corp.example:Tools/Hammer.git",
    "clone_url": "https://gitea.corp.example/Tools/Hammer.git",
    "stars_count": 4,
    "forks_count": 1,
    "open_issues_count": 2,
    "open_pr_counter": 1,
    "default_branch": "trunk",
    "topics": ["inner-source"],
    "created_at": "2025-01-01T00:00:00Z",
    "updated_at": "2026-11-01T12:00:00+01:00",
    "archived_at": "1970-01-01T00:00:00Z",
}
GITEA_LABEL: Json = {"id": 1, "name": "good first issue", "color": "00aabb", "exclusive": False}
GITEA_ISSUE: Json = {
    "id": 70,
    "number": 9,
    "title": "The handle is loose",
    "body": "It is.",
    "state": "open",
    "user": GITEA_USER | {"login": "mila"},
    "labels": [GITEA_LABEL],
    "comments": 3,
    "html_url": "https://gitea.corp.example/Tools/Hammer/issues/9",
    "created_at": "2026-05-01T00:00:00Z",
    "updated_at": "2026-06-01T00:00:00Z",
    "pull_request": None,
}
GITEA_CHANGE: Json = {
    "id": 71,
    "number": 10,
    "title": "WIP: glue",
    "body": "",
    "state": "open",
    "user": GITEA_USER | {"login": "mila"},
    "labels": [],
    "comments": 0,
    "draft": True,
    "html_url": "https://gitea.corp.example/Tools/Hammer/pulls/10",
    "base": {"label": "trunk", "ref": "trunk", "sha": "a" * 40, "repo_id": 140},
    "head": {"label": "glue", "ref": "glue", "sha": "b" * 40, "repo_id": 140},
    "created_at": "2026-07-01T00:00:00Z",
    "updated_at": "2026-07-02T00:00:00Z",
}
GITEA_VERSION: Json = {"version": "1.24.2"}

# Which type of which client an answer has.
TYPES: dict[str, list[tuple[str, Json]]] = {
    "@gitbeaker/core": [
        ("ProjectSchema", GITLAB_PROJECT),
        ("IssueSchema", GITLAB_ISSUE),
        ("MergeRequestSchema", GITLAB_CHANGE),
        ("ExpandedUserSchema", GITLAB_USER),
        ("PersonalAccessTokenSchema", GITLAB_TOKEN),
        ("MetadataSchema", GITLAB_METADATA),
        ("WebhookPushEventSchema", GITLAB_PUSH),
        ("WebhookTagEventSchema", GITLAB_TAG),
        ("WebhookIssueEventSchema", GITLAB_ISSUE_EVENT),
        ("WebhookMergeRequestEventSchema", GITLAB_CHANGE_EVENT),
    ],
    "gitea-js": [
        ("Repository", GITEA_REPOSITORY),
        ("Issue", GITEA_ISSUE),
        ("PullRequest", GITEA_CHANGE),
        ("User", GITEA_USER),
        ("ServerVersion", GITEA_VERSION),
    ],
}


def variant(answer: Json, **changes: object) -> Json:
    """Another one of the same kind."""
    return deepcopy(answer) | changes
