import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.utils import timezone

from catalog.actions.syncing import request_syncs
from catalog.management import following
from catalog.management.following import Following
from catalog.models import CodeHost, Project, RemoteHost, SyncRun
from people.models import Team
from tests.catalog.acme import TOKEN, Acme
from tests.create import create_code_host, create_project
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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that have passed for who follows syncs: each look costs one."""
    passed = [0.0]
    monkeypatch.setattr(following.time, "monotonic", lambda: passed[0])
    monkeypatch.setattr(following.time, "sleep", lambda _: passed.__setitem__(0, passed[0] + 1))
    return passed


def planned(monkeypatch: pytest.MonkeyPatch, *steps: dict[str, object]) -> None:
    """Each look finds the run one step further."""
    left = iter(steps)
    monkeypatch.setattr(following.time, "sleep", lambda _: SyncRun.objects.update(**next(left)))


def test_watching_ends_with_the_last_run(monkeypatch: pytest.MonkeyPatch) -> None:
    project = create_project("widget")
    planned(
        monkeypatch,
        {"state": SyncRun.State.RUNNING, "phase": "receiving", "percent": 40, "objects_done": 1234},
        {"phase": "saving", "percent": None},
        {"state": SyncRun.State.FAILED, "code": "gone", "message": "It is gone.", "cure": "Look for it."},
    )
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="1 of these syncs failed"):
        call_command("sync", project.slug, "--wait", stdout=out, stderr=err)
    assert "Queued: 1," in out.getvalue()
    assert "widget: receiving  40 %, 1,234 objects, 0.0 MB" in out.getvalue()
    assert "widget: saving" in out.getvalue()
    assert "widget: It is gone. [gone] Look for it." in err.getvalue()


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


def test_a_terminal_gets_bars_that_are_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    create_project("widget"), create_project("gadget")
    planned(
        monkeypatch,
        {"state": SyncRun.State.RUNNING, "phase": "receiving", "percent": 50, "bytes_done": 3 * 2**20},
        {"state": SyncRun.State.OK, "changed": True},
    )
    out = io.StringIO()
    out.isatty = lambda: True  # type: ignore[method-assign]
    call_command("sync", "--wait", stdout=out)
    said = out.getvalue()
    assert "[##########..........] widget: receiving  50 %, 0 objects, 3.0 MB" in said
    assert "[....................] 0 of 2 done, 2 running\n\x1b[3A\x1b[J" in said
    assert said.endswith("2 of 2 done.\n")


def test_watching_ends_where_a_sync_is_put_off(clock: list[float]) -> None:
    """A rate limit, a host that rests and a paused source last longer than anybody watches a terminal."""
    soon, later = (timezone.now() + timedelta(seconds=seconds) for seconds in (20, 900))
    create_project("limited"), create_project("resting", remote_host="git.corp.example")
    create_project("soon", code_host=create_code_host())
    RemoteHost.objects.create(name="git.corp.example", failures=5, paused_until=later)
    err = io.StringIO()
    run = Following(request_syncs(Project.objects.all()), out=OutputWrapper(io.StringIO()), err=OutputWrapper(err))
    Project.objects.filter(slug="limited").update(next_sync_at=later)
    SyncRun.objects.filter(project__slug="limited").update(phase="The host asks us to wait.")
    Project.objects.filter(slug="soon").update(next_sync_at=soon)
    run.take_put_off()
    assert run.failed == 2 and len(run.waiting) == 1
    assert "limited: not now. The host asks us to wait." in err.getvalue()
    assert "resting: not now. git.corp.example is left alone." in err.getvalue()
    CodeHost.objects.update(enabled=False)
    run.to_the_end()
    assert "soon: not now. Its source is paused." in err.getvalue()


def test_watching_says_when_there_is_no_worker_and_ends(clock: list[float]) -> None:
    create_project("widget")
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 of these syncs failed"):
        call_command("sync", "--wait", stdout=io.StringIO(), stderr=err)
    assert err.getvalue().count("No worker answers. Start one: manage.py serve worker") == 1
    assert "They stay queued." in err.getvalue()
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED


def test_what_waits_for_the_long_worker_alone_names_that_one(db: None, settings: LazySettings) -> None:
    project = create_project("huge", sync_lane="long")
    request_syncs([project])
    assert following.why_silent().endswith("manage.py serve long-worker")
    settings.VAR.mkdir(exist_ok=True)
    settings.DISK_RESERVE = 2**40
    assert following.why_silent().startswith("The disk is nearly full")


def test_a_worker_at_work_is_no_silence(clock: list[float]) -> None:
    create_project("busy", lease_until=timezone.now() + timedelta(hours=1))
    err = io.StringIO()
    runs = request_syncs([create_project("widget")])
    run = Following(runs, out=OutputWrapper(io.StringIO()), err=OutputWrapper(err))
    for second in range(0, 300, 10):
        clock[0] = second
        run.listen()
    assert err.getvalue() == "" and run.waiting


def test_only_what_failed_or_is_parked_is_tried_again(db: None) -> None:
    create_project("fine", sync_state="ok")
    create_project("torn", sync_state="failed")
    create_project("hopeless", sync_state="parked", next_sync_at=None)
    for options, slugs in ((["--failed"], {"torn"}), (["--parked"], {"hopeless"}), (["fine", "--failed"], set())):
        SyncRun.objects.all().delete()
        call("sync", *options)
        assert {run.project.slug for run in SyncRun.objects.all()} == slugs
    assert call("sync", "fine", "--parked")[0] == "Nothing is like that.\n"
