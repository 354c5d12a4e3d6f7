"""Fields that several resources have."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class OwnPage(serializers.URLField):
    """The whole address of the page where people see what is shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, value: Any) -> str:
        return str(self.context["request"].build_absolute_uri(value.get_absolute_url()))
