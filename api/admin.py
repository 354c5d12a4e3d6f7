"""The operator's back door to tokens and deliveries. Secrets are shown once, by `manage.py create_token`."""

from django.contrib import admin
from django.http import HttpRequest

from api.models import Token, WebhookDelivery


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin[Token]):
    list_display = ["name", "user", "beginning", "created_at", "last_used_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "beginning", "user__username"]
    readonly_fields = ["user", "beginning", "created_at", "last_used_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(admin.ModelAdmin[WebhookDelivery]):
    """To look at only. Which listing one was about is left out: operators may not know of every one."""

    list_display = ["event", "code_host", "received_at", "waits"]
    list_filter = ["code_host", "what", "waits"]
    list_select_related = ["code_host"]
    fields = ["event", "what", "code_host", "received_at", "waits"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WebhookDelivery | None = None) -> bool:
        return False
