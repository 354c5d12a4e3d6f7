"""Metadata files that are bombs, of wrong types, or no metadata at all."""

import json

from tests.hostile.corpus.writer import README, case, scaled, simple


def meta(
    name,
    verdict,
    must,
    files,
    observe="sync ok; repository page shows 'catalog-info.yaml: <reason>, line N'; worker RSS < 300 MB, < 2 s",
):
    case(verdict, must, observe)(
        type(name, (), {"__name__": name, "__call__": lambda self, p: simple(p, [README, *files()])})()
    )


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    "{}: &{} [{}]\n".format(c, c, ",".join(["*" + q] * 10)) for q, c in zip("abcdefgh", "bcdefghi", strict=False)
)
meta(
    "yaml_bomb",
    "ok",
    "billion laughs in catalog-info.yaml: refused by alias/size limit, the rest of the sync goes on",
    lambda: [
        ("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: x\n" + BOMB)
    ],
)
meta(
    "yaml_deep",
    "ok",
    "100,000 nested lists in YAML: no recursion crash",
    lambda: [("catalog-info.yaml", "[" * 100000)],
)
meta(
    "json_not",
    "ok",
    "innersource.json is not JSON: named error, sync ok",
    lambda: [("innersource.json", "{logo: 'x', // comment\n}")],
)
meta(
    "json_types",
    "ok",
    "innersource.json/package.json with wrong types, NUL, huge strings, prototype keys, XSS values, javascript: links",
    lambda: [
        (
            "innersource.json",
            json.dumps(
                {
                    "title": ["a"],
                    "logo": "javascript:alert(1)",
                    "description": {"a": 1},
                    "topics": "x" * 100000,
                    "contributions": {"": None},
                    "score": 1e400,
                    "docs": "file:///etc/passwd",
                    "__proto__": 1,
                    "motivation": "<script>alert(1)</script>\u0000",
                    "owner": "\ud800",
                }
            ),
        ),
        (
            "package.json",
            '{"name": 1, "version": null, "license": ["MIT", {"type": 3}], "keywords": "x", "dependencies": [1], "repository": 5, "author": {"name": {}}}',
        ),
        ("composer.json", "null"),
        ("Cargo.toml", "a = [" + "{b=" * 3000),
    ],
)
meta(
    "lockfiles",
    "ok",
    "30 MB lock file, pyproject with 200,000 dependencies, go.sum junk: bounded parse, the cap is named",
    lambda: [
        (
            "package-lock.json",
            '{"packages": {'
            + ",".join('"node_modules/p%d": {"version": "1.0.%d"}' % (i, i) for i in range(scaled(700000)))
            + "}}",
        ),
        (
            "pyproject.toml",
            "[project]\nname='x'\ndependencies=[" + ",".join('"d%d"' % i for i in range(scaled(200000))) + "]\n",
        ),
        ("requirements.txt", "-r /etc/passwd\n--index-url http://169.254.169.254/\n-e git+ext::sh#egg=x\n"),
    ],
)
