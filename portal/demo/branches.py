"""Branches that people of other teams offer: what each commit changes, and how it arrives, if it does."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Swap:
    """Replaces a piece of a file that is there by then."""

    old: str
    new: str


def one(old: str, new: str) -> tuple[Swap, ...]:
    return (Swap(old, new),)


@dataclass(frozen=True)
class More:
    """Adds to the end of a file."""

    text: str


Edit = str | More | tuple[Swap, ...]
"""A string is the whole text of a file."""


@dataclass(frozen=True)
class Patch:
    """One commit, so many days before the day of the demo."""

    days_ago: float
    message: str
    edits: Mapping[str, Edit]


@dataclass(frozen=True)
class Branch:
    """`arrives` is merge, squash or rebase, by whom and when; without it the branch is still open."""

    project: str
    name: str
    author: str
    patches: tuple[Patch, ...]
    arrives: str = ""
    arrived: float = 0
    by: str = ""


def apply(text: str | None, edit: Edit) -> str:
    """The text after an edit. Raises ValueError when the piece to replace is not there."""
    if isinstance(edit, str):
        return edit
    if text is None:
        raise ValueError("The file to edit is not there yet.")
    if isinstance(edit, More):
        return text + edit.text
    for swap in edit:
        if swap.old not in text:
            raise ValueError(f"The piece to replace is not there yet: {swap.old!r}")
        text = text.replace(swap.old, swap.new, 1)
    return text


RETRY_BUDGET = Branch(
    "platform/http-client",
    "retry-budget",
    "bao",
    (
        Patch(
            62.6,
            "retry: count calls and retries of the last minute\n\nThe budget needs to know how many calls there were; "
            "a ring of sixty seconds\nis enough and costs no lock in the common case.\n",
            {
                "src/larkfield_http/budget.py": '''"""How many retries a process can afford."""

import time
from collections import deque


class Budget:
    """Allows retries up to a share of the calls of the last minute."""

    def __init__(self, share: float = 0.1) -> None:
        self.share = share
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()

    def called(self) -> None:
        self._calls.append(time.monotonic())

    def allows_retry(self) -> bool:
        self._forget(time.monotonic() - 60)
        if len(self._retries) >= self.share * len(self._calls):
            return False
        self._retries.append(time.monotonic())
        return True

    def _forget(self, before: float) -> None:
        for times in (self._calls, self._retries):
            while times and times[0] < before:
                times.popleft()
''',
                "tests/test_budget.py": """from larkfield_http.budget import Budget


def test_one_retry_in_ten_calls_is_allowed():
    budget = Budget(share=0.1)
    for _ in range(10):
        budget.called()
    assert budget.allows_retry()
    assert not budget.allows_retry()
""",
            },
        ),
        Patch(
            62.4,
            "client: ask the budget before each retry",
            {
                "src/larkfield_http/client.py": one(
                    "            if not attempt.again(answer):\n",
                    "            if not attempt.again(answer) or not self.budget.allows_retry():\n",
                ),
                "src/larkfield_http/retry.py": one(
                    "AGAIN = {502, 503, 504}\n",
                    "AGAIN = {502, 503, 504}\n# A retry that is not worth its load is refused by larkfield_http.budget.\n",
                ),
            },
        ),
        Patch(
            57.5,
            "budget: a quiet process may always retry once\n\nHenrik noticed in review that a job with five calls a "
            "minute never got a retry.\n",
            {
                "src/larkfield_http/budget.py": one(
                    "        if len(self._retries) >= self.share * len(self._calls):\n",
                    "        if len(self._retries) >= max(1, self.share * len(self._calls)):\n",
                ),
                "src/larkfield_http/client.py": (
                    Swap(
                        "from larkfield_http import errors, retry, tracing\n",
                        "from larkfield_http import errors, retry, tracing\nfrom larkfield_http.budget import Budget\n",
                    ),
                    Swap(
                        "        self.policy = retry.Policy(attempts=attempts)\n",
                        "        self.policy = retry.Policy(attempts=attempts)\n        self.budget = Budget()\n",
                    ),
                ),
                "tests/test_budget.py": More(
                    "\n\ndef test_quiet_process_may_retry_once():\n    budget = Budget()\n    budget.called()\n"
                    "    assert budget.allows_retry()\n"
                ),
            },
        ),
    ),
    "merge",
    54.5,
    "amara",
)

CIRCUIT_BREAKER = Branch(
    "platform/http-client",
    "circuit-breaker",
    "jonas",
    (
        Patch(
            58.4,
            "Bring the breaker over from http-client-retries",
            {
                "src/larkfield_http/breaker.py": '''"""Stops calling a service that is down."""

import time


class Breaker:
    """Opens after five failures in a row and tries again after ten seconds."""

    def __init__(self, *, failures: int = 5, pause: float = 10.0) -> None:
        self.failures = failures
        self.pause = pause
        self._count = 0
        self._opened = 0.0

    @property
    def is_open(self) -> bool:
        return self._count >= self.failures and time.monotonic() - self._opened < self.pause
''',
            },
        ),
        Patch(
            58.3,
            "client: fail at once while the breaker is open",
            {
                "src/larkfield_http/client.py": one(
                    "            if not attempt.again(answer):\n",
                    "            if self.breaker.is_open or not attempt.again(answer):\n",
                )
            },
        ),
    ),
)

ERROR_ROUTES = Branch(
    "platform/http-client",
    "errors-name-the-route",
    "aisha",
    (
        Patch(
            11.5,
            "errors: name the route, not only the service",
            {
                "src/larkfield_http/errors.py": one(
                    'raise Rejected(service, f"HTTP',
                    'raise Rejected(service, f"{answer.request.url.path}: HTTP',
                )
            },
        ),
    ),
)

FAKE_TRANSPORT = Branch(
    "platform/http-client",
    "docs-fake-transport",
    "chidi",
    (
        Patch(
            96.5,
            "docs: how to test a caller without a network",
            {
                "docs/testing.md": """# Testing code that calls other services

Give the client a transport that answers from memory:

```python
import httpx
from larkfield_http import Client

answers = httpx.MockTransport(lambda request: httpx.Response(200, json={"free": 12}))
stock = Client("https://stock.internal", transport=answers)
```

Test the sad path too: a transport that raises `httpx.ConnectError` makes the client raise `Unavailable`.
"""
            },
        ),
    ),
    "merge",
    93.6,
    "henrik",
)

HOLD_BUTTON = Branch(
    "storefront/ui-kit",
    "quantity-hold",
    "yuki",
    (
        Patch(
            84.6,
            "quantity: count faster while the button is held",
            {
                "src/repeat.ts": """/** Calls `step` again and again while a button is held, faster after a second. */
export function repeat(step: () => void): () => void {
  let wait = 300;
  let timer = setTimeout(function again() {
    step();
    wait = Math.max(60, wait * 0.8);
    timer = setTimeout(again, wait);
  }, wait);
  return () => clearTimeout(timer);
}
"""
            },
        ),
        Patch(
            84.4,
            "quantity: stop when the finger leaves the button",
            {
                "test/repeat.test.ts": """import { expect, test, vi } from "vitest";
import { repeat } from "../src/repeat.js";

test("nothing happens after the button is released", () => {
  vi.useFakeTimers();
  const step = vi.fn();
  repeat(step)();
  vi.advanceTimersByTime(5_000);
  expect(step).not.toHaveBeenCalled();
});
"""
            },
        ),
    ),
    "squash",
    81.4,
    "elif",
)

SLOT_KEYS = Branch(
    "storefront/ui-kit",
    "slot-picker-keys",
    "hannah",
    (
        Patch(
            8.6,
            "slot-picker: choose a slot with the arrow keys",
            {
                "src/slot-keys.ts": """const STEP: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The slot that a key leads to, within what there is. */
export function moved(key: string, from: number, count: number): number {
  return Math.min(count - 1, Math.max(0, from + (STEP[key] ?? 0)));
}
"""
            },
        ),
    ),
)

TOAST_RTL = Branch(
    "storefront/ui-kit",
    "toast-right-to-left",
    "samira",
    (
        Patch(
            41.6,
            "toast: the close button is at the end of the line, whichever that is",
            {"src/toast-direction.css": ".toast button { margin-inline-start: auto; }\n"},
        ),
        Patch(
            41.5,
            "toast: test in Arabic",
            {
                "test/toast.test.ts": """import { expect, test } from "vitest";
import css from "../src/toast-direction.css?raw";

test("no side is named by hand", () => {
  expect(css).not.toMatch(/left|right/);
});
"""
            },
        ),
    ),
    "rebase",
    39.5,
    "kwame",
)
