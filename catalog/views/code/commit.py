"""One commit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from catalog.models import Project
from catalog.views.access import visible_project
from catalog.views.paths import file_url


@require_safe
@visible_project
def commit(request: HttpRequest, project: Project, commit: str) -> HttpResponse:
    return redirect(file_url(project, "", commit))
