"""Settings, URLs, Celery, schedule and the home page; it may import every app below it."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
