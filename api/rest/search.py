"""`/api/v1/search/?q=`: projects, guides and people at once."""

from __future__ import annotations

from html import unescape
from typing import Any

from django.utils.html import strip_tags
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import IndexUnavailable, WrongParameter
from api.pagination import NumberedPages
from search import finding, registry
from search.engines.base import Unavailable
from search.finding import Found, Shown
from search.query import parse


class FoundSerializer(serializers.Serializer[Any]):
    """One result; `url` is its page."""

    kind = serializers.CharField()
    title = serializers.CharField(source="result.title")
    url = serializers.SerializerMethodField()
    note = serializers.CharField(source="result.note")
    snippet = serializers.SerializerMethodField(help_text="Plain text around the words that were found.")

    def get_url(self, shown: Shown) -> str:
        return str(self.context["request"].build_absolute_uri(shown.result.url))

    def get_snippet(self, shown: Shown) -> str:
        return unescape(strip_tags(shown.snippet))


class Search(APIView):
    """What the search page finds for this reader, best first."""

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description='Words, beginnings of words, "exact phrases".'),
            OpenApiParameter("kind", str, description="project, guide or person; all of them when left out."),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int),
        ],
        responses=FoundSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        pages = NumberedPages()
        pages.request = request
        size = pages.get_page_size(request) or NumberedPages.page_size
        found = find(request, size=size)
        pages.page = found.page
        response = pages.get_paginated_response(
            FoundSerializer(found.results, many=True, context={"request": request}).data
        )
        response.data["did_you_mean"] = [way.text for way in found.corrections]
        return response


def find(request: Request, *, size: int) -> Found:
    params: Any = request.query_params
    query, kind = parse(params.get("q", "")), params.get("kind", "")
    if query.is_empty:
        raise WrongParameter("q", "Say what to search for.")
    if kind and registry.get(kind) is None:
        raise WrongParameter("kind", f"It is one of {', '.join(each.kind for each in registry.kinds())}.")
    try:
        return finding.find(request.user, query, kind=kind, params=params, page=params.get("page", "1"), size=size)
    except Unavailable:
        raise IndexUnavailable from None
