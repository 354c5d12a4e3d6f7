"""`/api/v1/teams/`: the organisation."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from api.rest.fields import OwnPage
from people.models import Team


class TeamSerializer(serializers.ModelSerializer[Team]):
    parent = serializers.CharField(source="parent.slug", allow_null=True)  # type: ignore[assignment]
    url = OwnPage()

    class Meta:
        model = Team
        fields = ["slug", "name", "kind", "parent", "description", "answer_promise_days", "url"]
        read_only_fields = fields


class Teams(viewsets.ReadOnlyModelViewSet[Team]):
    """Units, departments and teams; `parent` makes the tree."""

    serializer_class = TeamSerializer
    lookup_field = "slug"
    queryset = Team.objects.select_related("parent").order_by("slug")

    def get_queryset(self) -> QuerySet[Team]:
        teams = super().get_queryset()
        kind = self.request.query_params.get("kind")
        return teams.filter(kind=kind) if kind in Team.Kind.values else teams
