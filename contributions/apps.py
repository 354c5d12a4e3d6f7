from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "contributions"

    def ready(self) -> None:
        from catalog.signals import synced
        from contributions.receivers import follow_after_sync

        synced.connect(follow_after_sync, dispatch_uid="contributions.follow_after_sync")
