"""Bytes of source code by language.

Names are those that people know from code hosts. The table below decides for the usual endings; for rarer ones the
file names of Pygments' lexers do, asked once for each ending.
"""

import fnmatch
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from pygments.lexers import find_lexer_class_for_filename, get_all_lexers

from forge.types import TreeEntry

ENDINGS = {
    "Ada": "ada adb ads",
    "Assembly": "asm s nasm",
    "Awk": "awk gawk",
    "Batchfile": "bat cmd",
    "C": "c h",
    "C#": "cs csx",
    "C++": "cc cpp cxx c++ hh hpp hxx h++ inl ipp tcc",
    "CMake": "cmake",
    "CSS": "css",
    "Clojure": "clj cljs cljc",
    "CoffeeScript": "coffee",
    "Common Lisp": "lisp lsp asd",
    "Crystal": "cr",
    "Cuda": "cu cuh",
    "D": "d di",
    "Dart": "dart",
    "Elixir": "ex exs",
    "Elm": "elm",
    "Emacs Lisp": "el",
    "Erlang": "erl hrl",
    "F#": "fs fsi fsx",
    "Fortran": "f f90 f95 f03 f08 for",
    "GLSL": "glsl vert frag",
    "Go": "go",
    "Groovy": "groovy gvy",
    "HCL": "tf hcl tfvars",
    "HTML": "html htm xhtml",
    "Haskell": "hs lhs",
    "Java": "java",
    "JavaScript": "js mjs cjs jsx es6",
    "Jinja": "j2 jinja jinja2",
    "Julia": "jl",
    "Jupyter Notebook": "ipynb",
    "Kotlin": "kt kts",
    "Less": "less",
    "Lua": "lua",
    "MATLAB": "matlab",
    "Nim": "nim nims",
    "Nix": "nix",
    "OCaml": "ml mli",
    "Objective-C": "m",
    "Objective-C++": "mm",
    "PHP": "php phtml php5",
    "PLpgSQL": "pgsql plpgsql",
    "Pascal": "pas dpr lpr pp",
    "Perl": "pl pm",
    "PowerShell": "ps1 psm1 psd1",
    "Prolog": "prolog",
    "Protocol Buffer": "proto",
    "Python": "py pyi pyw pyx pxd",
    "R": "r",
    "Racket": "rkt",
    "Raku": "raku rakumod",
    "Ruby": "rb rake gemspec ru erb",
    "Rust": "rs",
    "SCSS": "scss",
    "SQL": "sql",
    "Sass": "sass",
    "Scala": "scala sc sbt",
    "Scheme": "scm ss",
    "Shell": "sh bash zsh ksh bats fish",
    "Solidity": "sol",
    "Svelte": "svelte",
    "Swift": "swift",
    "Tcl": "tcl tk",
    "Thrift": "thrift",
    "TypeScript": "ts tsx mts cts",
    "VHDL": "vhd vhdl",
    "Verilog": "v vh",
    "SystemVerilog": "sv svh",
    "Vim Script": "vim",
    "Visual Basic .NET": "vb",
    "Vue": "vue",
    "WebAssembly": "wat wast",
    "XSLT": "xsl xslt",
    "Zig": "zig",
}
RELATIVES_OF_C = ("C++", "Objective-C", "Objective-C++")
BY_ENDING = {ending: name for name, endings in ENDINGS.items() for ending in endings.split()}
BY_NAME = {
    "makefile": "Makefile",
    "gnumakefile": "Makefile",
    "dockerfile": "Dockerfile",
    "containerfile": "Dockerfile",
    "cmakelists.txt": "CMake",
    "rakefile": "Ruby",
    "gemfile": "Ruby",
    "vagrantfile": "Ruby",
    "jenkinsfile": "Groovy",
    "build.bazel": "Starlark",
    "justfile": "Just",
    "meson.build": "Meson",
}
# Data, prose and pictures say nothing about the language of a project.
OTHER_ENDINGS = """
adoc asc asciidoc atom avro bib cfg cff conf crt csv dat def diff dot dtd editorconfig eml env feature gpg
gradle gv hex http ics in ini json json5 jsonc jsonl jsonld key ldif license lock log lst map markdown md
mdown mdx mod ndjson nt org out owl patch pem plist po pod pot pro properties puml rdf rdoc rst rtf sarif
service session sig socket spec sum svg tab tex textile timer toml tpl tsv ttl txt wiki wsdl xlf xml xsd yaml
yml zone 1 2 3 4 5 6 7 8 9
"""
NOT_CODE = frozenset(OTHER_ENDINGS.split())
VENDORED = re.compile(
    r"(^|/)(node_modules|bower_components|vendor|vendored|_vendor|third[_-]?party|external|extern|deps|dist"
    r"|site-packages|\.venv|venv|jspm_packages|pods|carthage|godeps|\.yarn|\.gradle|target|__pycache__|\.terraform"
    r"|migrations-generated|generated|gen)/|(^|/)(docs?|documentation|examples?/data|fixtures|testdata|samples?/data)/"
    r"|(^|/)(gradlew(\.bat)?|mvnw(\.cmd)?|configure|config\.(guess|sub)|ltmain\.sh|aclocal\.m4|install-sh)$"
    r"|(^|/)(jquery|bootstrap|modernizr|htmx)([.-][\w.-]*)?\.(js|css)$",
    re.IGNORECASE,
)
GENERATED = re.compile(
    r"[.-]min\.(js|css|mjs)$|\.bundle\.js$|\.(pb|pb2|pb\.gw)\.(go|cc|h|py)$|_pb2(_grpc)?\.pyi?$|\.pb\.(go|cc|h|rb)$"
    r"|\.g\.(dart|cs)$|\.freezed\.dart$|\.designer\.(cs|vb)$|_generated\.(go|rs|ts|py)$|\.generated\.\w+$"
    r"|(^|/)(package-lock|npm-shrinkwrap|composer|pipfile|yarn|pnpm-lock|cargo|gemfile|poetry|uv)[\w.-]*\.?lock"
    r"|\.d\.ts\.map$|\.snap$",
    re.IGNORECASE,
)


HEADERS = ".h"


def count_languages(entries: Iterable[TreeEntry]) -> dict[str, int]:
    """Bytes by language name, the largest first. Data, prose, vendored and generated files are not counted."""
    return by_name(count_sizes(entries))


def count_sizes(entries: Iterable[TreeEntry]) -> Counter[str]:
    """Sums that more files can be added to and taken from; `by_name` makes languages of them."""
    sizes: Counter[str] = Counter()
    for entry in entries:
        if entry.type == "blob" and not entry.is_link and entry.size and (part := part_of(entry.path)):
            sizes[part] += entry.size
    return sizes


def part_of(path: str) -> str:
    """To which sum a file is counted, empty when to none. Whose headers `.h` are is seen only in the end."""
    language = language_of(path)
    if not language or VENDORED.search(path) or GENERATED.search(path):
        return ""
    return HEADERS if path.lower().endswith(".h") else language


def by_name(sizes: Mapping[str, int]) -> dict[str, int]:
    """`.h` is C unless one of its relatives has more source code than C itself."""
    known = Counter(sizes)
    headers = known.pop(HEADERS, 0)
    relative = max(RELATIVES_OF_C, key=lambda name: known[name])
    known[relative if known[relative] > known["C"] else "C"] += headers
    return dict(
        sorted(((name, size) for name, size in known.items() if size > 0), key=lambda pair: (-pair[1], pair[0]))
    )


def language_of(path: str) -> str:
    """The language of a file by its name; empty for what is not counted."""
    name = path.rpartition("/")[2].lower()
    if known := BY_NAME.get(name) or BY_NAME.get(name.partition(".")[0] if "dockerfile" in name else ""):
        return known
    _, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 12 or not ending.isascii() or not ending.isalnum():
        return BY_ENDING.get(ending, "") if dot else ""
    return by_ending(ending)


@lru_cache(maxsize=4096)
def by_ending(ending: str) -> str:
    """Cached, because asking Pygments costs half a millisecond; bounded, because strangers invent endings."""
    if known := BY_ENDING.get(ending):
        return known
    # Most invented endings are known to no lexer, and this says so a thousand times quicker than asking each.
    if ending in NOT_CODE or not lexers_know().fullmatch(ending):
        return ""
    lexer = find_lexer_class_for_filename(f"x.{ending}")
    return lexer.name[:50] if lexer else ""


@cache
def lexers_know() -> re.Pattern[str]:
    """Matches the endings that any lexer of Pygments names."""
    patterns = {pattern[2:] for _, _, names, _ in get_all_lexers() for pattern in names if pattern[:2] == "*."}
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in sorted(patterns)), re.IGNORECASE)
