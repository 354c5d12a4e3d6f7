"""Small steps that every request takes."""

from __future__ import annotations

import re
import uuid
import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone

from portal import health

GetResponse = Callable[[HttpRequest], HttpResponseBase]

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

# What works for somebody who is not signed in even when reading needs sign-in. The API answers for itself.
OPEN_PATHS = ("/sign-in/", "/sign-out/", "/static/", "/api/", "/admin/login/")


class HealthMiddleware:
    """Answers load balancers before anything else: they use no public host name, no HTTPS and no session."""

    PATHS = {"/health/live": health.live, "/health/ready": health.ready}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = self.PATHS.get(request.path)
        return view(request) if view else self.get_response(request)


class NoNulMiddleware:
    """Refuses NUL characters, which PostgreSQL cannot compare with anything, before a query meets them.

    Forms refuse them in their fields by themselves.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL character.")
        return self.get_response(request)


class RequestIdMiddleware:
    """Gives each request a number that its answer carries, so that a person can quote it to an operator."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        request.id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response


class PermissionsPolicyMiddleware:
    """The portal needs none of a browser's devices, so no page of it may ask for one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        return response


class SignInToReadMiddleware:
    """Sends a stranger to the sign-in page where the settings say that reading needs it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        needs = settings.READING_NEEDS_SIGN_IN and not request.path.startswith(OPEN_PATHS)
        if not needs or request.user.is_authenticated:
            return self.get_response(request)
        if request.headers.get("HX-Request"):
            return JsonResponse({"code": "sign_in_needed"}, status=401)
        return redirect_to_login(request.get_full_path())


class TimeZoneMiddleware:
    """Shows times in the zone that a person chose; script refines it to the browser's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = getattr(request.user, "time_zone", "")
        if not name:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return self.get_response(request)
