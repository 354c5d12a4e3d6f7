"""The operator's back door to tokens. Secrets are shown once, by `manage.py create_token`."""

from django.contrib import admin
from django.http import HttpRequest

from api.models import Token


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin[Token]):
    list_display = ["name", "user", "beginning", "created_at", "last_used_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "beginning", "user__username"]
    readonly_fields = ["user", "beginning", "created_at", "last_used_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
