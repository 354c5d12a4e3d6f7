"""Texts are bounded, and rendered when they are written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalog.models import Project
from contributions import actions, markup
from contributions.errors import TooLong
from contributions.models import Prose, Request
from people.models import User
from tests.contributions.actions.test_reviews import create_revision

pytestmark = pytest.mark.django_db

TOO_LONG = "x" * (markup.LONGEST + 1)


def test_a_text_is_rendered_when_it_is_written_and_never_again(
    request_: Request, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.comment(request_, "  A *word*.\n", by=charlie)
    monkeypatch.setattr(markup, "render", None)
    assert "<em>word</em>" in markup.rendered(["A *word*."], request_.project)["A *word*."]
    assert Prose.objects.count() == 1


def test_what_a_request_says_is_rendered_when_it_is_asked(project: Project, charlie: User) -> None:
    request = actions.propose(project, "Title", what="*This*", why="*That*", by=charlie)
    with_html = Prose.objects.values_list("html", flat=True)
    assert sorted("<em>" in html for html in with_html) == [True, True]
    assert request.what == "*This*"


def test_links_follow_the_project(project: Project) -> None:
    text = "[guide](docs/a.md)"
    assert "/projects/widget/files/docs/a.md" in markup.rendered([text], project)[text]
    project.slug = "gadget"
    assert "/projects/gadget/files/docs/a.md" in markup.rendered([text], project)[text]


def test_a_text_that_grows_out_of_bounds_is_shown_as_written(project: Project) -> None:
    table = "|a" * 70 + "|\n" + "|-" * 70 + "|\n" + "|x\n" * 3_000
    html = markup.rendered([table], project)[table]
    assert len(html) < markup.LONGEST_HTML
    assert "<td>" not in html


def test_nothing_is_rendered_twice_or_of_nothing(project: Project) -> None:
    assert markup.rendered(["", "a", "a"], project).keys() == {"a"}
    assert markup.rendered([""], project) == {}


def test_no_action_keeps_more_than_a_request_should(project: Project, request_: Request, alice: User) -> None:
    revision = create_revision(request_)
    steps: list[Callable[[], object]] = [
        lambda: actions.comment(request_, TOO_LONG, by=alice),
        lambda: actions.propose(project, "Title", what=TOO_LONG, by=alice),
        lambda: actions.propose(project, "Title", what="x", why=TOO_LONG, by=alice),
        lambda: actions.review(request_, revision, verdict="comment", body=TOO_LONG, by=alice),
    ]
    for step in steps:
        with pytest.raises(TooLong) as refused:
            step()
        assert (refused.value.code, bool(refused.value.cure)) == ("text_too_long", True)
