from django.apps import AppConfig


class ForgeConfig(AppConfig):
    """The one door to git and to code hosts. It knows no model."""

    name = "forge"
