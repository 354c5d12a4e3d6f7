from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from catalog.actions.credit import follow_identity, forget_identity
        from catalog.documents import Guides, Projects
        from people.models import Identity
        from search import registry

        registry.register(Projects())
        registry.register(Guides())
        post_save.connect(follow_identity, sender=Identity, dispatch_uid="credit of an address")
        post_delete.connect(forget_identity, sender=Identity, dispatch_uid="credit of a lost address")
