from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from catalog.actions.credit import follow_identity, forget_identity
        from catalog.documents import Guides, Projects
        from catalog.panels import projects_of_team, trusted_in
        from people import panels
        from people.models import Identity
        from search import registry

        registry.register(Projects())
        registry.register(Guides())
        panels.of_team.append(panels.Panel("catalog/_panel_team.html", projects_of_team, 10))
        panels.of_person.append(panels.Panel("catalog/_panel_trusted.html", trusted_in, 30))
        post_save.connect(follow_identity, sender=Identity, dispatch_uid="credit of an address")
        post_delete.connect(forget_identity, sender=Identity, dispatch_uid="credit of a lost address")
