from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal.celery import app

        # Every process knows every task, so that one that is asked for by its name keeps its options.
        app.autodiscover_tasks(force=True)
