"""The engine in use."""

import warnings
from functools import lru_cache
from pathlib import Path

from django.conf import settings

with warnings.catch_warnings():
    # Whoosh's source has escapes and comparisons that Python complains of when it compiles them the first time.
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3
    import whoosh.index  # noqa: F401

from search.engines.base import Engine
from search.engines.whoosh import Whoosh


def engine() -> Engine:
    """One object per process and folder; it may be called from any thread."""
    return _whoosh(Path(settings.INDEX))


@lru_cache(maxsize=1)
def _whoosh(folder: Path) -> Whoosh:
    return Whoosh(folder)
