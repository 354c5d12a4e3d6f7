from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.demo.build import Built, build, build_all, heads, wind
from portal.demo.more_branches import BRANCHES
from portal.demo.people import BY_USERNAME, OUTSIDERS, PEOPLE, ROBOT, TEAMS, members
from portal.demo.plans import BY_PATH, PLANS
from tests.repos import git, tip

TODAY = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    built = build_all(tmp_path_factory.mktemp("company"), today=TODAY)
    return {one.plan.path: one for one in built}


def test_company_has_forty_people_in_eight_teams_of_three_departments() -> None:
    kinds = [team.kind for team in TEAMS]
    assert (kinds.count("team"), kinds.count("department"), kinds.count("unit")) == (8, 3, 1)
    assert len(PEOPLE) == len({person.email for person in PEOPLE}) == 40
    assert all(len(members(team.slug)) == 5 for team in TEAMS if team.kind == "team")
    assert all(person.email.isascii() for person in PEOPLE)


def test_there_are_more_than_two_dozen_sound_repositories(company: dict[str, Built]) -> None:
    assert len(company) >= 24
    for built in company.values():
        assert git(built.path, "fsck", "--strict") == ""


def test_history_ends_with_the_files_that_were_planned(company: dict[str, Built]) -> None:
    for built in company.values():
        changed = {p for b in BRANCHES if b.project == built.plan.path for patch in b.patches for p in patch.edits}
        for path, text in built.plan.files().items():
            if path not in changed:
                assert git(built.path, "show", f"main:{path}") == text.strip(), (built.plan.path, path)


def test_commits_lie_between_the_first_day_and_yesterday(company: dict[str, Built]) -> None:
    for built in company.values():
        times = [int(line) for line in git(built.path, "log", "--all", "--format=%at").split()]
        oldest = max(built.plan.started, *(BY_PATH[p].started for p in [built.plan.fork_of] if p), 0)
        assert (TODAY - timedelta(days=oldest + 4)).timestamp() < min(times)
        assert max(times) < TODAY.timestamp()


def test_same_day_gives_the_same_ids(company: dict[str, Built], tmp_path: Path) -> None:
    for plan in PLANS[:3]:
        assert build(plan, tmp_path, today=TODAY).moves == company[plan.path].moves


def test_commits_are_by_people_of_the_company_and_a_few_strangers(company: dict[str, Built]) -> None:
    known = {address for p in PEOPLE for address in (p.email, p.former)} | {a.email for a in (*OUTSIDERS, ROBOT)}
    found = {e for b in company.values() for e in git(b.path, "log", "--format=%ae", "--all").split()}
    assert found <= known
    assert {a.email for a in OUTSIDERS} <= found


def test_abandoned_repository_rests_for_two_years(company: dict[str, Built]) -> None:
    last = git(company["checkout/gift-cards"].path, "log", "-1", "--format=%at")
    assert int(last) < (TODAY - timedelta(days=730)).timestamp()


def test_repository_without_readme_exists(company: dict[str, Built]) -> None:
    assert "README" not in git(company["data/late-orders"].path, "ls-tree", "--name-only", "main")


def test_fork_shares_a_past_with_its_origin_and_drifted(company: dict[str, Built]) -> None:
    origin, fork = company["platform/http-client"].path, company["storefront/http-client-retries"].path
    ours, theirs = (set(git(path, "rev-list", "main").split()) for path in (origin, fork))
    assert len(ours & theirs) > 20
    assert theirs - ours
    assert ours - theirs


def test_same_helper_was_copied_into_three_repositories(company: dict[str, Built]) -> None:
    found = [git(b.path, "rev-parse", f"main:{path}") for b in company.values() for path in b.plan.copies]
    assert len(found) == 3
    assert len(set(found)) == 1


def test_branches_arrive_by_merge_squash_and_rebase(company: dict[str, Built]) -> None:
    assert {branch.arrives for branch in BRANCHES} == {"", "merge", "squash", "rebase"}
    for branch in BRANCHES:
        path = company[branch.project].path
        patches = git(path, "cherry", "main", branch.name).split("\n")
        open_, gone = [p for p in patches if p[:1] == "+"], [p for p in patches if p[:1] == "-"]
        if not branch.arrives:
            assert open_, branch.name
        elif branch.arrives == "rebase" or len(branch.patches) == 1:
            assert not open_, branch.name
            assert gone or branch.arrives == "merge"


def test_variant_that_waits_conflicts_with_what_was_merged(company: dict[str, Built]) -> None:
    path = company["platform/http-client"].path
    with pytest.raises(Exception, match="exit status 1"):
        git(path, "merge-tree", "--write-tree", "main", "circuit-breaker")


def test_release_notes_thank_the_guest(company: dict[str, Built]) -> None:
    notes = git(company["platform/http-client"].path, "show", "v2.4.0:CHANGELOG.md")
    assert "Retry budget (thanks to Bao Nguyen, Checkout)" in notes.partition("## 2.3.0")[0]


def test_winding_back_shows_the_branch_before_it_was_merged(tmp_path: Path) -> None:
    built = build(BY_PATH["platform/http-client"], tmp_path, today=TODAY)
    wind(built, TODAY - timedelta(days=60))
    budget = tip(built.path, "retry-budget")
    assert git(built.path, "rev-list", "--count", "main..retry-budget") == "2"
    assert tip(built.path, "errors-name-the-route") == ""

    wind(built, TODAY)
    assert tip(built.path, "retry-budget") != budget
    assert git(built.path, "rev-list", "--count", "main..retry-budget") == "0"
    assert tip(built.path) == heads(built, TODAY)["main"]


def test_everybody_who_is_named_works_there() -> None:
    named = {b.author for b in BRANCHES} | {b.by for b in BRANCHES if b.by}
    named |= {name for plan in PLANS for name in (*plan.guests, *plan.trusted)}
    assert named <= BY_USERNAME.keys()
