"""Atom feeds: of one project and of the whole catalog, as far as who asks may know of them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from catalog.feeds import Entry, newest, of_catalog, of_project, plain
from catalog.models import Project
from catalog.views.access import visible_project


class Entries(Feed[Entry, Any]):
    """What both feeds share. Addresses are whole and the portal's public ones."""

    feed_type = Atom1Feed
    language = "en"

    def item_title(self, item: Entry) -> str:
        return plain(item.title)

    def item_description(self, item: Entry) -> str:
        return plain(item.summary)

    def item_link(self, item: Entry) -> str:
        return settings.PUBLIC_URL + item.url

    def item_guid(self, item: Entry) -> str:
        return item.id

    def item_pubdate(self, item: Entry) -> Any:
        return item.at

    def item_updateddate(self, item: Entry) -> Any:
        return item.at

    def item_author_name(self, item: Entry) -> str | None:
        return plain(item.author) or None

    def item_categories(self, item: Entry) -> list[str]:
        return [item.kind]


class ProjectFeed(Entries):
    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Project:
        project: Project = kwargs["project"]
        return project

    def title(self, project: Project) -> str:
        return plain(project.name)

    def subtitle(self, project: Project) -> str:
        return plain(project.summary)

    def link(self, project: Project) -> str:
        return settings.PUBLIC_URL + project.get_absolute_url()

    def feed_url(self, project: Project) -> str:
        return settings.PUBLIC_URL + reverse("catalog:project-feed", args=[project.slug])

    def items(self, project: Project) -> list[Entry]:
        return newest(of_project, Project.objects.filter(pk=project.pk))


class CatalogFeed(Entries):
    subtitle = "Projects that are new here, and releases."

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return Project.objects.visible_to(request.user).listed()

    def title(self) -> str:
        return settings.SITE_NAME

    def link(self) -> str:
        return settings.PUBLIC_URL + reverse("catalog:list")

    def feed_url(self) -> str:
        return settings.PUBLIC_URL + reverse("catalog:feed")

    def items(self, projects: Any) -> list[Entry]:
        return newest(of_catalog, projects)


@require_safe
@visible_project
def project_feed(request: HttpRequest, project: Project) -> HttpResponse:
    return fresh(request, ProjectFeed()(request, project=project))


@require_safe
def catalog_feed(request: HttpRequest) -> HttpResponse:
    return fresh(request, CatalogFeed()(request))


def fresh(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer, or 304 when the reader has it. Nobody keeps it for others: what is in it goes by who asks."""
    etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    del answer["Last-Modified"]
    return get_conditional_response(request, etag, response=answer) or answer
