from __future__ import annotations

import html
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from catalog.models import Project
from contributions import actions
from contributions.lifecycle import State
from contributions.markup import LONGEST
from contributions.models import Change, Request
from contributions.tasks import fetch_revision
from contributions.views.request import EVENTS
from people.models import Team, User
from tests.create import create_project, create_request, create_user, join
from tests.repos import add_branch, add_commit

pytestmark = pytest.mark.django_db


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, request: Request, step: str, **fields: object) -> object:
    fields.setdefault("form_key", str(uuid4()))
    return client.post(f"{request.get_absolute_url()}{step}/", fields)


@pytest.fixture
def reviewed(real_project: Project, repo: Path, charlie: User, guest_team: Team) -> Request:
    """Charlie's branch, fetched and in review."""
    add_branch(repo, "retry", commits=2)
    request = create_request(real_project, charlie, guest_team=guest_team, state=State.ACCEPTED)
    actions.offer_branch(request, "retry", by=charlie)
    fetch_revision(Change.objects.get().pk)
    return Request.objects.get()


def test_anybody_reads_and_is_told_to_sign_in(client: Client, request_: Request) -> None:
    text = text_of(client, request_.get_absolute_url())
    assert "Retry with a budget" in text
    assert "Sign in to take part" in text
    assert "Waiting for Platform" in text
    assert "<textarea" not in text


def test_an_outsider_sees_404(client: Client, charlie: User, alice: User) -> None:
    secret = create_project("secret", visibility="admins")
    request = create_request(secret, alice, title="Marker")
    client.force_login(charlie)
    for part in ("", "change/", "accept/"):
        unseen = client.get(f"{request.get_absolute_url()}{part}")
        absent = client.get(f"/projects/secret/contributions/99999/{part}")
        assert unseen.status_code == absent.status_code == 404
        assert b"Marker" not in unseen.content
    assert client.post(f"{request.get_absolute_url()}comment/", {"note": "x"}).status_code == 404


def test_a_request_under_another_projects_address_is_absent(client: Client, request_: Request) -> None:
    create_project("other")
    assert client.get(f"/projects/other/contributions/{request_.pk}/").status_code == 404


def test_each_sees_their_own_next_step(
    client: Client, request_: Request, alice: User, bob: User, charlie: User
) -> None:
    url = request_.get_absolute_url()
    client.force_login(alice)
    assert client.get(url).context["primary"].page.name == "accept"
    assert [step.page.name for step in client.get(url).context["steps"]] == ["ask", "decline"]
    client.force_login(charlie)
    assert client.get(url).context["primary"] is None
    assert [step.page.name for step in client.get(url).context["steps"]] == ["withdraw"]
    client.force_login(bob)
    assert list(client.get(url).context["steps"]) == []
    assert client.get(url).context["comment"]


def test_the_whole_way_without_script(
    client: Client,
    real_project: Project,
    repo: Path,
    alice: User,
    charlie: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    request = create_request(real_project, charlie)
    client.force_login(alice)
    assert post(client, request, "ask", note="Which client?").status_code == 302
    client.force_login(charlie)
    assert post(client, request, "answer", note="HTTP").status_code == 302
    client.force_login(alice)
    assert post(client, request, "accept", note="").status_code == 302
    client.force_login(charlie)
    add_branch(repo, "retry")
    with django_capture_on_commit_callbacks(execute=True):
        assert post(client, request, "offer", branch="retry", fork_url="").status_code == 302
    request.refresh_from_db()
    assert request.state == State.IN_REVIEW
    client.force_login(alice)
    text = text_of(client, request.get_absolute_url())
    assert "Review revision 1" in text
    assert "Line one of retry-1.txt." in text
    assert post(client, request, "review", revision=1, verdict="changes", body="Test?").status_code == 302
    assert post(client, request, "review", revision=1, verdict="approve", body="").status_code == 302
    request.refresh_from_db()
    assert request.state == State.APPROVED
    verbs = [event.verb for event in request.events.all()]
    assert verbs == ["ask", "answer", "accept", "offer", "revise", "ask_for_changes", "approve"]


def test_a_step_not_ones_own_is_403_with_its_reason(client: Client, request_: Request, charlie: User) -> None:
    client.force_login(charlie)
    answer = client.post(f"{request_.get_absolute_url()}accept/", {"note": "me!"})
    assert answer.status_code == 403
    text = html.unescape(answer.content.decode())
    assert "Only the project's maintainers" in text
    assert "not_yours" in text
    assert "me!" in text


def test_a_step_that_came_too_late_says_what_happened(client: Client, request_: Request, alice: User) -> None:
    actions.accept(request_, by=alice)
    client.force_login(alice)
    answer = client.post(f"{request_.get_absolute_url()}ask/", {"note": "A long question"})
    assert answer.status_code == 409
    assert "not_now" in answer.content.decode()
    assert "A long question" in answer.content.decode()


def test_a_form_posted_twice_is_one_step(client: Client, request_: Request, alice: User) -> None:
    client.force_login(alice)
    for step in ("comment", "accept"):
        key = str(uuid4())
        for _ in range(2):
            assert post(client, request_, step, note="Hi", form_key=key).status_code == 302
    assert [event.verb for event in request_.events.all()] == ["comment", "accept"]


def test_a_form_posted_for_another_step_is_said(
    client: Client, request_: Request, alice: User, charlie: User
) -> None:
    key = str(uuid4())
    actions.comment(request_, "Hi", by=charlie, form_key=UUID(key))
    client.force_login(alice)
    assert (
        client.post(f"{request_.get_absolute_url()}comment/", {"note": "Hi", "form_key": key}).status_code == 302
    )
    answer = client.post(f"{request_.get_absolute_url()}decline/", {"note": "My reason", "form_key": key})
    assert answer.status_code == 409
    assert "form_used" in answer.content.decode()
    assert "My reason" in answer.content.decode()


def test_declining_without_a_reason_asks_for_it(client: Client, request_: Request, alice: User) -> None:
    client.force_login(alice)
    answer = client.post(f"{request_.get_absolute_url()}decline/", {"note": " "})
    assert answer.status_code == 422
    assert "note_error" in answer.content.decode()
    assert not request_.events.exists()


def test_withdrawing_asks_first_on_its_own_page(client: Client, request_: Request, charlie: User) -> None:
    client.force_login(charlie)
    assert "Withdraw this request" in text_of(client, f"{request_.get_absolute_url()}withdraw/")
    assert Request.objects.get().state == State.PROPOSED
    post(client, request_, "withdraw", note="")
    assert Request.objects.get().state == State.WITHDRAWN
    assert "Reopen" in text_of(client, request_.get_absolute_url())


def test_the_page_of_a_step_that_is_not_possible_leads_back(client: Client, request_: Request, bob: User) -> None:
    client.force_login(bob)
    answer = client.get(f"{request_.get_absolute_url()}accept/")
    assert (answer.status_code, answer["Location"]) == (302, request_.get_absolute_url())
    assert client.get(f"{request_.get_absolute_url()}nonsense/").status_code == 404


@pytest.mark.parametrize(
    ("branch", "fork", "field", "code"),
    [
        ("main", "", "branch", "is the default branch"),
        ("a..b", "", "branch", "cannot be the name of a branch"),
        ("x", "ext::sh", "fork_url", "not read here"),
        ("x", "https://evil.example/x.git", "fork_url", "not a registered code host"),
    ],
)
def test_a_wrong_branch_is_told_beside_its_field(
    client: Client, real_project: Project, charlie: User, branch: str, fork: str, field: str, code: str
) -> None:
    request = create_request(real_project, charlie, state=State.ACCEPTED)
    client.force_login(charlie)
    answer = client.post(f"{request.get_absolute_url()}offer/", {"branch": branch, "fork_url": fork})
    assert answer.status_code == 422
    assert code in answer.context["form"].errors[field][0]


def test_an_unknown_branch_is_told_on_the_page(
    client: Client,
    real_project: Project,
    charlie: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    request = create_request(real_project, charlie, state=State.ACCEPTED)
    client.force_login(charlie)
    with django_capture_on_commit_callbacks(execute=True):
        post(client, request, "offer", branch="typo", fork_url="")
    text = text_of(client, request.get_absolute_url())
    assert "There is no branch typo" in text
    assert "branch_unknown" in text
    assert "push the branch" in text


def test_while_it_is_fetched_the_page_asks_again(client: Client, real_project: Project, charlie: User) -> None:
    request = create_request(real_project, charlie, state=State.ACCEPTED)
    actions.offer_branch(request, "retry", by=charlie)
    url = f"{request.get_absolute_url()}change/"
    assert f'hx-get="{url}"' in text_of(client, request.get_absolute_url())
    assert 'hx-trigger="every 2s"' in text_of(client, url)
    fetch_revision(Change.objects.get().pk)
    assert client.get(url)["HX-Refresh"] == "true"
    assert "every 2s" not in text_of(client, request.get_absolute_url())


def test_a_cured_branch_is_fetched_again(
    client: Client,
    real_project: Project,
    repo: Path,
    charlie: User,
    bob: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    request = create_request(real_project, charlie, state=State.ACCEPTED)
    actions.offer_branch(request, "retry", by=charlie)
    fetch_revision(Change.objects.get().pk)
    add_branch(repo, "retry")
    client.force_login(bob)
    assert post(client, request, "fetch").status_code == 403
    client.force_login(charlie)
    with django_capture_on_commit_callbacks(execute=True):
        assert post(client, request, "fetch").status_code == 302
    assert Request.objects.get().state == State.IN_REVIEW


def test_an_older_revision_can_be_read_but_not_judged(
    client: Client, reviewed: Request, repo: Path, alice: User
) -> None:
    actions.review(reviewed, reviewed.change.revisions.get(), verdict="approve", by=alice)
    add_commit(repo, branch="retry", files={"more.txt": "More of it.\n"})
    fetch_revision(reviewed.change.pk)
    client.force_login(alice)
    newest = text_of(client, reviewed.get_absolute_url())
    assert "More of it." in newest
    assert "out of date" in newest
    assert "Review revision 2" in newest
    first = text_of(client, f"{reviewed.get_absolute_url()}?revision=1")
    assert "More of it." not in first
    assert "You look at an older revision" in first
    assert "Review revision 1" not in first
    answer = client.post(
        f"{reviewed.get_absolute_url()}review/", {"revision": 1, "verdict": "approve", "body": "Fine."}
    )
    assert answer.status_code == 409
    assert "stale_revision" in answer.content.decode()


def test_a_review_without_words_asks_for_them(client: Client, reviewed: Request, alice: User) -> None:
    client.force_login(alice)
    for revision, verdict in ((1, "changes"), (7, "approve")):
        answer = client.post(
            f"{reviewed.get_absolute_url()}review/", {"revision": revision, "verdict": verdict, "body": ""}
        )
        assert answer.status_code == 422


def test_a_mirror_that_is_gone_is_said_and_the_rest_is_there(
    client: Client, reviewed: Request, settings: object, tmp_path: Path
) -> None:
    settings.MIRRORS = tmp_path / "elsewhere"  # type: ignore[attr-defined]
    text = text_of(client, reviewed.get_absolute_url())
    assert "mirror_missing" in text
    assert "2 commits" in text


def test_what_people_write_runs_nothing(client: Client, project: Project, charlie: User) -> None:
    request = create_request(
        project, charlie, what="<script>alert(1)</script>\n\n**bold** [x](javascript:alert(1))"
    )
    actions.comment(request, "<img src=x onerror=alert(2)>", by=charlie)
    text = text_of(client, request.get_absolute_url())
    assert "<strong>bold</strong>" in text
    assert "alert(1)</script>" not in text
    assert "javascript:" not in text
    assert "onerror" not in text


def test_a_long_history_has_pages(client: Client, request_: Request, charlie: User) -> None:
    for number in range(EVENTS + 2):
        actions.comment(request_, f"Word {number}.", by=charlie)
    url = request_.get_absolute_url()
    for address in (url, f"{url}?events=all", f"{url}?events=1"):
        newest = text_of(client, address)
        assert f"Word {EVENTS + 1}." in newest
        assert newest.index("Word 2.") < newest.index("Word 3.")
        assert "Word 1." not in newest
        assert 'href="?events=2#history"' in newest
    earliest = text_of(client, f"{url}?events=2")
    assert "Word 1." in earliest
    assert "Word 2." not in earliest
    assert "Show later steps" in earliest


@pytest.mark.parametrize(("step", "field"), [("comment", "note"), ("decline", "note")])
def test_a_text_that_is_too_long_is_told_beside_its_field(
    client: Client, request_: Request, alice: User, step: str, field: str
) -> None:
    client.force_login(alice)
    answer = client.post(f"{request_.get_absolute_url()}{step}/", {field: "x" * (LONGEST + 1)})
    assert answer.status_code == 422
    assert "at most 10000 characters" in answer.context["form"].errors[field][0]
    assert not request_.events.exists()


def test_reading_renders_nothing_that_was_rendered(
    client: Client, request_: Request, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.comment(request_, "A *word*.", by=charlie)
    text_of(client, request_.get_absolute_url())
    monkeypatch.setattr("contributions.markup.render", None)
    assert "<em>word</em>" in text_of(client, request_.get_absolute_url())


def test_the_number_of_queries_does_not_grow(
    client: Client,
    reviewed: Request,
    alice: User,
    host_team: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        person = create_user()
        join(person, host_team, maintainer=True)
        actions.comment(reviewed, "Hm.", by=person)
        actions.review(reviewed, reviewed.change.revisions.get(), verdict="comment", body="Hm.", by=person)
    client.force_login(alice)
    client.get(reviewed.get_absolute_url())
    # Session, person and their teams (3); the request, whether it is seen; its newest revision, its events and
    # their number, the texts; revisions and reviews of the branch; the badge.
    with django_assert_num_queries(14):
        client.get(reviewed.get_absolute_url())
