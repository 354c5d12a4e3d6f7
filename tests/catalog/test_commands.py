import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.management.commands.sync import Command, bar
from catalog.models import CodeHost, Project, SyncRun
from people.models import Team
from tests.catalog.acme import TOKEN, Acme
from tests.create import create_project
from tests.repos import build_repo

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ledger", "gateway"):
        build_repo(tmp_path / "src" / f"{name}.git")
    return tmp_path / "src"


def call(*args: object) -> tuple[str, str]:
    """What the command says on its two streams."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_add_source_shows_what_came_in_and_queues_syncs(folder: Path, host_team: Team) -> None:
    out, _ = call("add_source", folder, "--team", host_team.slug, "--name", "Our git")
    assert "ledger   ledger   Platform" in out
    assert "Our git: 2 new, 0 known, 0 skipped" in out
    assert SyncRun.objects.filter(state=SyncRun.State.QUEUED).count() == 2


def test_add_source_can_leave_the_syncs_for_later(folder: Path) -> None:
    call("add_source", folder, "--no-sync")
    assert not SyncRun.objects.exists()


def test_add_source_takes_a_relative_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    call("add_source", "src", "--no-sync")
    assert CodeHost.objects.get().address == str(folder)


def test_add_source_names_the_bad_lines(tmp_path: Path) -> None:
    file = tmp_path / "repos.txt"
    file.write_text("https://git.corp.example/one\next::evil\n")
    out, err = call("add_source", file, "--no-sync")
    assert "1 new" in out and "1 skipped" in out
    assert err.startswith("line 2: ") and "[scheme_forbidden]" in err


def test_add_source_names_every_line_of_a_list_without_a_good_one(tmp_path: Path) -> None:
    file, err = tmp_path / "repos.txt", io.StringIO()
    file.write_text("ext::evil\nftp://git.corp.example/x\n")
    with pytest.raises(CommandError, match="list_without_urls"):
        call_command("add_source", str(file), stderr=err)
    first, second = err.getvalue().splitlines()
    assert first.startswith("line 1: ext::evil: ") and second.startswith("line 2: ftp://git.corp.example/x: ")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/no/such/place", "path_missing"),
        ("ext::sh", "scheme_forbidden"),
        ("?", "url_invalid"),
        ("", "url_invalid"),
    ],
)
def test_a_bad_source_is_a_sentence_a_code_and_a_cure(address: str, code: str) -> None:
    with pytest.raises(CommandError, match=rf"\[{code}\]\n\w"):
        call("add_source", address)
    assert not CodeHost.objects.exists()


def test_an_unknown_team_is_refused_with_those_that_exist(folder: Path, host_team: Team) -> None:
    with pytest.raises(CommandError, match=r"\[team_unknown\]\nUse one of: platform"):
        call("add_source", folder, "--team", "plattform")


def test_sync_here_needs_no_worker(folder: Path) -> None:
    call("add_source", folder, "--no-sync")
    out, _ = call("sync", "--inline")
    assert "ledger: new" in out and "gateway: new" in out
    out, _ = call("sync", "ledger", "--inline")
    assert out == "ledger: nothing new\n"
    assert Project.objects.filter(sync_state=Project.SyncState.OK).count() == 2


def test_a_failed_sync_ends_with_its_code_and_cure(folder: Path) -> None:
    call("add_source", folder, "--no-sync")
    (folder / "ledger.git").rename(folder / "away")
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 of these syncs failed"):
        call_command("sync", "--inline", stdout=io.StringIO(), stderr=err)
    assert "ledger: " in err.getvalue() and "[gone]" in err.getvalue()


def test_sync_of_an_unknown_project_is_refused() -> None:
    with pytest.raises(CommandError, match="project_unknown"):
        call("sync", "nothing")


def test_sync_without_projects_says_how_to_begin() -> None:
    out, _ = call("sync")
    assert "add_source" in out


def test_watching_ends_with_the_last_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look finds the run one step further."""
    project = create_project("widget")
    steps = iter(
        [
            {"state": SyncRun.State.RUNNING, "phase": "receiving", "percent": 40, "objects_done": 1234},
            {"phase": "saving", "percent": None},
            {"state": SyncRun.State.FAILED, "code": "gone", "message": "It is gone.", "cure": "Look for it."},
        ]
    )
    monkeypatch.setattr(
        "catalog.management.commands.sync.time.sleep", lambda _: SyncRun.objects.update(**next(steps))
    )
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="1 of these syncs failed"):
        call_command("sync", project.slug, "--wait", stdout=out, stderr=err)
    assert "Queued: 1," in out.getvalue()
    assert "widget: receiving  40 %, 1,234 objects, 0.0 MB" in out.getvalue()
    assert "widget: saving" in out.getvalue()
    assert "widget: It is gone. [gone] Look for it." in err.getvalue()


def test_a_terminal_gets_a_bar() -> None:
    run = SyncRun(project=Project(slug="widget"), phase="receiving", percent=50, bytes_done=3 * 2**20)
    assert bar(run) == "[##########..........] widget: receiving  50 %, 0 objects, 3.0 MB"
    assert Command().erase(0) == 0


# ---------------------------------------------------------------- code hosts
def test_add_source_takes_a_token_from_the_environment(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODE_HOST_TOKEN", TOKEN)
    out, err = call("add_source", acme.address, "--kind", "gitea", "--token", "--no-sync")
    source = CodeHost.objects.get()
    assert source.token.reveal() == TOKEN
    assert source.token_set_at is not None
    assert "acme: 2 new, 0 known, 0 skipped" in out
    assert TOKEN not in out + err


def test_add_source_asks_for_a_token_that_the_environment_lacks(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CODE_HOST_TOKEN", raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "two words")
    with pytest.raises(CommandError, match="token_refused"):
        call("add_source", acme.address, "--kind", "gitea", "--token")
    assert not CodeHost.objects.exists()


def test_add_source_takes_only_what_has_the_topic(acme: Acme) -> None:
    acme.change(7, topics=["inner-source"])
    call("add_source", acme.address, "--kind", "gitea", "--topic", "inner-source", "--no-sync")
    assert [project.slug for project in Project.objects.all()] == ["ledger"]
    assert CodeHost.objects.get().topic == "inner-source"
