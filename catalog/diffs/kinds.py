"""Files that people seldom read line by line: made by a program, or copied from elsewhere.

The names are those that GitHub's Linguist folds, as far as a path alone tells it.
"""

from __future__ import annotations

import re

LOCKS = {
    *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"),
    *("poetry.lock", "pdm.lock", "uv.lock", "Pipfile.lock", "pixi.lock", "conda-lock.yml"),
    *("Cargo.lock", "Gemfile.lock", "composer.lock", "go.sum", "go.work.sum", "Gopkg.lock", "glide.lock"),
    *("mix.lock", "pubspec.lock", "Podfile.lock", "Package.resolved", "flake.lock", "deno.lock"),
    *("gradle.lockfile", "packages.lock.json", "MODULE.bazel.lock", ".terraform.lock.hcl", "Cartfile.resolved"),
}
GENERATED = re.compile(
    r"""(?:
      \.pb\.(?:go|cc|h|swift)|_pb2(?:_grpc)?\.pyi?|\.pb2?\.[a-z]+|_pb\.(?:js|ts|d\.ts|rb)|_grpc_pb\.js
    | \.(?:g|freezed|gr|mocks)\.dart|\.designer\.(?:cs|vb)|\.g\.cs|\.generated\.[a-z]+|_generated\.[a-z]+
    | zz_generated\.[a-z_]+\.go|bindata\.go|_string\.go|\.(?:js|css|mjs)\.map
    | \.(?:snap|nib|xib|storyboard|pbxproj)|__generated__/[^/]+
    )\Z""",
    re.VERBOSE | re.IGNORECASE,
)
MINIFIED = re.compile(r"[.-]min\.(?:js|mjs|css)\Z|\.bundle\.js\Z", re.IGNORECASE)
VENDORED = re.compile(
    r"(?:\A|/)(?:vendor|vendors|node_modules|bower_components|third[_-]?party|Godeps|Carthage|Pods)/"
)


def seldom_read(path: str) -> str:
    """What kind of such a file it is, as words for a page; "" for all others."""
    name = path.rpartition("/")[2]
    if name in LOCKS:
        return "A lock file"
    if MINIFIED.search(name):
        return "A minified file"
    if GENERATED.search(path):
        return "A generated file"
    return "A vendored file" if VENDORED.search(path) else ""
