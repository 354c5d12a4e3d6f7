"""`/api/v1/projects/`: what exists, for this reader."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets

from catalog import filters
from catalog.models import Project


class SyncState(serializers.Serializer[Project]):
    """What the last sync came to; code, message and cure are empty unless it failed."""

    state = serializers.ChoiceField(source="sync_state", choices=Project.SyncState.choices)
    code = serializers.CharField(source="sync_code")
    message = serializers.CharField(source="sync_message")
    cure = serializers.CharField(source="sync_cure")
    finished_at = serializers.DateTimeField(source="sync_finished_at", allow_null=True)


class EmptyAsNull(serializers.CharField):
    """A text that is not known is null for programs, where the database keeps an empty one."""

    def to_representation(self, value: Any) -> Any:
        return value or None


class ProjectSerializer(serializers.ModelSerializer[Project]):
    url = serializers.SerializerMethodField()
    clone_url = serializers.CharField()
    owner_team = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    topics = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    languages = serializers.SerializerMethodField()
    license = EmptyAsNull(source="license_spdx", allow_null=True, help_text="SPDX id.")
    default_branch = EmptyAsNull(allow_null=True)
    head_commit = EmptyAsNull(allow_null=True, help_text="40 hexadecimal digits.")
    guides = serializers.SerializerMethodField(help_text="Paths in the repository.")
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
            "lifecycle",
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

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, project: Project) -> str:
        return str(self.context["request"].build_absolute_uri(project.get_absolute_url()))

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


@extend_schema_view(list=extend_schema(parameters=PARAMETERS))
class Projects(viewsets.ReadOnlyModelViewSet[Project]):
    """The listings that the reader may see, filtered and sorted as in the catalog."""

    serializer_class = ProjectSerializer
    lookup_field = "slug"
    queryset = Project.objects.none()  # Tells the schema what this is about; get_queryset answers.

    def get_queryset(self) -> QuerySet[Project]:
        projects = Project.objects.visible_to(self.request.user).for_rows()
        return projects.prefetch_related("languages", "guides")
