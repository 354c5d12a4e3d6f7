"""Doors for the worker: each loads, calls, returns. Truth is in the database, so every one may come twice."""

from __future__ import annotations

from celery import shared_task

from api import deliveries


@shared_task(expires=3600)
def heed(project: int) -> None:
    deliveries.heed(project)


@shared_task(expires=30)
def heed_due() -> None:
    deliveries.heed_due()


@shared_task
def forget_old_deliveries() -> None:
    deliveries.forget_old()
