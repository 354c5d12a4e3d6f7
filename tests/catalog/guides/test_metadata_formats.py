"""Each format of metadata is read for what it means here, and nothing in it changes people or teams."""

import json
from dataclasses import asdict

import pytest

from catalog.guides.metadata import Contact, Entity, Link, Metadata, read_metadata

CATALOG = b"""\
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: money}
spec: {owner: finance}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ledger
  annotations:
    innersource-portal/governance: shared-ownership
    innersource-portal/successor: books
    innersource-portal/production-since: 2024-05
    innersource-portal/support: "#ledger, office hours"
    github.com/project-slug: corp/ledger
  links:
    - {url: "https://chat.corp.example/ledger", title: Chat}
    - {url: "https://docs.corp.example/ledger", type: docs}
    - {url: "javascript:alert(1)", title: Bad}
spec: {type: service, lifecycle: production, owner: group:default/payments, system: money}
---
kind: API
metadata: {name: ledger-api, title: Ledger API}
spec: {type: openapi, owner: payments, definition: "openapi: 3.0.0"}
---
kind: Group
metadata: {name: payments}
spec: {type: team, profile: {displayName: Payments}, children: []}
---
kind: User
metadata: {name: alice}
spec: {profile: {displayName: Alice}, memberOf: [payments]}
"""

PUBLICCODE = b"""\
publiccodeYmlVersion: "0.4"
name: Medusa
url: "https://git.corp.example/medusa.git"
logo: img/medusa.svg
platforms: [web]
categories: [Case Management]
usedBy: [Town of A, Town of B]
softwareType: standalone/web
developmentStatus: stable
releaseDate: 2023-04-01
description:
  it:
    shortDescription: Una cosa
  en-GB:
    shortDescription: A thing
    longDescription: A thing that does things.
    documentation: https://docs.corp.example/medusa
legal: {license: AGPL-3.0-or-later, repoOwner: City}
maintenance:
  type: internal
  contacts:
    - {name: Francesco Rossi, email: F.Rossi@corp.example, affiliation: City}
    - {email: nameless@corp.example}
"""


def messages(files):
    return [problem.message for problem in read_metadata(files).problems]


def test_every_entity_is_listed_and_the_component_speaks():
    metadata = read_metadata({"catalog-info.yaml": CATALOG})
    assert metadata.entities == (
        Entity("System", "money", owner="finance"),
        Entity("Component", "ledger", type="service", owner="group:default/payments"),
        Entity("API", "ledger-api", "Ledger API", "openapi", "payments"),
        Entity("Group", "payments", "Payments", "team"),
        Entity("User", "alice", "Alice"),
    )
    assert (metadata.kind, metadata.lifecycle, metadata.system) == ("service", "production", "money")
    assert (metadata.governance, metadata.successor, metadata.production_since) == (4, "books", "2024-05")
    assert metadata.support == "#ledger, office hours"


def test_links_are_addresses_and_say_what_they_are_for():
    metadata = read_metadata({"catalog-info.yaml": CATALOG})
    assert metadata.links == (
        Link("Chat", "https://chat.corp.example/ledger"),
        Link("https://docs.corp.example/ledger", "https://docs.corp.example/ledger"),
    )
    assert metadata.talk_url == "https://chat.corp.example/ledger"
    assert metadata.docs_url == "https://docs.corp.example/ledger"
    assert [problem.path for problem in metadata.problems] == ["catalog-info.yaml"]


def test_groups_and_users_alone_say_nothing_of_the_project():
    text = b"kind: Group\nmetadata: {name: a, title: Impostors, description: Mine}\nspec: {owner: x}\n"
    metadata = read_metadata({"catalog-info.yaml": text})
    assert (metadata.title, metadata.summary, metadata.owner) == ("", "", "")
    assert metadata.entities[0].kind == "Group"


def test_an_entity_of_an_unknown_kind_is_named():
    assert "Spaceship" in messages({"catalog-info.yaml": b"kind: Spaceship\nmetadata: {name: x}\n"})[0]


def test_documents_beyond_the_budget_are_not_parsed():
    text = b"kind: Component\nmetadata: {name: x}\n" + b"---\nkind: API\nmetadata: {name: y}\n" * 500
    metadata = read_metadata({"catalog-info.yaml": text})
    assert len(metadata.entities) == 30
    assert metadata.problems[0].line == 30 * 3


def test_the_line_of_a_broken_document_is_that_of_the_file():
    text = b"kind: Component\nmetadata: {name: x}\n---\nkind: API\nspec: [\n"
    problem = read_metadata({"catalog-info.yaml": text}).problems[0]
    assert problem.line in (5, 6)


def test_publiccode_is_read_in_the_preferred_language():
    metadata = read_metadata({"publiccode.yml": PUBLICCODE})
    assert (metadata.title, metadata.summary) == ("Medusa", "A thing")
    assert metadata.motivation == "A thing that does things."
    assert (metadata.kind, metadata.lifecycle, metadata.licence) == ("service", "production", "AGPL-3.0-or-later")
    assert metadata.url == "https://git.corp.example/medusa.git"
    assert metadata.docs_url == "https://docs.corp.example/medusa"
    assert metadata.contacts == (Contact("Francesco Rossi", "f.rossi@corp.example", "City"),)
    assert metadata.used_by == ("Town of A", "Town of B")
    assert (metadata.owner, metadata.topics) == ("City", ("case-management",))
    assert metadata.problems == ()


def test_another_language_is_better_than_none():
    text = b"description:\n  it: {shortDescription: Una cosa}\n"
    assert read_metadata({"publiccode.yml": text}).summary == "Una cosa"


@pytest.mark.parametrize(
    "text",
    [
        b"developmentStatus: shiny\n",
        b"softwareType: toaster\n",
        b"description: text\n",
        b"maintenance: {contacts: {name: x}}\n",
        b"legal: {license: [MIT]}\n",
        b"[" * 50_000,
        b"x: " + b"y" * 70_000,
        b"- a\n",
    ],
)
def test_what_is_wrong_in_publiccode_is_named(text):
    assert messages({"publiccode.yml": text})


def test_the_first_file_that_states_a_field_wins_and_is_named():
    files = {
        "innersource.json": json.dumps({"title": "Short", "governance": 2}).encode(),
        "catalog-info.yaml": CATALOG,
        "publiccode.yml": PUBLICCODE,
    }
    metadata = read_metadata(files)
    assert (metadata.title, metadata.governance, metadata.summary) == ("Short", 2, "A thing")
    assert metadata.owner_slugs == ("payments",)
    assert metadata.sources["title"] == metadata.sources["governance"] == "innersource.json"
    assert metadata.sources["lifecycle"] == "catalog-info.yaml"
    assert metadata.sources["used_by"] == "publiccode.yml"
    assert "motivation" in metadata.sources and "skills" not in metadata.sources


def test_fields_of_our_own_in_innersource_json():
    stated = {
        "kind": "library",
        "lifecycle": "maintenance",
        "owner": "Platform",
        "governance": "Guest contributions",
        "communication": "https://chat.corp.example/x",
        "successor": "gadget",
        "productionSince": "2020-01-31",
        "support": "#x",
        "maturity": "mature",
    }
    metadata = read_metadata({"innersource.json": json.dumps(stated).encode()})
    assert (metadata.kind, metadata.lifecycle, metadata.owner_slugs) == ("library", "maintenance", ("platform",))
    assert (metadata.governance, metadata.talk_url) == (2, "https://chat.corp.example/x")
    assert (metadata.successor, metadata.production_since) == ("gadget", "2020-01-31")
    assert (metadata.support, metadata.maturity) == ("#x", "mature")
    assert metadata.problems == ()


def test_a_level_that_is_none_is_named_with_its_line():
    problem = read_metadata({"innersource.json": b'{"title": "x",\n"governance": 7}'}).problems[0]
    assert (problem.line, "7" in problem.message) == (2, True)


def test_what_was_read_can_be_stored():
    metadata = read_metadata({"catalog-info.yaml": CATALOG, "publiccode.yml": PUBLICCODE})
    assert Metadata.from_json(json.loads(json.dumps(asdict(metadata)))) == metadata
    with pytest.raises(KeyError):
        Metadata.from_json({"title": "of an older portal"})
