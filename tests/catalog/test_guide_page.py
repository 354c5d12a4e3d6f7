"""The contribution guide: composed from what is known, never empty, and with a cure for whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.files import FileFacts
from catalog.guides.codeowners import Owner
from catalog.guides.commands import Command
from catalog.guides.maintainers import Maintainer
from catalog.guides.metadata import Contact, Entity, Metadata
from catalog.models import Contributor, Guide, HostItem, LastRead, Project, TrustedCommitter
from contributions.models import Credit
from people.models import Identity, Team, User
from tests.create import create_curator, create_project, create_request, create_user, join

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
PAGE = "/projects/widget/guide/"
FACTS = FileFacts(
    commands=(Command("setup", "make setup", "Makefile"), Command("test", "make test", "Makefile")),
    guides={"codeowners": "CODEOWNERS", "maintainers": "MAINTAINERS"},
)


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project(
        "widget",
        name="Widget",
        summary="Turns gears into widgets.",
        owner_team=host_team,
        head_commit="a" * 40,
        default_branch="main",
        license_spdx="MIT",
    )


def read(project: Project, **facts: Any) -> None:
    """What the last sync read."""
    LastRead.objects.update_or_create(project=project, defaults={"files": replace(FACTS, **facts).as_json()})


def write(project: Project, kind: str, html: str, path: str = "") -> None:
    path = path or f"{kind.upper()}.md"
    Guide.objects.create(project=project, kind=kind, path=path, size=1, html=html, text=html)


def body_of(client: Client, url: str = PAGE) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_project_with_nothing_at_all_still_shows_the_way(client: Client) -> None:
    create_project("bare", name="Bare")
    body = body_of(client, "/projects/bare/guide/")
    for words in (
        "Your first contribution",
        "Ask before you write code",
        "a curator answers, because no team owns it yet",
        "Nobody has said it in a sentence yet",
        "No file says how it is set up and tested",
        "No team has promised anything",
        "Everybody may ask",
        "There is neither a README nor a CONTRIBUTING guide.",
        "The 30 days after the merge",
        "No team owns this listing yet",
    ):
        assert words in body
    assert 'href="/projects/bare/contributions/new/"' in body


def test_the_first_steps_can_be_copied(client: Client, project: Project) -> None:
    read(project)
    body = body_of(client)
    for line in ("git clone https://git.corp.example/widget.git", "make setup", "make test"):
        assert f'data-copy="{line}"' in body


def test_parts_come_from_the_documents_in_the_order_of_the_way(client: Client, project: Project) -> None:
    read(project)
    write(
        project,
        "contributing",
        '<h2 id="guide-top">Contributing</h2><p>Hello.</p><h3 id="guide-review">Review</h3><p>Two days.</p>'
        '<h3 id="guide-set-up">Set up</h3><p>Turn it.</p>',
    )
    write(project, "readme", '<h2 id="guide-w">Widget</h2><h3 id="guide-usage">Usage</h3><p>Gears in.</p>')
    body = body_of(client)
    places = [body.index(words) for words in ("Gears in.", "Turn it.", "Two days.")]
    assert places == sorted(places)
    assert 'href="/projects/widget/files/CONTRIBUTING.md#guide-set-up">Set up<' in body
    assert 'href="/projects/widget/files/README.md#guide-usage">Usage<' in body
    assert "read CONTRIBUTING.md whole" in body


def test_a_section_that_answers_two_questions_is_shown_once(client: Client, project: Project) -> None:
    write(
        project,
        "contributing",
        '<h2 id="guide-t">T</h2><p>x</p><h3 id="guide-hack">Hacking on it</h3>'
        "<pre><code>pip install -e .\npytest -q # fast\n</code></pre>",
    )
    body = body_of(client)
    assert body.count("pytest -q # fast") == 1
    assert ">Set up and test</h2>" in body
    assert 'data-copy="pytest -q"' in body


def test_a_guide_without_headings_is_shown_whole(client: Client, project: Project) -> None:
    write(project, "contributing", '<h2 id="guide-t">Contributing</h2><p>Just <b>do</b>.</p>')
    assert "<p>Just <b>do</b>.</p>" in body_of(client)


def test_the_commands_of_such_a_guide_are_found_and_its_words_not_repeated(
    client: Client, project: Project
) -> None:
    write(project, "contributing", "<p>Run <code>tox</code> and wait.</p><p>Be kind.</p>")
    body = body_of(client)
    assert 'data-copy="tox"' in body
    assert body.count("and wait.") == 1


def test_ids_of_two_documents_never_meet(client: Client, project: Project) -> None:
    for kind, title in (("contributing", "Set up"), ("readme", "Usage")):
        inside = f'<h2 id="guide-t">{kind}</h2><h3 id="guide-{title}">{title}</h3><p id="guide-x">{kind}</p>'
        write(project, kind, inside)
    body = body_of(client)
    assert body.count('id="guide-x"') == 1
    assert body.count('id="readme-x"') == 1


# ---------------------------------------------------------------- who decides
def test_deciders_come_with_their_teams_and_where_they_come_from(
    client: Client, project: Project, alice: User, guest_team: Team
) -> None:
    trudy = create_user("trudy")
    join(trudy, guest_team)
    TrustedCommitter.objects.create(project=project, user=trudy, since=date(2026, 1, 1))
    read(project, owners=(Owner("email", alice.email), Owner("team", "corp/checkout")))
    body = body_of(client)
    assert "Trusted committer" in body
    assert "Maintainer of Platform, named in CODEOWNERS" in body
    assert "Teams named in CODEOWNERS" in body
    assert "1 trusted committer is of another team." in body


def test_names_that_nobody_has_proved_to_be_are_text(client: Client, project: Project, charlie: User) -> None:
    Identity.objects.create(user=charlie, email="claimed@corp.example")
    read(
        project,
        owners=(Owner("user", "charlie"), Owner("team", "corp/nobody"), Owner("email", "claimed@corp.example")),
        maintainers=("mia@corp.example",),
        named_maintainers=(Maintainer("Mia Moss", "mia@corp.example"),),
    )
    body = body_of(client)
    for words in ("@charlie", "@corp/nobody", "claimed@corp.example", "Mia Moss"):
        assert words in body
    assert "/people/charlie/" not in body


# ---------------------------------------------------------------- what is welcome
def test_claim_and_practice_stand_side_by_side(client: Client, project: Project) -> None:
    Project.objects.update(governance=4, stated_in={"governance": "GOVERNANCE.md"}, guests_welcomed=2)
    body = body_of(client)
    assert "Shared ownership" in body
    assert 'in <span class="mono">GOVERNANCE.md</span>' in body
    assert "2 guests had work merged in the last 12 months." in body
    assert "Practice has not shown it yet" in body


def test_what_a_curator_set_is_marked(client: Client, project: Project) -> None:
    stated = {"governance": "innersource.json", "name": "host"}
    Project.objects.update(governance=2, curated_fields=["governance"], stated_in=stated)
    body = body_of(client)
    assert body.count('<span class="tag">set by a curator</span>') == 2
    assert "its code host" in body
    assert "innersource.json" not in body


def test_promise_beside_median_and_most(client: Client, project: Project) -> None:
    Project.objects.update(answer_hours=20, answer_p90_hours=120)
    body = body_of(client)
    assert "within 5 days" in body
    assert '20 h<span class="soft"> median' in body
    assert "5 d<span" in body


def test_an_archived_project_takes_nothing(client: Client, project: Project) -> None:
    Project.objects.update(lifecycle="archived")
    read(project, metadata=Metadata(successor="gadget"))
    body = body_of(client)
    assert "takes no changes. Its successor: gadget." in body.replace("\n", " ")
    assert "Ask before you write code" not in body


# ---------------------------------------------------------------- tasks, guests, metadata
def test_open_tasks_of_its_host_are_offered(client: Client, project: Project) -> None:
    Project.objects.update(host_id="7", items_at=THEN)
    HostItem.objects.create(project=project, kind="issue", number=3, title="Name the gears", is_first=True)
    body = body_of(client)
    assert "Name the gears" in body
    assert '<a href="#opportunities">1 open task</a>' in body


def test_guests_before_you(
    client: Client, project: Project, charlie: User, alice: User, guest_team: Team, host_team: Team
) -> None:
    for user in (charlie, alice):
        Contributor.objects.create(
            project=project, name="x", email=user.email, user=user, commits=7, first_at=THEN, last_at=THEN
        )
    request = create_request(project, charlie, title="Quieter gears", state="merged")
    Credit.objects.create(
        request=request,
        project=project,
        user=charlie,
        guest_team=guest_team,
        host_team=host_team,
        merged_at=timezone.now(),
    )
    body = body_of(client)
    assert "Quieter gears" in body
    assert body.count("7 commits") == 1


def test_entities_are_listed_and_change_nobody(client: Client, project: Project) -> None:
    entities = (Entity("Group", "checkout", "The impostors"), Entity("User", "alice", "Not Alice"))
    metadata = Metadata(entities=entities, contacts=(Contact("Carla", "c@x.example", "ACME"),), used_by=("City",))
    read(project, metadata=metadata)
    body = body_of(client)
    for words in ("The impostors", "Not Alice", "Carla (ACME)", "Used by City"):
        assert words in body
    assert not Team.objects.filter(name="The impostors").exists()


# ---------------------------------------------------------------- what is missing, for whom it concerns
def test_gaps_are_shown_to_those_who_decide(
    client: Client, project: Project, alice: User, bob: User, charlie: User
) -> None:
    read(project)
    TrustedCommitter.objects.create(project=project, user=charlie)
    for user in (alice, charlie, create_curator()):
        client.force_login(user)
        body = body_of(client)
        assert "What is missing" in body
        assert "?draft=setup" in body
    client.force_login(bob)
    assert "What is missing" not in body_of(client)
    client.logout()
    assert "What is missing" not in body_of(client)


def test_a_draft_leads_to_a_request_that_can_be_edited(client: Client, project: Project, alice: User) -> None:
    read(project)
    client.force_login(alice)
    body = body_of(client, "/projects/widget/contributions/new/?draft=setup")
    assert "Add CONTRIBUTING.md with “Set up and test”" in body
    assert "make setup" in body
    assert '<option value="docs" selected>' in body
    sent = {"title": "Mine", "what": "My words", "kind": "docs"}
    assert client.post("/projects/widget/contributions/new/?draft=setup", sent).status_code == 302
    assert project.requests.get().what == "My words"


@pytest.mark.parametrize("key", ["setup", "nonsense"])
def test_others_get_an_empty_form(client: Client, project: Project, bob: User, key: str) -> None:
    read(project)
    client.force_login(bob)
    assert "make setup" not in body_of(client, f"/projects/widget/contributions/new/?draft={key}")


def test_facts_of_another_version_are_as_good_as_none(client: Client, project: Project) -> None:
    LastRead.objects.create(project=project, files={"sizes": 1})
    assert "Your first contribution" in body_of(client)


# Session and user, her teams and those above, the project; its guides, what was read of its files; trusted
# committers, maintainers, addresses of the repository, teams of CODEOWNERS, authors, teams of all of them; open
# tasks; credits; her maintained teams.
QUERIES = 16


def test_queries_do_not_grow(
    client: Client,
    alice: User,
    project: Project,
    host_team: Team,
    guest_team: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.context.queue_count", None)
    Project.objects.update(host_id="7", items_at=THEN)
    read(project, owners=(Owner("email", alice.email), Owner("team", "corp/checkout")))
    client.force_login(alice)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
    owners = [Owner("team", "corp/checkout")]
    for number in range(20):
        user = create_user()
        owners.append(Owner("email", user.email))
        join(user, guest_team if number % 2 else host_team, maintainer=True)
        TrustedCommitter.objects.create(project=project, user=user)
        HostItem.objects.create(project=project, kind="issue", number=number, title="x", is_first=True)
        write(project, f"kind{number}", "<p>x</p>", f"docs/{number}.md")
        Contributor.objects.create(
            project=project, name="x", email=user.email, user=user, commits=1, first_at=THEN, last_at=THEN
        )
    read(project, owners=tuple(owners))
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
