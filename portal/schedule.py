"""What happens by itself, in one table. Celery beat reads it through portal.celery.

Truth is in the database: each task asks there what is due, so a lost message costs one beat at most.
"""

from celery.schedules import crontab, schedule

SCHEDULE = {
    "wake workers for the syncs that are due": {"task": "catalog.tasks.wake", "schedule": schedule(5)},
    "look for new repositories": {"task": "catalog.tasks.discover_due", "schedule": schedule(60)},
    "look at branches that no sync announces": {
        "task": "contributions.tasks.catch_up",
        "schedule": schedule(60),
    },
    "index what is still waiting for the index": {"task": "search.tasks.catch_up", "schedule": schedule(60)},
    "ask about what code hosts told of": {"task": "api.tasks.heed_due", "schedule": schedule(30)},
    "show that beat is alive": {"task": "portal.tasks.beat_seen", "schedule": schedule(30)},
    "forget old runs of syncs": {
        "task": "catalog.tasks.forget_old_runs",
        "schedule": crontab(hour="3", minute="37"),
    },
    "forget renderings that nobody looks at": {
        "task": "catalog.tasks.forget_unused_renderings",
        "schedule": crontab(hour="3", minute="57"),
    },
    "forget old webhooks": {
        "task": "api.tasks.forget_old_deliveries",
        "schedule": crontab(hour="3", minute="47"),
    },
    "clear ended sessions": {
        "task": "portal.tasks.clear_sessions",
        "schedule": crontab(hour="3", minute="17"),
    },
}
