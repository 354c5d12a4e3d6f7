"""Operators' pages: where repositories come from, how each source fares, and what one may do with it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import panels
from catalog.actions import removal
from catalog.actions.discovery import request_look
from catalog.actions.pausing import pause_source
from catalog.actions.sources import edit_source, may_add_sources, new_webhook_secret
from catalog.kinds import kind_of, webhook_path
from catalog.models import CodeHost, Project, Secret
from catalog.source_forms import EditForm, RemoveForm, edit_form
from catalog.views.curate import only, tabs
from people.panels import sections
from people.requests import SignedInRequest

operators_only = only(may_add_sources)
FIELDS = ("name", "interval", "topic", "take_archived", "take_forks", "private_listings")


def source_or_404(pk: int) -> CodeHost:
    return get_object_or_404(CodeHost.objects.present().counted().select_related("default_team"), pk=pk)


@require_safe
@operators_only
def sources(request: SignedInRequest) -> HttpResponse:
    """Every source with its state; two queries, whatever the number."""
    context = {
        "tabs": tabs(request.path, request.user),
        "sources": CodeHost.objects.present().counted().select_related("default_team"),
    }
    return render(request, "catalog/curate/sources.html", context)


@require_safe
@operators_only
@never_cache
def state(request: SignedInRequest, pk: int) -> HttpResponse:
    """One row of that page, for htmx while something goes on there."""
    return render(request, "catalog/curate/_source.html", {"source": source_or_404(pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("token")
@operators_only
def source(request: SignedInRequest, pk: int) -> HttpResponse:
    """One source: what may be changed of it, its webhook, and the way to remove it."""
    found = source_or_404(pk)
    form = edit_form(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        store(found, form, request)
        messages.success(request, f"{found.name} was changed.")
        return redirect("catalog:source", pk)
    status = 422 if form.is_bound else 200
    return source_page(request, found, form=form, status=status)


def store(found: CodeHost, form: EditForm, request: SignedInRequest) -> None:
    wanted = form.cleaned_data
    fields = {name: wanted[name] for name in FIELDS if name in wanted}
    fields["name"] = fields["name"] or found.name
    token = wanted.get("token") or None
    if wanted.get("remove_token"):
        token = Secret()
    edit_source(found, by=request.user, token=token, default_team=wanted["team"], **fields)


def source_page(
    request: SignedInRequest, found: CodeHost, *, form: EditForm, fresh_secret: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "tabs": tabs(reverse("catalog:sources"), request.user),
        "source": found,
        "about": kind_of(found.kind),
        "form": form,
        "webhook_url": f"{settings.PUBLIC_URL}{webhook_path(found.public_id)}",
        "fresh_secret": fresh_secret,
        "sections": sections(panels.of_source, found, request.user),
    }
    return render(request, "catalog/curate/source.html", context, status=status)


@require_POST
@operators_only
def rescan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look through a source as soon as a worker is free."""
    found = source_or_404(pk)
    if not found.enabled:
        messages.warning(request, f"{found} is paused. Resume it first.")
        return redirect("catalog:sources")
    request_look(found, by=request.user)
    messages.success(request, f"{found} will be looked through now. What is new is then synced.")
    return redirect("catalog:sources")


@require_POST
@operators_only
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pause, or resume where the form says `enabled`; twice is once."""
    found = source_or_404(pk)
    enabled = request.POST.get("enabled") == "on"
    pause_source(found, by=request.user, enabled=enabled)
    said = "goes on" if enabled else "is paused: it is not looked through, and its projects are not synced"
    messages.success(request, f"{found} {said}.")
    return redirect("catalog:source", pk)


@require_POST
@operators_only
@never_cache
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    """A fresh secret for the webhook, shown in this one answer."""
    found = source_or_404(pk)
    secret = new_webhook_secret(found, by=request.user)
    return source_page(request, source_or_404(pk), form=edit_form(found), fresh_secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Says what becomes of the listings, and asks."""
    found = source_or_404(pk)
    form = RemoveForm(request.POST or None)
    if form.is_valid():
        keep = form.cleaned_data["listings"] == "keep"
        removal.remove_source(found, by=request.user, keep=keep)
        messages.success(request, f"{found} was removed. {AFTERWARDS[keep]}")
        return redirect("catalog:sources")
    projects = Project.objects.filter(code_host=found)
    context = {
        "tabs": tabs(reverse("catalog:sources"), request.user),
        "source": found,
        "form": form,
        "first": projects.visible_to(request.user).order_by("name")[:10],
        "with_contributions": len(removal.kept_of(list(projects.values_list("pk", flat=True)))),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "catalog/curate/remove_source.html", context, status=status)


AFTERWARDS = {
    True: "Its listings stay as they are.",
    False: "Its listings are hidden and are being deleted; those with contributions stay.",
}
