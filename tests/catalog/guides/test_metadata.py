"""Metadata is taken where it is right, and said to be wrong where it is not."""

import json

import pytest

from catalog.guides.metadata import Metadata, read_metadata

BACKSTAGE = b"""\
apiVersion: backstage.io/v1alpha1
kind: API
spec: {type: openapi, owner: nobody}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ledger
  title: The Ledger
  description: Books every payment
  tags: [java, Money]
  links:
    - {url: "https://docs.corp.example/ledger", title: Documentation}
spec:
  type: service
  lifecycle: experimental
  owner: group:default/payments/core
"""


def innersource(**values):
    return {"innersource.json": json.dumps(values).encode()}


def messages(files):
    return [problem.message for problem in read_metadata(files).problems]


def test_no_file_is_nothing_stated():
    assert read_metadata({}) == Metadata()


def test_innersource_json_is_read():
    metadata = read_metadata(
        innersource(
            title="Ledger",
            motivation="We want help",
            contributions=["features", "docs"],
            skills="Java, SQL",
            logo="img/logo.png",
            docs="https://docs.corp.example",
            language="Java",
            topics=["Money Flow", "books"],
        )
    )
    assert (metadata.title, metadata.motivation, metadata.language) == ("Ledger", "We want help", "Java")
    assert metadata.contributions == ("features", "docs")
    assert metadata.skills == ("Java", "SQL")
    assert metadata.topics == ("money-flow", "books")
    assert (metadata.logo, metadata.docs_url) == ("img/logo.png", "https://docs.corp.example")
    assert metadata.problems == ()


def test_the_component_of_a_catalog_info_is_read():
    metadata = read_metadata({"catalog-info.yaml": BACKSTAGE})
    assert (metadata.title, metadata.summary) == ("The Ledger", "Books every payment")
    assert (metadata.kind, metadata.lifecycle) == ("service", "experiment")
    assert metadata.owner_slugs == ("payments-core", "core")
    assert metadata.topics == ("java", "money")
    assert metadata.docs_url == "https://docs.corp.example/ledger"
    assert metadata.problems == ()


def test_innersource_json_wins_field_by_field():
    metadata = read_metadata(innersource(title="Short") | {"catalog-info.yaml": BACKSTAGE})
    assert (metadata.title, metadata.kind) == ("Short", "service")


@pytest.mark.parametrize("word", ["user:default/alice", "user:alice"])
def test_a_user_is_no_team(word):
    text = f"kind: Component\nspec:\n  owner: {word}\n"
    metadata = read_metadata({"catalog-info.yaml": text.encode()})
    assert metadata.owner == word
    assert metadata.owner_slugs == ()


def test_a_lifecycle_that_nobody_knows_is_named_with_its_line():
    problem = read_metadata({"catalog-info.yaml": b"kind: Component\nspec:\n  lifecycle: shiny\n"}).problems[0]
    assert "shiny" in problem.message
    assert problem.line == 3


def test_broken_json_is_named_with_its_line():
    problem = read_metadata({"innersource.json": b'{"title": "x",\n oops}'}).problems[0]
    assert (problem.path, problem.line) == ("innersource.json", 2)
    assert "JSON" in problem.message


def test_broken_yaml_is_named_with_its_line():
    problem = read_metadata({"catalog-info.yaml": b"kind: A\n---\nkind: Component\nspec: [1\n"}).problems[0]
    assert problem.line in (4, 5)


def test_wrong_types_are_named_and_the_rest_is_taken():
    metadata = read_metadata(
        innersource(title=["a"], skills={"a": 1}, topics=["x", 3], motivation="kept", language=None)
    )
    assert metadata.motivation == "kept"
    assert metadata.topics == ("x",)
    assert len(metadata.problems) == 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", 'https://x/"><script>', "x"]
)
def test_addresses_that_are_none_are_refused(url):
    assert read_metadata(innersource(docs=url)).docs_url == ""
    assert messages(innersource(docs=url))


@pytest.mark.parametrize("logo", ["javascript:alert(1)", "../../etc/passwd", "/etc/passwd"])
def test_logos_stay_inside(logo):
    assert read_metadata(innersource(logo=logo)).logo == ""


def test_escapes_do_not_bring_control_characters_back():
    metadata = read_metadata({"innersource.json": b'{"title": "a\\u0000b\\ud800c\\n d"}'})
    assert metadata.title == "abc d"


def bomb():
    lines = ["kind: Component", "metadata:", "  a: &a [x,x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"  {new}: &{new} [{','.join(['*' + old] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("catalog-info.yaml", bomb()),
        ("catalog-info.yaml", b"kind: Component\nspec: " + b"[" * 30_000),
        ("catalog-info.yaml", b"kind: Component\nspec: " + b"{a: " * 10_000),
        ("catalog-info.yaml", b"[" * 100_000),
        ("catalog-info.yaml", b"kind: Component\nspec:\n" + b"".join(b" " * n + b"- \n" for n in range(1, 300))),
        ("catalog-info.yaml", b"kind: Component\nspec: " + b"- " * 9000 + b"x"),
        ("catalog-info.yaml", b"kind: Component\nspec: !!python/object/apply:os.system [id]"),
        ("catalog-info.yaml", b"kind: Component\nspec: {? [a] : b}"),
        ("catalog-info.yaml", b"kind: Component\nmetadata: &a [*a]"),
        ("catalog-info.yaml", b"kind: Component\nx: 1\n" + b"# filler\n" * 40_000),
        ("catalog-info.yaml", b"just text"),
        ("catalog-info.yaml", b"\x89PNG" + b"\0" * 900),
        ("innersource.json", b"[" * 100_000),
        ("innersource.json", b'{"title": ' + b"9" * 9000 + b"}"),
        ("innersource.json", b"[]"),
        ("innersource.json", b'{"title": "' + b"x" * 300_000 + b'"}'),
    ],
)
def test_hostile_files_become_problems(path, data):
    assert messages({path: data})


def test_the_number_of_everything_is_bounded():
    metadata = read_metadata(
        innersource(topics=[f"t{n}" for n in range(5000)], title="x" * 5000, skills=[1] * 500)
    )
    assert len(metadata.topics) == 20
    assert len(metadata.title) == 200
    assert len(metadata.problems) <= 20
