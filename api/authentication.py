"""`Authorization: Token …`, for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.models import Token, digest
from people.models import User

# The last use is kept to the minute: a row that is written at each call would make every read a write.
FRESH = timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    """One query; a second one at most once a minute."""

    keyword = b"token"

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword:
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Send the header as: Authorization: Token <your token>.")
        token = Token.objects.select_related("user").filter(digest=digest(words[1].decode("latin-1"))).first()
        if token is None or token.is_expired or not token.user.is_active:
            raise AuthenticationFailed("This token is unknown or has expired. Ask an operator for a new one.")
        note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI schema describes it."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return dict(build_bearer_security_scheme_object("Authorization", "Token"))


def note_use(token: Token) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > FRESH:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
