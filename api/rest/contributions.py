"""`/api/v1/contributions/`: requests and how far they are."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, viewsets

from api.errors import WrongParameter
from api.rest.fields import OwnPage
from contributions.lifecycle import State
from contributions.models import Request


class ContributionSerializer(serializers.ModelSerializer[Request]):
    url = OwnPage()
    project = serializers.CharField(source="project.slug")
    author = serializers.CharField(source="author.username")
    contributor = serializers.CharField(source="contributor.username", allow_null=True)
    guest_team = serializers.CharField(source="guest_team.slug", allow_null=True)
    host_team = serializers.CharField(source="host_team.slug", allow_null=True)

    class Meta:
        model = Request
        fields = [
            "id",
            "url",
            "project",
            "title",
            "kind",
            "state",
            "author",
            "contributor",
            "guest_team",
            "host_team",
            "created_at",
            "answered_at",
            "turn_since",
            "closed_at",
        ]
        read_only_fields = fields


PARAMETERS = [
    OpenApiParameter("project", str, description="The slug of a project."),
    OpenApiParameter("state", str, enum=State.values, many=True, description="May be repeated."),
    OpenApiParameter("guest_team", str, description="The slug of the contributor's team."),
    OpenApiParameter("host_team", str, description="The slug of the team that owns the project."),
]
LOOKUPS = {"project": "project__slug", "guest_team": "guest_team__slug", "host_team": "host_team__slug"}


@extend_schema_view(list=extend_schema(parameters=PARAMETERS))
class Contributions(viewsets.ReadOnlyModelViewSet[Request]):
    """Contribution requests of the projects that the reader may see, the newest first."""

    serializer_class = ContributionSerializer
    queryset = Request.objects.none()

    def get_queryset(self) -> QuerySet[Request]:
        requests = Request.objects.visible_to(self.request.user).for_rows()
        return self.filtered(requests) if self.action == "list" else requests

    def filtered(self, requests: QuerySet[Request]) -> QuerySet[Request]:
        params = self.request.query_params
        states = params.getlist("state")
        if wrong := [state for state in states if state not in State.values]:
            raise WrongParameter("state", f"“{wrong[0][:40]}” is none of {', '.join(State.values)}.")
        if states:
            requests = requests.filter(state__in=states)
        for name, lookup in LOOKUPS.items():
            if params.get(name):
                requests = requests.filter(**{lookup: params[name]})
        return requests
