"""How a repository came to be: its files of today, cut into the commits that could have written them.

Everything is drawn from a seed that is the repository's own name, so that the same day gives the same history.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

from identify.vendor.licenses import LICENSES

from forge.fast_import import Author
from portal.demo.people import BY_USERNAME, OUTSIDERS, ROBOT, Person, members
from portal.demo.plans import Plan

OFFICE = timezone(timedelta(hours=1))
REMARK = {"py": "#", "sh": "#", "go": "//", "rs": "//", "ts": "//", "tsx": "//", "js": "//", "sql": "--"}
SYMBOL = re.compile(
    r"^\s*(?:@\w+.*\n\s*)?(?:export )?(?:pub )?(?:public |private |static |final )*"
    r"(?:async )?(?:def|class|func|fn|function|struct|enum|interface|record|impl|const|type)\s+(?:\(\w+ \*?\w+\) )?(\w+)",
    re.MULTILINE,
)
HEADING = re.compile(r"^#+ (?:\d+\. )?(.+)$", re.MULTILINE)
WORD = re.compile(r"^([\w.@-]+)\s*[:({]")
# The file that a package tool writes beside each manifest, a line of it, and what stands in it at the start.
LOCKS = {
    "pyproject.toml": (
        "requirements.lock",
        "{name}=={version}",
        {
            "anyio": "4.2.0",
            "certifi": "2024.2.2",
            "httpx": "0.26.0",
            "idna": "3.4.0",
            "pytest": "8.0.0",
            "ruff": "0.2.1",
        },
    ),
    "package.json": (
        "yarn.lock",
        '"{name}@^{major}":\n  version "{version}"\n',
        {"esbuild": "0.20.0", "preact": "10.19.3", "typescript": "5.3.3", "vite": "5.1.0", "vitest": "1.2.2"},
    ),
    "Cargo.toml": (
        "Cargo.lock",
        '[[package]]\nname = "{name}"\nversion = "{version}"\n',
        {"clap": "4.4.18", "rayon": "1.8.1", "serde": "1.0.196", "syn": "2.0.48", "ureq": "2.9.1"},
    ),
    "go.mod": (
        "go.sum",
        "{name} v{version}/go.mod",
        {"golang.org/x/net": "0.20.0", "golang.org/x/sync": "0.6.0", "go.opentelemetry.io/otel": "1.22.0"},
    ),
    "build.gradle": (
        "gradle.lockfile",
        "{name}:{version}=runtimeClasspath",
        {"jackson-core": "2.16.1", "javalin": "6.0.0", "slf4j-api": "2.0.11", "sqlite-jdbc": "3.45.0"},
    ),
}


LOCK_FILES = frozenset(path for path, _, _ in LOCKS.values())


@dataclass(frozen=True)
class Step:
    """One commit on the default branch. `place` orders steps; a release also makes a tag and a changelog."""

    place: float
    message: str
    files: dict[str, str]
    robot: bool = False
    release: str = ""

    @property
    def is_news(self) -> bool:
        """Whether those who use the repository want to read of it in the changelog."""
        return (
            not any(path.endswith(".md") or path in LOCK_FILES for path in self.files)
            and "test" not in self.message.lower()
        )


@dataclass(frozen=True)
class Commit:
    at: datetime
    author: Author
    step: Step


def grow(plan: Plan, today: datetime, *, settled: frozenset[str] = frozenset()) -> list[Commit]:
    """The commits of a repository's default branch, the oldest first.

    `settled` files are complete in the first half of the history, because branches will change them later.
    """
    rng = random.Random(f"larkfield {plan.path}")
    steps = [_first(plan), *_later(plan, rng, settled)]
    times = _times(rng, len(steps), plan, today)
    crew = _crew(plan)
    return [
        Commit(at, _author(rng, step, crew, (today - at) / timedelta(days=1)), step)
        for step, at in zip(steps, times, strict=True)
    ]


def _first(plan: Plan) -> Step:
    files = plan.files()
    start = {path: text for path, text in files.items() if path in LOCKS}
    if "README.md" in files:
        start["README.md"] = _stages(plan, "README.md")[0]
    if plan.licence:
        start["LICENSE"] = _licence(plan.licence)
    if not start:
        start = {path: _stages(plan, path)[0] for path in list(files)[:1]}
    subject = f"Fork {plan.fork_of} for the Easter campaign" if plan.fork_of else f"Start {plan.name}"
    return Step(0, subject, _versioned(plan, start, ""))


def _later(plan: Plan, rng: random.Random, settled: frozenset[str]) -> list[Step]:
    """Growing files, releases, and as much upkeep as the plan still has commits for."""
    first = _first(plan).files
    growing = [step for path in plan.files() if path not in LOCKS for step in _growing(plan, path, rng, settled)]
    steps = [step for step in growing if not step.files.items() <= first.items()]
    missing = plan.commits - len(steps) - len(plan.releases) - 1
    steps += _upkeep(plan, rng, max(0, missing))
    return _with_releases(plan, sorted(steps, key=lambda step: step.place))


def _growing(plan: Plan, path: str, rng: random.Random, settled: frozenset[str]) -> Iterator[Step]:
    """One file: written in stages, spread from the day it was started until today."""
    stages = _stages(plan, path)
    paths = list(plan.files())
    # Decisions are written down in the order of their numbers.
    jitter = 0.0 if "adr/" in path else rng.uniform(0, 0.2)
    start = 0.6 * paths.index(path) / len(paths) + jitter
    end = 0.99
    if path in settled:
        start, end = start / 3, 0.45
    for number, text in enumerate(stages):
        place = start + (end - start) * (number + rng.uniform(0, 0.6)) / len(stages)
        before = stages[number - 1] if number else ""
        yield Step(place, _subject(rng, path, before, text), {path: text})


def _stages(plan: Plan, path: str) -> list[str]:
    """A file's versions: section after section, code first without its remarks."""
    blocks = re.split(r"(\n\n+)", plan.files()[path].rstrip("\n"))
    starts = [
        at for at in range(2, len(blocks), 2) if _starts(path, blocks[at]) and "".join(blocks[:at]).count("\n") > 4
    ]
    texts = ["".join(blocks[:at]).rstrip("\n") + "\n" for at in starts] + ["".join(blocks) + "\n"]
    bare = [_without_remarks(path, text) for text in texts]
    stages: list[str] = []
    for number, text in enumerate(bare):
        stages.append(text if number == 0 else texts[number - 1] + text[len(bare[number - 1]) :])
        stages.append(texts[number])
    return list(dict.fromkeys(stages))


def _starts(path: str, block: str) -> bool:
    """Whether something with a name begins here: a section of a text, a function, an entry."""
    if path.endswith(".md"):
        return block.startswith("#")
    return not block.startswith((" ", "\t")) and _named(block) != ""


def _named(block: str) -> str:
    found = SYMBOL.search(block) or WORD.search(block)
    return found[1].lstrip(".") if found else ""


def _without_remarks(path: str, text: str) -> str:
    mark = REMARK.get(path.rpartition(".")[2])
    if not mark:
        return text
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith(mark) or line.startswith("#!"))


def _subject(rng: random.Random, path: str, before: str, text: str) -> str:
    """What a person would have called this step, from what was added."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0].replace("__init__", folder.rpartition("/")[2])
    added = text[len(before) :].strip() if text.startswith(before) else ""
    if "adr/" in path:
        return f"ADR {int(name[:4])}: {next(iter(HEADING.findall(text)))}"
    if not before:
        return rng.choice(("Add {}", "First version of {}", "Start {}")).format(path)
    if path.endswith(".md"):
        return f"{stem}: {HEADING.findall(added)[0].rstrip('.')}"
    if not added:
        return rng.choice(("{}: say why", "{}: explain the odd part", "{}: remarks from review")).format(stem)
    symbol = _named(added)
    if "test" in stem.lower():
        return f"Test that {symbol.removeprefix('test_').removeprefix('Test').replace('_', ' ')}"
    return f"{stem}: {rng.choice(('add', 'introduce', 'write'))} {symbol}"


def _upkeep(plan: Plan, rng: random.Random, count: int) -> Iterator[Step]:
    """Newer versions of what the repository is built on."""
    lock = next((LOCKS[path] for path in plan.files() if path in LOCKS), None)
    if not lock:
        return
    path, line, first = lock
    versions = {name: [int(part) for part in version.split(".")] for name, version in first.items()}
    for place in sorted(rng.uniform(0.02, 0.99) for _ in range(count)):
        name = rng.choice(list(versions))
        old = _dotted(versions[name])
        versions[name] = _newer(versions[name], small=rng.random() < 0.7)
        subject = f"Bump {name} from {old} to {_dotted(versions[name])}"
        yield Step(place, subject, {path: _locked(line, versions)}, robot=rng.random() < 0.5)


def _newer(version: list[int], *, small: bool) -> list[int]:
    major, minor, patch = version
    return [major, minor, patch + 1] if small else [major, minor + 1, 0]


def _dotted(version: list[int]) -> str:
    return ".".join(map(str, version))


def _locked(line: str, versions: dict[str, list[int]]) -> str:
    rows = (line.format(name=name, version=_dotted(v), major=v[0]) for name, v in sorted(versions.items()))
    return "\n".join(rows) + "\n"


def _with_releases(plan: Plan, steps: list[Step]) -> list[Step]:
    """Puts the releases evenly among the steps; a manifest says the version of its time."""
    every = len(steps) / (len(plan.releases) + 0.4)
    result: list[Step] = []
    since = 0
    for number, release in enumerate(plan.releases, start=1):
        until = int(every * number)
        result += steps[since:until]
        result.append(
            Step(steps[until - 1].place, f"Release {release}", _manifest(plan, release), release=release)
        )
        since = until
    return result + steps[since:]


def _manifest(plan: Plan, release: str) -> dict[str, str]:
    return _versioned(plan, {path: text for path, text in plan.files().items() if path in LOCKS}, release)


def _versioned(plan: Plan, files: dict[str, str], release: str) -> dict[str, str]:
    """Writes into a manifest the version that was the newest then."""
    if not plan.releases:
        return files
    newest, then = f'"{plan.releases[-1]}"', f'"{release or "0.1.0"}"'
    return {path: text.replace(newest, then, 1) if path in LOCKS else text for path, text in files.items()}


def _times(rng: random.Random, count: int, plan: Plan, today: datetime) -> list[datetime]:
    """Working hours between the plan's first and last day, in waves, more of them lately."""
    span = plan.started - plan.ended
    waves = [rng.uniform(0, 1) for _ in range(4)]
    days = [float(plan.started), plan.ended + 0.0]
    while len(days) < count:
        wave = rng.choice(waves) + rng.gauss(0, 0.05)
        share = wave if rng.random() < 0.35 and 0 < wave < 1 else rng.uniform(0, 1) ** 1.25
        days.append(plan.ended + span * share)
    moments = sorted(_working(rng, today - timedelta(days=day)) for day in days[:count])
    return [max(at, moments[0] + timedelta(minutes=n)) for n, at in enumerate(moments)]


def _working(rng: random.Random, at: datetime) -> datetime:
    if at.weekday() > 4 and rng.random() < 0.93:
        at -= timedelta(days=at.weekday() - 4)
    hour = min(max(rng.gauss(13.5, 2.6), 7), 22)
    return datetime.combine(at.date(), time(), OFFICE) + timedelta(seconds=int(hour * 3600))


def _crew(plan: Plan) -> list[tuple[Person | Author, int]]:
    """Who commits, and how often compared to the others."""
    team: list[tuple[Person | Author, int]] = list(zip(members(plan.team), (6, 5, 4, 3, 2), strict=True))
    guests: list[tuple[Person | Author, int]] = [(BY_USERNAME[name], 1) for name in plan.guests]
    return [*team, *guests, *((outsider, 1) for outsider in OUTSIDERS if plan.outsiders)]


def _author(rng: random.Random, step: Step, crew: list[tuple[Person | Author, int]], days_ago: float) -> Author:
    there = [(one, weight) for one, weight in crew if isinstance(one, Author) or one.joined > days_ago]
    chosen = rng.choices([one for one, _ in there], [weight for _, weight in there])[0]
    if step.robot:
        return ROBOT
    return chosen if isinstance(chosen, Author) else chosen.author(days_ago)


def _licence(spdx: str) -> str:
    """The full text, as the detector that reads it later knows it."""
    text = dict(LICENSES)[spdx]
    return text.replace("[year]", "2024").replace("[fullname]", "Larkfield Technology")
