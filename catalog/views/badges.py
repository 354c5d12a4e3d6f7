"""Badges for READMEs. A README is read by anybody, so a badge says only what anybody may know."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from catalog.badges import BADGES, Badge
from catalog.models import Project
from catalog.views.access import public_project

#: Seconds for which a browser or a proxy of images keeps one.
FRESH = 300


@require_safe
@public_project
def badge(request: HttpRequest, project: Project, name: str) -> HttpResponse:
    if name not in BADGES:
        raise Http404("No badge matches the given query.")
    draw, _ = BADGES[name]
    markup = render_to_string("catalog/badge.svg", {"badge": draw(project)})
    etag = f'"{hashlib.sha256(markup.encode()).hexdigest()[:32]}"'
    answer = HttpResponse(markup, content_type="image/svg+xml")
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={FRESH}"
    return get_conditional_response(request, etag, response=answer) or answer


@dataclass(frozen=True, slots=True)
class Offered:
    """A badge with the lines that put it into a README."""

    name: str
    about: str
    url: str
    width: int
    markdown: str
    html: str
    rst: str


def offered(project: Project) -> list[Offered]:
    """No query. Addresses are whole, for a README is read elsewhere."""
    return [offer(project, name, draw(project), about) for name, (draw, about) in BADGES.items()]


def offer(project: Project, name: str, drawn: Badge, about: str) -> Offered:
    path = reverse("catalog:badge", args=[project.slug, name])
    image = settings.PUBLIC_URL + path
    target = settings.PUBLIC_URL + reverse(
        "catalog:guide" if name == "contribute" else "catalog:health", args=[project.slug]
    )
    return Offered(
        name=name,
        about=about,
        url=path,
        width=drawn.width,
        markdown=f"[![{name}]({image})]({target})",
        html=f'<a href="{target}"><img src="{image}" alt="{name}"></a>',
        rst=f".. image:: {image}\n   :alt: {name}\n   :target: {target}",
    )
