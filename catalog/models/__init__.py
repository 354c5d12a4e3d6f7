"""What exists: code hosts, projects, what a sync read of them, and how listings are curated."""

from catalog.models.at_host import FormerSlug, HostItem
from catalog.models.code_host import ApiAnswer, CodeHost
from catalog.models.curation import ListingChange
from catalog.models.facts import (
    ActivityYear,
    Contributor,
    Guide,
    HealthResult,
    LastRead,
    Package,
    ProjectLanguage,
    Tag,
)
from catalog.models.health import HealthScore, Waiver
from catalog.models.project import Project, Topic, TrustedCommitter
from catalog.models.remote_host import RemoteHost
from catalog.models.rendering import Rendering
from catalog.models.secret import Secret
from catalog.models.sync_run import SyncRun

__all__ = [
    "ActivityYear",
    "ApiAnswer",
    "CodeHost",
    "Contributor",
    "FormerSlug",
    "Guide",
    "HealthResult",
    "HealthScore",
    "HostItem",
    "LastRead",
    "ListingChange",
    "Package",
    "Project",
    "ProjectLanguage",
    "RemoteHost",
    "Rendering",
    "Secret",
    "SyncRun",
    "Tag",
    "Topic",
    "TrustedCommitter",
    "Waiver",
]
