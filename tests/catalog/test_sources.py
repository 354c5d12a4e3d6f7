import os
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from catalog.actions import looking
from catalog.actions.discovery import discover_due, rediscover
from catalog.actions.sources import NothingFound, add_source
from catalog.models import CodeHost, Project, SyncRun
from forge.errors import ForgeError
from people.models import Team, User
from tests.create import create_team, create_user
from tests.repos import build_repo

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two repositories, one of them with a work tree and one folder deeper."""
    build_repo(tmp_path / "src" / "ledger.git")
    build_repo(tmp_path / "src" / "payments" / "gateway", bare=False)
    return tmp_path / "src"


def code_of(address: object, **options: object) -> str:
    with pytest.raises(ForgeError) as caught:
        add_source(str(address), **options)  # type: ignore[arg-type]
    return caught.value.code


def test_every_repository_below_a_folder_becomes_a_project(folder: Path) -> None:
    intake = add_source(str(folder))
    rows = Project.objects.values_list("slug", "path", "remote", "listing")
    assert set(rows) == {
        ("ledger", "ledger", str(folder / "ledger.git"), "listed"),
        ("gateway", "payments/gateway", str(folder / "payments" / "gateway"), "listed"),
    }
    assert intake.code_host.kind == "directory"
    assert intake.code_host.folders == [str(folder)]


def test_the_same_address_twice_is_one_source_with_the_same_projects(folder: Path) -> None:
    add_source(str(folder))
    again = add_source(f"{folder}/")
    assert (len(again.new), len(again.known)) == (0, 2)
    assert CodeHost.objects.count() == 1
    assert Project.objects.count() == 2


def test_a_repository_that_came_by_another_source_stays_one_project(folder: Path) -> None:
    add_source(str(folder))
    intake = add_source(str(folder / "ledger.git"))
    assert [Project.objects.get(pk=pk).slug for pk in intake.known] == ["ledger"]
    assert Project.objects.count() == 2


def test_repositories_of_the_same_name_get_the_namespace_in_front(tmp_path: Path) -> None:
    for team in ("payments", "search"):
        build_repo(tmp_path / team / "utils.git")
    add_source(str(tmp_path))
    assert set(Project.objects.values_list("slug", flat=True)) == {"utils", "search-utils"}


def test_the_named_team_owns_what_comes_in(folder: Path) -> None:
    team = create_team("Payments")
    add_source(str(folder))
    add_source(str(folder), team=team)
    build_repo(folder / "later.git")
    add_source(str(folder))
    assert set(Project.objects.values_list("owner_team", flat=True)) == {team.pk}


def test_new_listings_wait_for_curation_where_the_setting_asks(folder: Path, settings: LazySettings) -> None:
    settings.NEW_LISTINGS_NEED_CURATION = True
    add_source(str(folder))
    assert set(Project.objects.values_list("listing", flat=True)) == {Project.Listing.DISCOVERED}


def test_the_description_of_a_repository_is_its_first_summary(folder: Path) -> None:
    (folder / "ledger.git" / "description").write_text("Books of the company\n")
    add_source(str(folder))
    assert Project.objects.get(slug="ledger").summary == "Books of the company"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ext::sh -c touch% /tmp/x", "scheme_forbidden"),
        ("http://git.corp.example/x.git", "scheme_forbidden"),
        ("https://user:secret@git.corp.example/x.git", "credentials_in_url"),
        ("/no/such/folder", "path_missing"),
        ("nonsense", "url_invalid"),
        ("", "url_invalid"),
        ("https://localhost/x.git", "address_forbidden"),
    ],
)
def test_a_bad_address_says_why_and_leaves_nothing(address: str, code: str) -> None:
    assert code_of(address) == code
    assert not CodeHost.objects.exists()


def test_a_folder_without_repositories_says_so(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "path_without_repositories"


def test_a_url_that_does_not_answer_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise ForgeError("host_unknown", host="git.corp.example")

    monkeypatch.setattr(looking, "open_source", nobody)
    assert code_of("https://git.corp.example/x.git") == "host_unknown"
    assert not CodeHost.objects.exists()


def test_an_unknown_kind_says_which_there_are(folder: Path) -> None:
    assert code_of(folder, kind="cvs") == "kind_unknown"


def test_bad_lines_of_a_list_are_reported_and_the_rest_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "repos.txt"
    lines = ["# ours", "https://git.corp.example/a/one.git", "ext::evil", "", "https://git.corp.example:8443/two"]
    file.write_text("\n".join(lines))
    intake = add_source(str(file))
    assert [(problem.line, problem.error.code) for problem in intake.problems] == [(3, "scheme_forbidden")]
    assert {project.remote for project in intake.new} == {
        "https://git.corp.example/a/one.git",
        "https://git.corp.example:8443/two",
    }
    code_host = CodeHost.objects.get()
    assert code_host.hosts == ["git.corp.example", "git.corp.example:8443"]
    assert code_host.problems[0]["line"] == 3


def test_two_spellings_of_a_url_are_one_project(tmp_path: Path) -> None:
    for number, url in enumerate(["https://git.corp.example/a/one", "https://GIT.corp.example:443/a/one.git/"]):
        (tmp_path / f"{number}.txt").write_text(url)
        add_source(str(tmp_path / f"{number}.txt"))
    assert Project.objects.count() == 1


def test_a_list_without_a_good_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "repos.txt").write_text("ext::evil\next::worse\n")
    with pytest.raises(NothingFound) as caught:
        add_source(str(tmp_path / "repos.txt"))
    assert caught.value.code == "list_without_urls"
    assert [(each.line, each.text) for each in caught.value.problems] == [(1, "ext::evil"), (2, "ext::worse")]
    assert not CodeHost.objects.exists()


def test_a_known_list_that_went_bad_says_which_lines_are(tmp_path: Path) -> None:
    path = tmp_path / "repos.txt"
    path.write_text("https://git.corp.example/a/one\n")
    code_host = add_source(str(path)).code_host
    path.write_text("# moved\next::evil\n")
    rediscover(code_host)
    code_host.refresh_from_db()
    assert code_host.error_code == "list_without_urls"
    assert [each["line"] for each in code_host.problems] == [2]


# ---------------------------------------------------------------- who, and from where
def test_only_an_operator_adds_sources(folder: Path, alice: User) -> None:
    with pytest.raises(PermissionDenied):
        add_source(str(folder), by=alice)
    add_source(str(folder), by=create_user("operator", is_staff=True))
    assert CodeHost.objects.get().added_by is not None


def test_a_browser_reads_only_below_the_folders_of_the_settings(folder: Path, settings: LazySettings) -> None:
    operator = create_user("operator", is_superuser=True)
    assert code_of(folder, by=operator, trusted=False) == "path_forbidden"
    settings.SOURCE_FOLDERS = [folder]
    add_source(str(folder), by=operator, trusted=False)
    assert CodeHost.objects.get().folders == []


def test_a_name_that_is_no_utf_8_is_reported_and_the_rest_goes_on(folder: Path) -> None:
    build_repo(folder / "odd.git").rename(folder / os.fsdecode(b"caf\xe9.git"))
    intake = add_source(str(folder))
    assert len(intake.new) == 2
    assert [problem.error.code for problem in intake.problems] == ["url_invalid"]
    assert "\N{REPLACEMENT CHARACTER}" in CodeHost.objects.get().problems[0]["text"]


# ---------------------------------------------------------------- again and again
def test_beat_finds_new_repositories_and_leaves_vanished_ones(folder: Path) -> None:
    add_source(str(folder))
    (folder / "ledger.git").rename(folder / "books.git")
    discover_due()
    assert Project.objects.count() == 2
    CodeHost.objects.update(next_look_at=timezone.now())
    discover_due()
    assert set(Project.objects.values_list("slug", flat=True)) == {"ledger", "gateway", "books"}
    assert SyncRun.objects.get().project.slug == "books"


def test_a_source_that_cannot_be_read_keeps_its_error_and_stops_no_other(tmp_path: Path, host_team: Team) -> None:
    for name in ("one", "two"):
        build_repo(tmp_path / name / f"{name}.git")
        add_source(str(tmp_path / name), team=host_team)
    (tmp_path / "one").rename(tmp_path / "away")
    build_repo(tmp_path / "two" / "three.git")
    CodeHost.objects.update(next_look_at=timezone.now())
    discover_due()
    assert CodeHost.objects.get(name="one").error_code == "path_missing"
    assert Project.objects.get(slug="three").owner_team == host_team
    assert CodeHost.objects.get(name="two").error_code == ""


def test_the_number_of_queries_does_not_grow_with_the_repositories(
    tmp_path: Path, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(12):
        build_repo(tmp_path / f"{number}.git")
    with django_assert_num_queries(13):  # type: ignore[operator]
        add_source(str(tmp_path))


def test_a_folder_that_is_back_is_synced_again(tmp_path: Path) -> None:
    build_repo(tmp_path / "ledger.git")
    add_source(str(tmp_path))
    Project.objects.update(next_sync_at=None, sync_state="parked", sync_code="gone", sync_failures=10)
    add_source(str(tmp_path))
    back = Project.objects.due().get()
    assert back.sync_failures == 0
    Project.objects.update(next_sync_at=None, sync_state="parked", sync_code="too_big")
    add_source(str(tmp_path))
    assert not Project.objects.due().exists()
