"""`/api/v1/projects/`: what exists, for this reader."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import WrongParameter
from api.rest.fields import OwnPage
from catalog import filters
from catalog.matching import matching
from catalog.models import Guide, Project
from catalog.querysets import ProjectQuerySet
from people.querysets import Viewer


class SyncState(serializers.Serializer[Project]):
    """What the last sync came to; code, message and cure are empty unless it failed.

    A project that is `parked` failed again and again and waits until somebody asks, so that its next_at is null;
    it is null, too, while its source is paused.
    """

    state = serializers.ChoiceField(source="sync_state", choices=Project.SyncState.choices)
    code = serializers.CharField(source="sync_code")
    message = serializers.CharField(source="sync_message")
    cure = serializers.CharField(source="sync_cure")
    finished_at = serializers.DateTimeField(source="sync_finished_at", allow_null=True)
    next_at = serializers.DateTimeField(
        source="due_at", allow_null=True, help_text="When it is due; past while it waits for a worker."
    )
    failures = serializers.IntegerField(source="sync_failures", help_text="In a row, of the repository itself.")


class EmptyAsNull(serializers.CharField):
    """A text that is not known is null for programs, where the database keeps an empty one."""

    def to_representation(self, value: Any) -> Any:
        return value or None


class ProjectSerializer(serializers.ModelSerializer[Project]):
    url = OwnPage()
    clone_url = serializers.CharField()
    owner_team = serializers.CharField(source="owner_team.slug", allow_null=True)
    topics = serializers.SerializerMethodField()
    languages = serializers.SerializerMethodField()
    license = EmptyAsNull(source="license_spdx", allow_null=True, help_text="SPDX id.")
    default_branch = EmptyAsNull(allow_null=True)
    head_commit = EmptyAsNull(allow_null=True, help_text="40 hexadecimal digits.")
    guides = serializers.SerializerMethodField(help_text="Paths in the repository.")
    kind = EmptyAsNull(allow_null=True)
    successor = serializers.CharField(
        source="successor.slug",
        default=None,
        allow_null=True,
        help_text="The listing to use instead, if you may see it.",
    )
    successor_text = EmptyAsNull(allow_null=True, help_text="What to use instead where that is no listing.")
    support = EmptyAsNull(allow_null=True)
    escalation = EmptyAsNull(allow_null=True)
    maturity = EmptyAsNull(
        source="counted_maturity", allow_null=True, help_text="Null once the badge has expired."
    )
    sync = SyncState(source="*")

    class Meta:
        model = Project
        fields = [
            "slug",
            "name",
            "summary",
            "url",
            "clone_url",
            "visibility",
            "kind",
            "lifecycle",
            "production_since",
            "successor",
            "successor_text",
            "support",
            "escalation",
            "maturity",
            "maturity_until",
            "owner_team",
            "topics",
            "languages",
            "license",
            "default_branch",
            "head_commit",
            "commit_count",
            "contributor_count",
            "last_activity",
            "activity_score",
            "health_score",
            "guides",
            "sync",
        ]
        read_only_fields = fields

    def get_topics(self, project: Project) -> list[str]:
        return [topic.name for topic in project.topics.all()]

    def get_languages(self, project: Project) -> dict[str, int]:
        return {language.name: language.bytes for language in project.languages.all()}

    def get_guides(self, project: Project) -> list[str]:
        return [guide.path for guide in project.guides.all()]


PARAMETERS = [
    OpenApiParameter("q", str, description="Words to search for; the best match comes first."),
    *(
        OpenApiParameter(name, str, many=True, description="May be repeated: any of the values matches.")
        for name in filters.FACETS
    ),
    OpenApiParameter("sort", str, enum=list(filters.SORTS)),
]


CLOSED = {"lifecycle": filters.LIFECYCLES, "health": filters.BANDS}


@extend_schema_view(list=extend_schema(parameters=PARAMETERS))
class Projects(viewsets.ReadOnlyModelViewSet[Project]):
    """The listings that the reader may see, filtered and sorted as in the catalog."""

    serializer_class = ProjectSerializer
    lookup_field = "slug"
    queryset = Project.objects.none()  # Tells the schema what this is about; get_queryset answers.

    def get_queryset(self) -> ProjectQuerySet:
        return with_parts(Project.objects.visible_to(self.request.user), self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = parsed(request.query_params)
        match = matching(Project.objects.visible_to(request.user), wanted.text)
        found = filters.apply(match.projects, wanted)
        if wanted.sort == filters.RELEVANCE and match.ranked is not None:
            keys = self.paginate_queryset(filters.arranged(found, wanted, match.ranked)) or []
            rows = with_parts(Project.objects.all(), request.user).in_bulk(keys)
            page = [rows[key] for key in keys if key in rows]
        else:
            page = self.paginate_queryset(with_parts(filters.ordered(found, wanted.sort), request.user)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def with_parts(projects: ProjectQuerySet, reader: Viewer) -> ProjectQuerySet:
    """With all that the serializer reads: four queries more at most, whatever the number of rows."""
    paths = Guide.objects.only("project", "path")
    successors = Project.objects.visible_to(reader).only("slug")
    return projects.for_rows().prefetch_related(
        "languages", Prefetch("guides", queryset=paths), Prefetch("successor", queryset=successors)
    )


def parsed(params: QueryDict) -> filters.Filters:
    """As in the catalog, but a value that means nothing is an error, as a program would not see it ignored."""
    wanted = filters.parse(params)
    if wanted.ignored:
        facet, value = wanted.ignored[0]
        raise WrongParameter(facet, f"“{value}” is none of {', '.join(CLOSED[facet])}.")
    if params.get("sort", wanted.sort) != wanted.sort:
        raise WrongParameter("sort", f"It is one of {', '.join(filters.SORTS)}; relevance needs q.")
    return wanted
