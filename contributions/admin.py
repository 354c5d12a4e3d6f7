"""The operator’s back door: here one looks things up. Steps are taken on the pages, which ask the table."""

from __future__ import annotations

from django.contrib import admin

from catalog.admin import Facts
from contributions.models import Change, Credit, Event, Request, Review, Revision


@admin.register(Request)
class RequestAdmin(admin.ModelAdmin[Request]):
    list_display = ["title", "project", "state", "kind", "author", "contributor", "guest_team", "created_at"]
    list_filter = ["state", "kind", "created_at"]
    list_select_related = ["project", "author", "contributor", "guest_team"]
    search_fields = ["title", "what", "project__name", "project__slug", "author__username", "author__name"]
    autocomplete_fields = ["project", "author", "contributor", "guest_team", "host_team"]
    # A state that is set by hand would have no event: that is what the steps are for.
    readonly_fields = ["state", "turn_since", "answered_at", "closed_at"]
    date_hierarchy = "created_at"


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin[Change]):
    list_display = ["branch", "request", "fork", "offered_by", "offered_at", "error_code", "merged_how"]
    list_filter = ["error_code", "merged_how"]
    list_select_related = ["request", "offered_by"]
    search_fields = ["branch", "fork", "request__title", "offered_by__username"]
    autocomplete_fields = ["request", "offered_by"]


@admin.register(Revision)
class RevisionAdmin(Facts, admin.ModelAdmin[Revision]):
    list_display = ["change", "number", "head", "merges", "commit_count", "file_count", "created_at"]
    list_filter = ["merges"]
    list_select_related = ["change"]
    search_fields = ["head", "change__branch", "change__request__title"]


@admin.register(Review)
class ReviewAdmin(Facts, admin.ModelAdmin[Review]):
    list_display = ["revision", "reviewer", "verdict", "at"]
    list_filter = ["verdict"]
    list_select_related = ["revision", "reviewer"]
    search_fields = ["body", "reviewer__username", "revision__change__request__title"]


@admin.register(Event)
class EventAdmin(Facts, admin.ModelAdmin[Event]):
    list_display = ["at", "request", "verb", "actor", "before", "after"]
    list_filter = ["verb"]
    list_select_related = ["request", "actor"]
    search_fields = ["note", "request__title", "actor__username"]
    date_hierarchy = "at"


@admin.register(Credit)
class CreditAdmin(Facts, admin.ModelAdmin[Credit]):
    list_display = ["user", "project", "guest_team", "host_team", "merged_at", "commit"]
    list_select_related = ["user", "project", "guest_team", "host_team"]
    search_fields = ["user__username", "user__name", "project__name", "request__title", "commit"]
    date_hierarchy = "merged_at"
