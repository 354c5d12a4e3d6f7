"""What workers do for the search."""

from celery import shared_task

from search import following


@shared_task(ignore_result=True, expires=600)
def catch_up() -> None:
    """Index what is pending; hinted after each change, and on the schedule."""
    following.catch_up()


@shared_task(ignore_result=True)
def rebuild() -> None:
    """Index everything afresh."""
    following.rebuild()
