"""The operator's back door to the catalog: what people state can be edited here, what a sync read cannot."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

import search.index
from catalog.actions.curation import note_edits
from catalog.actions.syncing import request_syncs
from catalog.curated import snapshot
from catalog.models import (
    CodeHost,
    Contributor,
    FormerSlug,
    Guide,
    HealthResult,
    HealthScore,
    HostItem,
    ListingChange,
    Package,
    Project,
    ProjectLanguage,
    RemoteHost,
    SyncRun,
    Tag,
    Topic,
    TrustedCommitter,
    Waiver,
)
from people.models import User


class Facts:
    """What a sync read, or what happened, is looked up and not edited."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class TrustedCommitterInline(admin.TabularInline[TrustedCommitter, Project]):
    model = TrustedCommitter
    extra = 0
    autocomplete_fields = ["user"]


class LanguageInline(Facts, admin.TabularInline[ProjectLanguage, Project]):
    model = ProjectLanguage
    fields = ["name", "bytes"]


class HealthInline(Facts, admin.TabularInline[HealthResult, Project]):
    model = HealthResult
    fields = ["check_key", "result", "evidence"]


class GuideInline(Facts, admin.TabularInline[Guide, Project]):
    model = Guide
    fields = ["kind", "path", "size", "note"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guide]:
        return super().get_queryset(request).defer("text", "html")


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin[Project]):
    """Projects come in by their sources and are hidden rather than deleted, so both buttons are missing."""

    WORDS = ("name", "summary", "motivation", "kind", "owner_team", "topics", "skills", "help_wanted")
    LIFE = (
        "lifecycle",
        "production_since",
        "successor",
        "successor_text",
        "support",
        "escalation",
        "maturity",
        "maturity_until",
        "governance",
    )
    CURATION = ("listing", "visibility", "visible_teams", "featured", "curated_fields")
    ADDRESSES = ("slug", "code_host", "path", "remote", "web_url", "docs_url")
    FACTS = (
        "default_branch",
        "head_commit",
        "synced_commit",
        "facts_at",
        "license_spdx",
        "main_language",
        "commit_count",
        "contributor_count",
        "branch_count",
        "file_count",
        "first_activity",
        "last_activity",
        "activity_score",
        "health_score",
        "metadata_problems",
        "notes",
        "host_says",
        "host_id",
        "host_visibility",
        "stars",
        "forks",
        "open_issues",
        "open_changes",
        "gone_at",
        "discovered_at",
    )
    JOINING = ("guests_welcomed", "open_requests", "answer_hours", "answer_p90_hours")
    SYNC = (
        "sync_state",
        "sync_code",
        "sync_message",
        "sync_cure",
        "sync_finished_at",
        "sync_failures",
        "next_sync_at",
        "sync_lane",
        "remote_host",
        "lease_owner",
        "lease_until",
    )

    list_display = [
        "name",
        "slug",
        "listing",
        "visibility",
        "owner_team",
        "lifecycle",
        "health_score",
        "sync_state",
        "last_activity",
    ]
    list_filter = ["listing", "visibility", "featured", "lifecycle", "kind", "sync_state", "code_host"]
    list_select_related = ["owner_team"]
    search_fields = ["name", "slug", "summary", "path", "remote"]
    autocomplete_fields = ["owner_team", "topics", "visible_teams", "successor"]
    readonly_fields = ["slug", "code_host", "path", "remote", *FACTS, *JOINING, *SYNC]
    fieldsets = [
        ("What it is", {"fields": WORDS}),
        ("Lifecycle", {"fields": LIFE}),
        ("Curation", {"fields": CURATION}),
        ("Where it lives", {"fields": ADDRESSES}),
        ("What the last sync read", {"fields": FACTS, "classes": ["collapse"]}),
        ("Contributions", {"fields": JOINING, "classes": ["collapse"]}),
        ("Sync", {"fields": SYNC, "classes": ["collapse"]}),
    ]
    inlines = [TrustedCommitterInline, GuideInline, HealthInline, LanguageInline]
    # An address typed without its scheme is one of https.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    date_hierarchy = "discovered_at"
    actions = ["sync"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        form.before = snapshot(Project.objects.get(pk=obj.pk))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What is edited here stands in the history of curation, and a sync leaves it alone."""
        super().save_related(request, form, formsets, change)
        note_edits(form.instance, form.before, by=cast(User, request.user), note="Edited in the administration")

    @admin.action(description="Queue a sync", permissions=["change"])
    def sync(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        count = len(request_syncs(queryset))
        self.message_user(request, f"{count} syncs queued; those already under way go on.", messages.SUCCESS)


@admin.register(CodeHost)
class CodeHostAdmin(admin.ModelAdmin[CodeHost]):
    """A source is added on its own page, which looks through it and says what is wrong with it."""

    FOUND = ["discovered_at", "error_code", "error_message", "error_cure", "problems", "added_by", "added_at"]

    list_display = ["name", "kind", "address", "enabled", "default_team", "discovered_at", "error_code"]
    list_filter = ["kind", "enabled", "error_code"]
    list_select_related = ["default_team"]
    search_fields = ["name", "address"]
    autocomplete_fields = ["default_team"]
    readonly_fields = ["kind", "address", *FOUND]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Its page says what becomes of the listings, and asks."""
        return False

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("catalog:sources")


@admin.register(RemoteHost)
class RemoteHostAdmin(admin.ModelAdmin[RemoteHost]):
    """Only how many connections a host gets is set here; the rest is what syncs saw."""

    SEEN = ["name", "failures", "paused_until", "code", "message", "cure", "failed_at"]

    list_display = ["__str__", "connections", "failures", "paused_until", "code"]
    search_fields = ["name"]
    readonly_fields = SEEN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin[Topic]):
    list_display = ["name"]
    search_fields = ["name"]

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        search.index.put("project", obj.projects.values_list("pk", flat=True))


@admin.register(TrustedCommitter)
class TrustedCommitterAdmin(admin.ModelAdmin[TrustedCommitter]):
    list_display = ["user", "project", "since", "until"]
    list_filter = [("until", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "project"]
    search_fields = ["user__username", "user__name", "project__name", "project__slug"]
    autocomplete_fields = ["user", "project"]
    date_hierarchy = "since"


@admin.register(SyncRun)
class SyncRunAdmin(Facts, admin.ModelAdmin[SyncRun]):
    list_display = ["project", "state", "phase", "percent", "code", "changed", "queued_at", "took"]
    list_filter = ["state", "changed", "code"]
    list_select_related = ["project"]
    search_fields = ["project__name", "project__slug", "code", "message"]
    date_hierarchy = "queued_at"

    @admin.display(description="Seconds")
    def took(self, run: SyncRun) -> str:
        return "" if run.took is None else f"{run.took.total_seconds():.1f}"


@admin.register(Guide)
class GuideAdmin(Facts, admin.ModelAdmin[Guide]):
    list_display = ["path", "project", "kind", "size", "note"]
    list_filter = ["kind"]
    list_select_related = ["project"]
    search_fields = ["path", "title", "project__name", "project__slug"]
    # What a repository wrote is shown as source; only the pages made for it render it.
    fields = ["project", "kind", "path", "blob", "size", "title", "note", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guide]:
        return super().get_queryset(request).defer("html", "text")


@admin.register(Contributor)
class ContributorAdmin(Facts, admin.ModelAdmin[Contributor]):
    list_display = ["name", "email", "user", "project", "commits", "last_at"]
    list_filter = [("user", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "project"]
    search_fields = ["name", "email", "user__username", "project__name", "project__slug"]
    show_full_result_count = False


@admin.register(Tag)
class TagAdmin(Facts, admin.ModelAdmin[Tag]):
    list_display = ["name", "project", "commit", "tagged_at", "is_release"]
    list_filter = ["is_release"]
    list_select_related = ["project"]
    search_fields = ["name", "commit", "project__name", "project__slug"]
    show_full_result_count = False


@admin.register(Package)
class PackageAdmin(Facts, admin.ModelAdmin[Package]):
    list_display = ["name", "ecosystem", "version", "project", "path"]
    list_filter = ["ecosystem"]
    list_select_related = ["project"]
    search_fields = ["name", "project__name", "project__slug"]
    show_full_result_count = False


@admin.register(HostItem)
class HostItemAdmin(Facts, admin.ModelAdmin[HostItem]):
    list_display = ["title", "project", "kind", "number", "is_first", "is_wanted", "updated_at"]
    list_filter = ["kind", "is_first", "is_wanted"]
    list_select_related = ["project"]
    search_fields = ["title", "project__name", "project__slug"]
    show_full_result_count = False


@admin.register(FormerSlug)
class FormerSlugAdmin(Facts, admin.ModelAdmin[FormerSlug]):
    list_display = ["slug", "project", "at"]
    list_select_related = ["project"]
    search_fields = ["slug", "project__name", "project__slug"]


@admin.register(HealthResult)
class HealthResultAdmin(Facts, admin.ModelAdmin[HealthResult]):
    list_display = ["project", "check_key", "result", "evidence"]
    list_filter = ["result", "check_key"]
    list_select_related = ["project"]
    search_fields = ["project__name", "project__slug", "check_key"]


@admin.register(ListingChange)
class ListingChangeAdmin(Facts, admin.ModelAdmin[ListingChange]):
    list_display = ["at", "actor", "project", "field", "before", "after", "note", "undone_at"]
    list_filter = ["field", ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["actor", "project"]
    search_fields = ["project__name", "project__slug", "actor__username", "actor__name", "note", "=batch"]
    date_hierarchy = "at"


@admin.register(HealthScore)
class HealthScoreAdmin(Facts, admin.ModelAdmin[HealthScore]):
    list_display = ["project", "at", "score", "formula"]
    list_filter = ["formula"]
    list_select_related = ["project"]
    search_fields = ["project__name", "project__slug"]
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(Waiver)
class WaiverAdmin(Facts, admin.ModelAdmin[Waiver]):
    list_display = ["project", "check_key", "author", "reason", "since", "until", "ended_at"]
    list_filter = ["check_key", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["project", "author"]
    search_fields = ["project__name", "project__slug", "author__username", "reason"]
