"""The portal's routes and two more behind the same middleware: a view that does nothing, and an empty page."""

from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.urls import path

from portal.urls import handler404, handler500
from portal.urls import urlpatterns as portal_patterns

__all__ = ["handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def empty_page(request: HttpRequest) -> HttpResponse:
    """The frame of every page and nothing inside."""
    template = Engine.get_default().from_string('{% extends "base.html" %}')
    return HttpResponse(template.render(RequestContext(request)))


urlpatterns = [path("bench/empty/", empty), path("bench/page/", empty_page), *portal_patterns]
