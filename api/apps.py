from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        from api.panels import deliveries_of_source
        from catalog import panels
        from people.panels import Panel

        panels.of_source.append(Panel("api/_panel_deliveries.html", deliveries_of_source))
