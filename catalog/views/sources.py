"""Operators' page: where repositories come from, adding a source, and looking through one again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from catalog.actions.discovery import rediscover
from catalog.actions.sources import NothingFound, add_source, may_add_sources, remembered
from catalog.actions.syncing import request_syncs
from catalog.forms import SourceForm
from catalog.models import CodeHost
from catalog.views.curate import only, tabs
from forge.errors import ForgeError
from people.requests import SignedInRequest

operators_only = only(may_add_sources)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def sources(request: SignedInRequest) -> HttpResponse:
    """Where repositories come from; adding one looks through it and queues the first syncs."""
    form = SourceForm(request.POST or None)
    error: ForgeError | None = None
    if form.is_valid():
        try:
            return take_in(request, form.cleaned_data)
        except ForgeError as problem:
            error = problem
    context = {
        "tabs": tabs(request.path, request.user),
        "form": form,
        "error": error,
        "problems": remembered(error.problems) if isinstance(error, NothingFound) else [],
        "sources": CodeHost.objects.counted().select_related("default_team"),
    }
    return render(request, "catalog/curate/sources.html", context, status=200 if request.method != "POST" else 422)


def take_in(request: SignedInRequest, wanted: dict[str, Any]) -> HttpResponse:
    intake = add_source(
        wanted["address"],
        kind=wanted["kind"] or None,
        team=wanted["team"],
        name=wanted["name"],
        by=request.user,
        trusted=False,
    )
    request_syncs(intake.new)
    new, known = len(intake.new), len(intake.known)
    then = " They are being synced now." if new else ""
    messages.success(request, f"{intake.code_host}: {new} new, {known} known already.{then}")
    if intake.problems:
        count = len(intake.problems)
        messages.warning(request, f"{count} could not be taken in. The source below says which and why.")
    return redirect("catalog:sources")


@require_POST
@operators_only
def rescan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look through a source again, now."""
    code_host = get_object_or_404(CodeHost.objects.select_related("default_team", "added_by"), pk=pk)
    rediscover(code_host)
    code_host.refresh_from_db()
    if code_host.error_code:
        messages.error(request, f"{code_host} could not be looked through. What is wrong stands beside it.")
    else:
        messages.success(request, f"{code_host} was looked through. What is new is being synced.")
    return redirect("catalog:sources")
