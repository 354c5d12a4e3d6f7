"""Making long histories quick to read, beside the syncs that brought them."""

from __future__ import annotations

import logging

from catalog.models import Project
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.upkeep import PATHS_AT_ONCE

log = logging.getLogger(__name__)


def index(project: Project) -> None:
    """Step by step, so that a sync waits a second at most. One that runs ends this: it asks for it again.

    A mirror without it is read as well, only more slowly, so that a failure is nobody's error.
    """
    mirror = Mirror(mirror_path(project.pk))
    try:
        for _ in range(project.commit_count // PATHS_AT_ONCE + 1):
            with mirror.lock():
                mirror.folder()
                mirror.index_history()
    except ForgeError as error:
        log.info("The history of %s was not written down to its end: %s", project.slug, error)
