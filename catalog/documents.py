"""How projects and their guides are searched. Keys go to the index; who sees which rows is decided here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from django.db.models import F, Prefetch, QuerySet
from django.http import QueryDict
from django.urls import reverse

from catalog.facets import panel
from catalog.filters import apply, arranged, known, parse
from catalog.matching import IsAmong, among
from catalog.models import Guide, Project
from catalog.querysets import ProjectQuerySet
from people.querysets import Viewer
from search.documents import Document
from search.registry import Filtered, Result, Searchable

CHUNK = 200
README = "readme"


class Projects(Searchable):
    """A project is found by what it is called and what its README says."""

    kind = "project"
    label = "Projects"
    position = 10

    def documents(self, keys: Sequence[str] | None = None) -> Iterable[Document]:
        readmes = Guide.objects.filter(kind=README).only("project_id", "text")
        projects = Project.objects.order_by("pk").prefetch_related("topics", Prefetch("guides", queryset=readmes))
        if keys is not None:
            projects = projects.filter(pk__in=keys)
        for project in projects.iterator(chunk_size=CHUNK):
            yield self._document(project)

    def _document(self, project: Project) -> Document:
        readme = "\n".join(guide.text for guide in project.guides.all())
        return Document(
            self.kind,
            str(project.pk),
            title=project.name,
            summary=project.summary,
            names=(project.slug, project.path),
            topics=tuple(topic.name for topic in project.topics.all()),
            body=f"{project.motivation}\n{readme}",
            boost=1 + math.log10(1 + project.activity_score) / 10,
        )

    def visible(self, user: Viewer, keys: Sequence[str]) -> Collection[str]:
        return [str(pk) for pk in self._rows(user, keys).values_list("pk", flat=True)]

    def results(self, user: Viewer, keys: Sequence[str]) -> Iterable[Result]:
        for project in self._rows(user, keys).for_rows():
            team = str(project.owner_team or "")
            url = project.get_absolute_url()
            yield Result(str(project.pk), project.name, url, text=project.summary, note=team, item=project)

    def filtered(self, user: Viewer, keys: Sequence[str], params: QueryDict) -> Filtered:
        filters = known(parse(params, keep=("kind",)), Project.objects.visible_to(user))
        ranked = [int(key) for key in keys]
        found = among(Project.objects.all(), ranked)
        left = arranged(apply(found, filters), filters, ranked)
        context = {"panel": panel(found, filters)}
        return Filtered([str(key) for key in left], "catalog/_search_filters.html", context)

    def _rows(self, user: Viewer, keys: Sequence[str]) -> ProjectQuerySet:
        return among(Project.objects.visible_to(user), [int(key) for key in keys]).order_by()


class Guides(Searchable):
    """The documents for contributors. A README stands for its project and is searched with it.

    The project's own names find the project: a guide is found by what it says.
    """

    kind = "guide"
    label = "Guides"
    position = 20

    def documents(self, keys: Sequence[str] | None = None) -> Iterable[Document]:
        guides = Guide.objects.exclude(kind=README).exclude(text="").order_by("pk")
        if keys is not None:
            guides = guides.filter(pk__in=keys)
        for guide in guides.defer("html").iterator(chunk_size=CHUNK):
            yield Document(self.kind, str(guide.pk), title=title(guide), names=(guide.path,), body=guide.text)

    def visible(self, user: Viewer, keys: Sequence[str]) -> Collection[str]:
        return [str(pk) for pk in self._rows(user, keys).values_list("pk", flat=True)]

    def results(self, user: Viewer, keys: Sequence[str]) -> Iterable[Result]:
        rows = list(self._rows(user, keys).select_related("project__owner_team").defer("html"))
        told = Counter(map(origin, rows))
        for guide in rows:
            note = origin(guide)
            if told[note] > 1:
                note += f" · {guide.project.slug}"
            yield Result(str(guide.pk), title(guide), address(guide), text=guide.text, note=note, item=guide)

    def _rows(self, user: Viewer, keys: Sequence[str]) -> QuerySet[Guide]:
        visible = Project.objects.visible_to(user).order_by().values("pk")
        wanted = IsAmong(F("pk"), keys=[int(key) for key in keys])
        return Guide.objects.filter(wanted, project__in=visible).order_by()


def title(guide: Guide) -> str:
    return guide.title or guide.path.rpartition("/")[2]


def origin(guide: Guide) -> str:
    """Where a guide comes from. Projects of two teams may have one name."""
    owner = guide.project.owner_team
    return f"{guide.path} of {guide.project.name}" + (f" · {owner}" if owner else "")


def address(guide: Guide) -> str:
    """The contribution guide has a page of its own; everything else is a file."""
    slug = guide.project.slug
    if guide.kind == "contributing":
        return reverse("catalog:guide", args=[slug])
    return reverse("catalog:file", args=[slug, guide.path])
