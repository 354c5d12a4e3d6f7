"""`/api/v1/teams/`: the organisation."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from people.models import Team


class TeamSerializer(serializers.ModelSerializer[Team]):
    parent = serializers.CharField(source="parent.slug", allow_null=True)  # type: ignore[assignment]
    url = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ["slug", "name", "kind", "parent", "description", "answer_promise_days", "url"]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, team: Team) -> str:
        return str(self.context["request"].build_absolute_uri(team.get_absolute_url()))


class Teams(viewsets.ReadOnlyModelViewSet[Team]):
    """Units, departments and teams; `parent` makes the tree."""

    serializer_class = TeamSerializer
    lookup_field = "slug"
    queryset = Team.objects.select_related("parent").order_by("slug")

    def get_queryset(self) -> QuerySet[Team]:
        teams = super().get_queryset()
        kind = self.request.query_params.get("kind")
        return teams.filter(kind=kind) if kind in Team.Kind.values else teams
