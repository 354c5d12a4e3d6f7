"""How people are searched: by name and user name. Addresses are nobody's business and stay out of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from people.models import Membership, User
from people.querysets import Viewer
from search.documents import Document
from search.registry import Result, Searchable


class People(Searchable):
    kind = "person"
    label = "People"
    template = "people/_result.html"
    position = 30

    def documents(self, keys: Sequence[str] | None = None) -> Iterable[Document]:
        people = User.objects.filter(is_active=True).order_by("pk")
        if keys is not None:
            people = people.filter(pk__in=keys)
        for person in people.iterator():
            yield Document(self.kind, str(person.pk), title=str(person), names=(person.username,))

    def visible(self, user: Viewer, keys: Sequence[str]) -> Collection[str]:
        return [str(pk) for pk in self._rows(user, keys).values_list("pk", flat=True)]

    def results(self, user: Viewer, keys: Sequence[str]) -> Iterable[Result]:
        current = Membership.objects.current().select_related("team")
        people = self._rows(user, keys).prefetch_related(Prefetch("memberships", queryset=current))
        for person in people:
            teams = ", ".join(membership.team.name for membership in person.memberships.all())
            yield Result(str(person.pk), str(person), person.get_absolute_url(), note=teams, item=person)

    def _rows(self, user: Viewer, keys: Sequence[str]) -> QuerySet[User]:
        people: QuerySet[User] = User.objects.filter(is_active=True, pk__in=keys)
        return people if user.is_authenticated or not settings.READING_NEEDS_SIGN_IN else people.none()
