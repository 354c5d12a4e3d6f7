"""The operator's back door to people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from people.models import Identity, Membership, Team, User


class IdentityInline(admin.TabularInline[Identity, User]):
    model = Identity
    extra = 0


class MembershipInline(admin.TabularInline[Membership, Any]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "team"]


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    list_display = ["username", "name", "email", "is_active", "is_curator", "is_staff", "last_login"]
    list_filter = ["is_active", "is_curator", "is_staff", "is_superuser"]
    search_fields = ["username", "name", "email", "identities__email"]
    ordering = ["username"]
    inlines = [MembershipInline, IdentityInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["name", "email", "time_zone"]}),
        (
            "Rights",
            {"fields": ["is_active", "is_curator", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "name", "email", "usable_password", "password1", "password2"]})
    ]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ["name", "kind", "parent", "answer_promise_days"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug", "description"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    list_display = ["user", "team", "role", "since", "until"]
    list_filter = ["role", "team__kind"]
    list_select_related = ["user", "team"]
    search_fields = ["user__username", "user__name", "team__name"]
    autocomplete_fields = ["user", "team"]
    date_hierarchy = "since"


@admin.register(Identity)
class IdentityAdmin(admin.ModelAdmin[Identity]):
    list_display = ["email", "user", "verified_at"]
    list_filter = [("verified_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["email", "user__username", "user__name"]
    autocomplete_fields = ["user"]
    actions = ["confirm"]

    @admin.action(description="Confirm that the address is this person's")
    def confirm(self, request: HttpRequest, queryset: QuerySet[Identity]) -> None:
        taken = [identity.email for identity in queryset if not identity.verify()]
        self.message_user(request, f"{len(queryset) - len(taken)} addresses confirmed.", messages.SUCCESS)
        if taken:
            self.message_user(request, f"Already somebody else's: {', '.join(taken)}.", messages.WARNING)
