"""Who may ask at all; what they see is decided by `visible_to`."""

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class MayRead(BasePermission):
    """Reading, by everybody or by those who are signed in, as the portal's settings say."""

    message = "Sign in, or send a token: this portal is read by its own people only."

    def has_permission(self, request: Request, view: object) -> bool:
        if request.method not in SAFE_METHODS:
            return False
        return not settings.READING_NEEDS_SIGN_IN or bool(request.user and request.user.is_authenticated)
