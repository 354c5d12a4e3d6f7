"""The repositories of the demo company: what is not said by their own files, which lie in repositories/."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "repositories"


@dataclass(frozen=True)
class Life:
    """What a curator says of how far one may rely on a project. Days count back, so that a badge ends before 0."""

    kind: str
    production: int = 0
    support: str = ""
    escalation: str = ""
    maturity: str = ""
    badge_ends: int = 0


@dataclass(frozen=True)
class Plan:
    """One repository and its past. Days count back from the day of the demo.

    `copies` says which file, in this repository's spelling, was copied from `shared.txt`. A fork starts with
    its origin's history until `forked` days ago and goes on with its own files.
    """

    path: str
    team: str
    commits: int
    started: int = 720
    ended: int = 1
    guests: tuple[str, ...] = ()
    outsiders: bool = False
    licence: str = ""
    releases: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
    fork_of: str = ""
    forked: int = 0
    lifecycle: str = "production"
    visibility: str = "everyone"
    visible_teams: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    featured: bool = False
    successor: str = ""
    life: Life | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def files(self) -> dict[str, str]:
        """What the repository holds today, by path, apart from what its history generates."""
        shared = bundle(FOLDER / "shared.txt") if self.copies else {}
        return bundle(FOLDER / f"{self.path}.txt") | {path: shared[name] for path, name in self.copies.items()}


PLANS = (
    Plan(
        "platform/http-client",
        "platform",
        95,
        started=735,
        guests=("bao", "chidi", "aisha", "jonas"),
        licence="Apache-2.0",
        releases=("1.0.0", "1.9.0", "2.0.0", "2.1.3", "2.3.0", "2.4.0"),
        trusted=("aisha",),
        featured=True,
        life=Life(
            "library",
            640,
            support="#platform-help",
            escalation="The person on duty at Platform, by the pager",
            maturity="graduated",
            badge_ends=-200,
        ),
    ),
    Plan(
        "platform/service-kit",
        "platform",
        58,
        licence="MIT",
        guests=("pavel", "thabo"),
        releases=("2.0.0", "2.1.0", "2.3.0"),
    ),
    Plan("platform/feature-flags", "platform", 44, started=500, licence="Apache-2.0", guests=("leila", "rosa")),
    Plan("platform/secrets-rotator", "platform", 18, started=610, visibility="admins", topics=("security",)),
    Plan(
        "devex/pipeline-templates",
        "devex",
        64,
        licence="Apache-2.0",
        guests=("lukas", "henrik", "matteo"),
        releases=("3.0.0", "4.0.0", "5.0.0"),
        trusted=("lukas",),
    ),
    Plan(
        "devex/larkctl", "devex", 52, started=430, licence="MIT", guests=("ravi",), releases=("0.12.0", "0.14.2")
    ),
    Plan("devex/engineering-handbook", "devex", 40, guests=("sofia", "wanjiru", "elif"), topics=("handbook",)),
    Plan(
        "data/event-schemas",
        "data",
        60,
        licence="Apache-2.0",
        guests=("diego", "bao"),
        releases=("3.0.0", "4.0.0", "5.0.0", "5.2.0"),
    ),
    Plan("data/warehouse-models", "data", 48, outsiders=True, topics=("sql", "analytics")),
    Plan("data/late-orders", "data", 9, started=300, ended=31, copies={"backoff.py": "backoff.py"}, lifecycle=""),
    Plan(
        "checkout/basket-api",
        "checkout",
        110,
        started=730,
        guests=("rosa", "grace"),
        outsiders=True,
        topics=("basket",),
        featured=True,
    ),
    Plan(
        "checkout/payments-gateway",
        "checkout",
        46,
        visibility="teams",
        visible_teams=("checkout", "platform"),
        topics=("payments",),
    ),
    Plan("checkout/voucher-rules", "checkout", 38, licence="MIT", guests=("kwame",), releases=("4.0.0", "4.3.1")),
    Plan(
        "checkout/gift-cards",
        "checkout",
        16,
        started=1010,
        ended=770,
        outsiders=True,
        lifecycle="",
        topics=("java",),
    ),
    Plan("storefront/web-shop", "storefront", 120, started=735, guests=("ingrid", "yuki"), outsiders=True),
    Plan(
        "storefront/ui-kit",
        "storefront",
        88,
        licence="MIT",
        guests=("yuki", "samira", "hannah", "camille"),
        releases=("5.0.0", "6.0.0", "6.8.0", "7.0.0", "7.2.0"),
        trusted=("yuki", "kwame"),
        featured=True,
    ),
    Plan(
        "storefront/product-search", "storefront", 57, started=640, guests=("zofia",), topics=("search", "python")
    ),
    Plan(
        "storefront/http-client-retries",
        "storefront",
        11,
        started=230,
        ended=35,
        licence="Apache-2.0",
        fork_of="platform/http-client",
        forked=232,
        lifecycle="deprecated",
        successor="platform/http-client",
        topics=("http", "fork"),
    ),
    Plan("apps/shopper-app", "customer-apps", 102, started=733, guests=("elif",), topics=("app", "typescript")),
    Plan("apps/push-notifications", "customer-apps", 33, started=450),
    Plan(
        "apps/image-proxy",
        "customer-apps",
        21,
        started=390,
        ended=40,
        licence="MIT",
        lifecycle="experiment",
        life=Life("service", maturity="incubating", badge_ends=20),
    ),
    Plan("warehouse/stock-ledger", "warehouse", 54, started=735, outsiders=True),
    Plan(
        "warehouse/label-printer",
        "warehouse",
        24,
        started=520,
        ended=70,
        copies={"labels/backoff.py": "backoff.py"},
        lifecycle="maintenance",
        topics=("printing",),
    ),
    Plan("warehouse/pick-lists", "warehouse", 49, started=600, licence="Apache-2.0", guests=("nikolai",)),
    Plan(
        "routing/route-planner", "routing", 72, started=700, licence="Apache-2.0", topics=("rust", "optimisation")
    ),
    Plan(
        "routing/driver-api",
        "routing",
        61,
        copies={"driver/backoff.py": "backoff.py"},
        topics=("python", "drivers"),
    ),
    Plan(
        "routing/geo-tools",
        "routing",
        26,
        started=560,
        licence="MIT",
        guests=("callum", "tiago"),
        releases=("1.0.0", "1.2.0", "1.3.0"),
    ),
)

BY_PATH = {plan.path: plan for plan in PLANS}


@cache
def bundle(path: Path) -> dict[str, str]:
    """Reads many files from one: a line `=== path` starts each of them."""
    parts = ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]
    named = (part.partition("\n") for part in parts)
    return {name: text.rstrip("\n") + "\n" for name, _, text in named}
