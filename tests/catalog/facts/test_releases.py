"""Tags named like versions are releases."""

import pytest

from catalog.facts.releases import is_release


@pytest.mark.parametrize(
    "name",
    ["1.2", "v1.2.3", "V1.0", "ledger-1.2.3", "release/2.0", "release-1.2", "rel_1_2_0", "@corp/ledger@1.2.3",
     "v2", "ledger/v1.4.0", "1.0.0+build.5", "2024.11", "v1.2.3.4", "1.0.post1", "1.2.3.Final", "my-lib-2-v1.0"],
)  # fmt: skip
def test_versions_are_releases(name):
    assert is_release(name)


@pytest.mark.parametrize(
    "name", ["v1.0.0-rc.1", "1.0a1", "2.0b2", "v3.0.0-beta", "1.0.0-alpha.3", "1.0.dev4", "1.0-SNAPSHOT"]
)
def test_candidates_are_releases_too(name):
    assert is_release(name)


@pytest.mark.parametrize(
    "name", ["latest", "stable", "build-123", "2", "", "v", "prod", "1.2.x", "<b>1.0</b>", "-v1.0"]
)
def test_other_tags_are_not(name):
    assert not is_release(name)


@pytest.mark.parametrize(
    "name", ["a-" * 49, "a-a_" * 24 + "1", "1." * 49, "v" * 100, "1.0" + "-" * 97, "a" * 100_000]
)
def test_no_name_makes_the_pattern_run_away(name):
    assert is_release(name) in (True, False)
