"""Licences are recognised by their text, then by a header, then by what a manifest claims."""

import pytest
from identify.vendor.licenses import LICENSES

from catalog.facts.licences import detect_licence, licence_entries
from forge.types import TreeEntry

TEXTS = dict(LICENSES)


def entry(path, mode="100644"):
    return TreeEntry(path=path, mode=mode, type="blob", id="a" * 40, size=10)


@pytest.mark.parametrize("spdx", list(TEXTS))
def test_every_known_text_is_recognised(spdx):
    assert detect_licence({"LICENSE": TEXTS[spdx].encode()}).spdx == spdx


def test_a_name_in_the_copyright_line_does_not_matter():
    text = TEXTS["MIT"].replace("[year] [fullname]", "2019-2026 Ledger Team and all who helped")
    assert detect_licence({"LICENSE.txt": text.encode()}).spdx == "MIT"


@pytest.mark.parametrize("title", ["", "The MIT License (MIT)\n\n", "# Widget's licence\n\nSee below.\n\n"])
def test_a_title_does_not_matter(title):
    text = (
        title + "Copyright (c) 2012 Alice, <alice@example.com>\n\n" + TEXTS["MIT"].partition("[fullname]\n\n")[2]
    )
    assert detect_licence({"LICENSE-MIT": text.encode()}).spdx == "MIT"


def test_another_width_of_lines_does_not_matter():
    text = TEXTS["MIT"].replace("COPYRIGHT HOLDERS", "\nCOPYRIGHT HOLDERS").replace("\n\n\n", "\n\n")
    assert detect_licence({"LICENSE": text.encode()}).spdx == "MIT"


def test_words_around_the_terms_do_not_matter():
    terms = TEXTS["BSD-3-Clause"].replace("copyright holder nor", "Ledger Team nor").encode()
    assert (
        detect_licence({"LICENSE": terms + b"\nThe manual is under another licence. " * 90}).spdx == "BSD-3-Clause"
    )
    before = b"The code of this library, which was written by many, may be used under these terms.\n\n"
    assert detect_licence({"LICENSE": before + terms}).spdx == "BSD-3-Clause"


def test_the_notice_of_the_apache_license_stands_for_it():
    notice = (
        b'Copyright 2020 Alice\n\n  Licensed under the Apache License, Version 2.0 (the "License"); you may not\n'
    )
    assert detect_licence({"LICENSE": notice + b"use this file except in compliance."}).spdx == "Apache-2.0"


def test_apache_without_its_appendix_is_apache():
    text = TEXTS["Apache-2.0"].partition("APPENDIX")[0]
    assert detect_licence({"LICENSE": text.encode()}).spdx == "Apache-2.0"


def test_a_text_wins_over_a_manifest():
    files = {"LICENSE": TEXTS["ISC"].encode(), "package.json": b'{"license": "MIT"}'}
    assert detect_licence(files) is not None
    assert detect_licence(files).path == "LICENSE"


def test_two_texts_for_choice_become_an_or():
    files = {"LICENSE-MIT": TEXTS["MIT"].encode(), "LICENSE-APACHE": TEXTS["Apache-2.0"].encode()}
    assert detect_licence(files).spdx == "Apache-2.0 OR MIT"


def test_an_spdx_header_speaks():
    assert detect_licence({"COPYING": b"SPDX-License-Identifier: LicenseRef-Corp\n"}).spdx == "LicenseRef-Corp"


@pytest.mark.parametrize(
    ("path", "content", "spdx"),
    [
        ("pyproject.toml", '[project]\nlicense = "MIT"', "MIT"),
        ("pyproject.toml", '[project]\nlicense = {text = "Apache 2.0"}', "Apache-2.0"),
        ("pyproject.toml", '[tool.poetry]\nlicense = "bsd-3-clause"', "BSD-3-Clause"),
        ("Cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"', "MIT OR Apache-2.0"),
        ("package.json", '{"license": "(MIT OR Apache-2.0)"}', "(MIT OR Apache-2.0)"),
        ("package.json", '{"license": {"type": "ISC"}}', "ISC"),
        ("setup.cfg", "[metadata]\nlicense = MIT License\n", "MIT"),
        ("pom.xml", "<licenses><license><name>Apache License, Version 2.0</name>", "Apache-2.0"),
    ],
)
def test_manifests_are_asked_last(path, content, spdx):
    assert detect_licence({path: content.encode()}).spdx == spdx


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("LICENSE", b""),
        ("LICENSE", b"All rights reserved. Internal use only."),
        ("LICENSE", b"a b " * 16000),
        ("LICENSE", b"\0\x01\x02" * 900),
        ("package.json", b"["),
        ("package.json", b"[]"),
        ("package.json", b"[" * 100_000),
        ("package.json", b'{"license": ["a", 1]}'),
        ("package.json", b'{"license": "SEE LICENSE IN file"}'),
        ("package.json", b'{"license": "<script>alert(1)</script>"}'),
        ("pyproject.toml", b"x = " + b"[" * 100_000),
        ("pyproject.toml", b"project = 1"),
        ("Cargo.toml", b"package = []"),
    ],
)
def test_what_is_not_known_is_none(path, content):
    assert detect_licence({path: content}) is None


def test_only_root_files_are_looked_at_and_links_are_not():
    entries = [
        entry("docs/LICENSE"),
        entry("LICENSE", "120000"),
        entry("package.json"),
        entry("COPYING"),
        entry("a.py"),
    ]
    assert [e.path for e in licence_entries(entries)] == ["COPYING", "package.json"]
