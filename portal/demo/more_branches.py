"""More branches: those beside the story of the silo."""

from portal.demo.branches import (
    CIRCUIT_BREAKER,
    ERROR_ROUTES,
    FAKE_TRANSPORT,
    HOLD_BUTTON,
    RETRY_BUDGET,
    SLOT_KEYS,
    TOAST_RTL,
    Branch,
    More,
    Patch,
    one,
)

SLOT_END = Branch(
    "data/event-schemas",
    "order-slot-end",
    "diego",
    (
        Patch(
            33.6,
            "order-placed: say when the slot ends",
            {
                "schemas/order-placed.json": one(
                    '    "slot": {"type": "string", "format": "date-time"}\n',
                    '    "slot": {"type": "string", "format": "date-time"},\n'
                    '    "slot_end": {"type": "string", "format": "date-time"}\n',
                )
            },
        ),
    ),
    "merge",
    31.5,
    "wanjiru",
)

CACHE_BY_LOCK = Branch(
    "devex/pipeline-templates",
    "cache-by-lock-file",
    "lukas",
    (
        Patch(
            118.5,
            "python: keep the environment until the lock file changes",
            {"docs/caching.md": "# Caching\n\nThe environment is kept under the hash of `requirements.lock`.\n"},
        ),
        Patch(
            117.5,
            "docs: numbers before and after",
            {
                "docs/caching.md": "# Caching\n\nThe environment is kept under the hash of `requirements.lock`.\n\n"
                "| repository | before | after |\n| --- | --- | --- |\n| event-schemas | 3:40 | 1:05 |\n"
                "| basket-api | 4:10 | 1:20 |\n| late-orders | 2:55 | 0:48 |\n"
            },
        ),
    ),
    "squash",
    115.4,
    "tomas",
)

PARTIAL_POSTCODES = Branch(
    "routing/geo-tools",
    "partial-postcodes",
    "callum",
    (
        Patch(
            70.5,
            "postcode: read the first half alone",
            {
                "larkfield_geo/partial.py": '''"""The first half of a postcode, as shoppers type it into a search box."""

import re

OUTWARD = re.compile(r"[A-Z]{1,2}\\d[A-Z\\d]?")


def outward(text: str) -> str:
    """'ls1' becomes 'LS1'. Raises ValueError for what is none."""
    found = OUTWARD.fullmatch(text.strip().upper())
    if not found:
        raise ValueError(f"{text!r} is not the first half of a postcode")
    return found.group()
'''
            },
        ),
        Patch(
            70.4,
            "postcode: test the first half",
            {
                "tests/test_partial.py": "from larkfield_geo.partial import outward\n\n\n"
                'def test_spelling_does_not_matter():\n    assert outward(" ls1") == "LS1"\n'
            },
        ),
    ),
    "rebase",
    69.4,
    "aisha",
)

CRATE_WEIGHT = Branch(
    "warehouse/pick-lists",
    "weight-limit",
    "nikolai",
    (
        Patch(
            6.5,
            "Split a crate that a driver could not lift",
            {
                "weight.go": """package main

// Most is what one person may carry up a flight of stairs.
const Most = 14_000

// Split puts picks into crates that stay below the limit.
func Split(picks []Pick) [][]Pick {
	crates := [][]Pick{{}}
	grams := 0
	for _, pick := range picks {
		if grams+pick.Grams > Most {
			crates, grams = append(crates, nil), 0
		}
		crates[len(crates)-1] = append(crates[len(crates)-1], pick)
		grams += pick.Grams
	}
	return crates
}
"""
            },
        ),
    ),
)

APP_VERSION = Branch(
    "platform/feature-flags",
    "rule-app-version",
    "leila",
    (
        Patch(
            50.6,
            "rules: by the version of the app",
            {
                "rules/version.go": """package rules

import "strconv"

// ByVersion turns a flag on from a certain release of the app on.
func ByVersion(settings map[string]string, version int) (Verdict, bool) {
	least, err := strconv.Atoi(settings["from-version"])
	if err != nil {
		return Verdict{}, false
	}
	return Verdict{version >= least, "from version " + settings["from-version"] + " of the app on"}, true
}
"""
            },
        ),
    ),
    "merge",
    46.5,
    "henrik",
)

REMOVE_FLAGS = Branch(
    "devex/engineering-handbook",
    "removing-flags",
    "sofia",
    (
        Patch(
            27.5,
            "How to take a feature flag out again",
            {
                "removing-a-flag.md": "# Removing a feature flag\n\nFlip it for everybody, wait a week, delete the branch "
                "of code that lost, then the flag. In this order.\n\nIf nobody remembers what it was for, ask its owner; "
                "`larkctl owner` knows.\n"
            },
        ),
    ),
    "squash",
    26.5,
    "priya",
)

VOUCHER_REASON = Branch(
    "storefront/web-shop",
    "say-why-voucher-refused",
    "ingrid",
    (
        Patch(
            4.6,
            "basket: say why a voucher was refused",
            {
                "src/refusal.ts": """import type { Voucher } from "@larkfield/voucher-rules";

/** A sentence for the shopper, never a code. */
export function refusal(voucher: Voucher, total: number): string {
  if (voucher.from && total < voucher.from) {
    return `Add ${((voucher.from - total) / 100).toFixed(2)} more and ${voucher.code} works.`;
  }
  return `${voucher.code} cannot be used today.`;
}
"""
            },
        ),
    ),
)

HOME_AGAIN = Branch(
    "routing/driver-api",
    "larkfield-http-2",
    "mei",
    (
        Patch(
            13.5,
            "Move to larkfield-http 2, which retries within a budget",
            {
                "pyproject.toml": one('"larkfield-http==1.9.0"', '"larkfield-http>=2.4"'),
                "driver/plan.py": one(
                    'planner = Client("https://route-planner.internal")\n',
                    'planner = Client("https://route-planner.internal", timeout=1.5)\n',
                ),
            },
        ),
    ),
)

REFUND_PARTS = Branch(
    "checkout/payments-gateway",
    "partial-refunds",
    "dante",
    (
        Patch(
            3.6,
            "Refund a part of a payment",
            {
                "src/main/java/example/larkfield/payments/Refund.java": """package example.larkfield.payments;

/** Money that goes back: at most what is left of the payment. */
public record Refund(String key, long pence) {
    public static Refund of(Payment payment, long pence) {
        if (pence > payment.pence()) {
            throw new IllegalArgumentException("More than was paid.");
        }
        return new Refund(payment.key(), pence);
    }
}
"""
            },
        ),
    ),
)

USE_BUDGET = Branch(
    "checkout/basket-api",
    "use-the-retry-budget",
    "bao",
    (
        Patch(
            18.6,
            "Take larkfield-http 2.4, which retries within a budget",
            {
                "docs/slow-neighbours.md": More(
                    "\n## What we have\n\nSince larkfield-http 2.4 the budget is there, and on by default. In the drill "
                    "we slowed stock-ledger to two\nseconds again: its load grew by nine percent instead of three hundred, "
                    "and the basket stayed up.\n"
                )
            },
        ),
    ),
    "merge",
    17.5,
    "ingrid",
)

BRANCHES = (
    USE_BUDGET,
    RETRY_BUDGET,
    CIRCUIT_BREAKER,
    ERROR_ROUTES,
    FAKE_TRANSPORT,
    HOLD_BUTTON,
    SLOT_KEYS,
    TOAST_RTL,
    SLOT_END,
    CACHE_BY_LOCK,
    PARTIAL_POSTCODES,
    CRATE_WEIGHT,
    APP_VERSION,
    REMOVE_FLAGS,
    VOUCHER_REASON,
    HOME_AGAIN,
    REFUND_PARTS,
)


def branches(project: str) -> tuple[Branch, ...]:
    return tuple(branch for branch in BRANCHES if branch.project == project)
