from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import signals
        from people.documents import People
        from search import registry

        registry.register(People())
        signals.connect()
