"""Loading a project and asking whether this viewer may know of it, as one step that no page can forget."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from catalog.models import Project

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Project, P], HttpResponseBase]
Route = Callable[..., HttpResponseBase]


def visible_project(view: View[P]) -> Route:
    """Hands the view the Project that the URL's `slug` names; 404 alike when it is unseen and when it is absent.

    The owner team and the code host come with it: one query, and those of `visible_to`.
    """

    @wraps(view)
    def load(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = Project.objects.visible_to(request.user).select_related("owner_team", "code_host")
        return view(request, get_object_or_404(visible, slug=slug), *args, **kwargs)

    return load
