"""innersource.json as InnerSource Commons describes it, with a few fields of our own at its end."""

from __future__ import annotations

from catalog.guides.metadata.reader import LARGEST, opened, parsed_json
from catalog.guides.metadata.stated import Metadata
from catalog.guides.metadata.words import (
    date_of,
    governance_of,
    kind_of,
    lifecycle_of,
    owner_slugs,
    topics_of,
)


def read_innersource(path: str, data: bytes) -> Metadata:
    reader, text = opened(path, data, LARGEST["json"])
    values = parsed_json(reader, text) if text.strip() else {}
    owner = reader.text_at(values, "owner")
    return Metadata(
        title=reader.text_at(values, "title"),
        summary=reader.text_at(values, "description", 500),
        motivation=reader.text_at(values, "motivation", 5000),
        kind=kind_of(reader.text_at(values, "kind")),
        lifecycle=lifecycle_of(reader, values),
        owner=owner,
        owner_slugs=owner_slugs(owner),
        topics=topics_of(reader.list_at(values, "topics")),
        contributions=reader.list_at(values, "contributions"),
        skills=reader.list_at(values, "skills"),
        language=reader.text_at(values, "language", 50),
        docs_url=reader.url_at(values, "docs"),
        logo=reader.url_at(values, "logo", or_path=True),
        governance=governance_of(reader, values, "governance"),
        talk_url=reader.url_at(values, "communication"),
        successor=reader.text_at(values, "successor", 500),
        production_since=date_of(reader, values, "productionSince"),
        support=reader.text_at(values, "support", 500),
        maturity=reader.text_at(values, "maturity", 50),
        problems=tuple(reader.problems),
    )
