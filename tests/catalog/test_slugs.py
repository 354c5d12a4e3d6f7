import pytest

from catalog.slugs import new_slug


@pytest.mark.parametrize(
    ("name", "path", "slug"),
    [
        ("ledger", "payments/ledger", "ledger"),
        ("commander.js", "tj/commander.js", "commander-js"),
        ("Größe", "x/Größe", "groe"),
        ("日本語", "tools/日本語", "tools"),
        ("..", "..", "project"),
        ("a\x00b", "a\x00b", "a-b"),
        ("<script>", "<script>", "script"),
        ("x" * 300, "x", "x" * 100),
    ],
)
def test_a_slug_is_readable(name: str, path: str, slug: str) -> None:
    assert new_slug(name, path, taken=()) == slug


def test_a_taken_name_brings_its_namespace_then_a_number() -> None:
    assert new_slug("ledger", "payments/ledger", taken={"ledger"}) == "payments-ledger"
    assert new_slug("ledger", "payments/ledger", taken={"ledger", "payments-ledger"}) == "ledger-2"
    assert new_slug("ledger", "ledger", taken={"ledger", "ledger-2"}) == "ledger-3"
