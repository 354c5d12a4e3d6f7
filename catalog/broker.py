"""Hints to the workers. The database knows what is to be done; the broker only says that now is a good time."""

from __future__ import annotations

import logging
from reprlib import repr as short

from celery import signature
from django.conf import settings
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def hint(
    task: str,
    *arguments: int | str | list[int],
    queue: str = settings.CELERY_TASK_DEFAULT_QUEUE,
    delay: float = 0.0,
) -> bool:
    """Whether the broker took it, to be followed after `delay` seconds.

    One that cannot be reached is nobody's error: the next beat finds what is due, and who hands on a list says
    what became of it. A task goes by its name, because it imports what is above its callers.
    """
    try:
        signature(task, args=arguments).apply_async(queue=queue, countdown=delay)
    except (OperationalError, OSError) as error:
        log.warning("The broker cannot be reached; %s %s was not handed on: %s", task, short(arguments), error)
        return False
    return True
