"""Loading a project and asking whether this viewer may know of it, as one step that no page can forget."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect

from catalog.models import Project
from people.querysets import Viewer

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Project, P], HttpResponseBase]
Route = Callable[..., HttpResponseBase]


class HttpResponseMovedAsItIs(HttpResponsePermanentRedirect):
    """What was posted to an old address is posted to the new one."""

    status_code = 308


def visible_project(view: View[P]) -> Route:
    """Hands the view the Project that the URL's `slug` names; 404 alike when it is unseen and when it is absent.

    The owner team and the code host come with it: one query, and those of `visible_to`. A former slug leads to
    the same page of the project as it is called now, for those who may see it.
    """
    return loading(view, lambda request: request.user)


def public_project(view: View[P]) -> Route:
    """The same for what is shown to anybody, whoever asks: what a stranger may not see is absent for all."""
    return loading(view, lambda request: AnonymousUser())


def loading(view: View[P], viewer: Callable[[HttpRequest], Viewer]) -> Route:
    @wraps(view)
    def load(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = Project.objects.visible_to(viewer(request))
        project = visible.select_related("owner_team", "code_host").filter(slug=slug).first()
        if project is not None:
            return view(request, project, *args, **kwargs)
        now = visible.filter(former_slugs__slug=slug).values_list("slug", flat=True).first()
        if now is None:
            raise Http404("No Project matches the given query.")
        return moved(request, slug, now)

    return load


def moved(request: HttpRequest, slug: str, now: str) -> HttpResponseBase:
    """To the same page, with everything behind the slug as it was asked for."""
    url = request.get_full_path().replace(f"/projects/{slug}/", f"/projects/{now}/", 1)
    safe = request.method in ("GET", "HEAD")
    answer = HttpResponsePermanentRedirect(url) if safe else HttpResponseMovedAsItIs(url)
    # A name may come back to its own project, and who may see it changes.
    answer["Cache-Control"] = "no-cache"
    return answer
