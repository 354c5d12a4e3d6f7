"""Larkfield, an online grocer that does not exist: its teams and the forty people who write its software."""

import unicodedata
from dataclasses import dataclass

from forge.fast_import import Author

DOMAIN = "larkfield.example"
"""Reserved for examples, so it can belong to nobody; everybody of the demo has an address below it."""

PASSWORD = "innersource"  # noqa: S105 - it is printed for everybody to see.


@dataclass(frozen=True)
class Team:
    slug: str
    name: str
    kind: str
    parent: str = ""
    description: str = ""
    promise: int = 5


@dataclass(frozen=True)
class Person:
    """`former` is an address of the company that Larkfield bought; used until `renamed` days ago."""

    username: str
    name: str
    team: str
    maintainer: bool = False
    joined: int = 1100
    former: str = ""
    renamed: int = 0

    @property
    def email(self) -> str:
        plain = (
            unicodedata.normalize("NFKD", self.name.lower().replace("ı", "i")).encode("ascii", "ignore").decode()
        )
        return f"{plain.replace(' ', '.')}@{DOMAIN}"

    def author(self, days_ago: float = 0) -> Author:
        """As this person signed commits that many days ago."""
        return Author(self.name, self.former if self.former and days_ago > self.renamed else self.email)


TEAMS = (
    Team("larkfield", "Larkfield Technology", "unit"),
    Team("foundations", "Foundations", "department", "larkfield"),
    Team("shop", "Shop", "department", "larkfield"),
    Team("operations", "Operations", "department", "larkfield"),
    Team("platform", "Platform", "team", "foundations", "Libraries and services under every other service.", 3),
    Team(
        "devex",
        "Developer Experience",
        "team",
        "foundations",
        "Pipelines, tools, and the InnerSource programme.",
        2,
    ),
    Team("data", "Data", "team", "foundations", "Events, the warehouse of data, and the morning report.", 2),
    Team("checkout", "Checkout", "team", "shop", "From the first lemon in the basket to the receipt.", 3),
    Team("storefront", "Storefront", "team", "shop", "The shop in the browser, and finding things in it.", 2),
    Team("customer-apps", "Customer Apps", "team", "shop", "The app, its pictures and its messages.", 4),
    Team("warehouse", "Warehouse", "team", "operations", "Fourteen depots: stock, picking, labels.", 10),
    Team("routing", "Delivery Routing", "team", "operations", "A hundred and ninety vans and their days.", 4),
)

PEOPLE = (
    Person("amara", "Amara Okafor", "platform", True),
    Person("henrik", "Henrik Solberg", "platform", True),
    Person("mei", "Mei Tanaka", "platform"),
    Person("sofia", "Sofia Marchetti", "platform"),
    Person("dante", "Dante Oliveira", "platform", joined=240),
    Person("priya", "Priya Raman", "devex", True),
    Person("tomas", "Tomás Herrera", "devex", True),
    Person("noor", "Noor Haddad", "devex"),
    Person("ines", "Inês Carvalho", "devex"),
    Person("callum", "Callum Fraser", "devex", joined=400),
    Person("wanjiru", "Wanjiru Kamau", "data", True),
    Person("lukas", "Lukas Brenner", "data", True),
    Person("tiago", "Tiago Silva", "data"),
    Person("zofia", "Zofia Nowak", "data"),
    Person("ahmed", "Ahmed Mansour", "data", joined=310),
    Person("bao", "Bao Nguyen", "checkout", True),
    Person("ingrid", "Ingrid Dahl", "checkout", True),
    Person("yusuf", "Yusuf Demir", "checkout"),
    Person("chidi", "Chidi Eze", "checkout"),
    Person("hannah", "Hannah Levy", "checkout", joined=180),
    Person("elif", "Elif Yıldız", "storefront", True),
    Person("jonas", "Jonas Weber", "storefront", True),
    Person("kwame", "Kwame Mensah", "storefront"),
    Person("rosa", "Rosa Delgado", "storefront"),
    Person("arjun", "Arjun Patel", "storefront", joined=500),
    Person("leila", "Leila Farahani", "customer-apps", True),
    Person("oskar", "Oskar Lindqvist", "customer-apps", True),
    Person("thabo", "Thabo Dlamini", "customer-apps"),
    Person("camille", "Camille Laurent", "customer-apps"),
    Person("yuki", "Yuki Sato", "customer-apps", joined=360),
    Person("grace", "Grace Adeyemi", "warehouse", True),
    Person("pavel", "Pavel Novák", "warehouse", True),
    Person("samira", "Samira Benali", "warehouse"),
    Person("diego", "Diego Fuentes", "warehouse"),
    Person("emma", "Emma Whitfield", "warehouse", joined=270),
    Person("matteo", "Matteo Ricci", "routing", True, former="matteo@vanwise.example", renamed=420),
    Person("aisha", "Aisha Khan", "routing", True, former="aisha@vanwise.example", renamed=420),
    Person("nikolai", "Nikolai Petrov", "routing", former="kolya@vanwise.example", renamed=400),
    Person("siobhan", "Siobhan Byrne", "routing"),
    Person("ravi", "Ravi Subramaniam", "routing", joined=330),
)

BY_USERNAME = {person.username: person for person in PEOPLE}

# Addresses in commits that belong to nobody who can sign in: a contractor, somebody who left, and a machine.
OUTSIDERS = (
    Author("Petra Lang", "petra@northpeak.example"),
    Author("Owen Hughes", "owen.hughes@leavers.larkfield.example"),
)
ROBOT = Author("larkbot", "larkbot@robots.larkfield.example")

CURATOR = "ines"
SIGN_IN = (
    ("bao", "contributor: wrote the retry budget for another team's library"),
    ("amara", "maintainer: answers and reviews for Platform"),
    ("ines", "curator and administrator"),
    ("priya", "leads the InnerSource programme"),
)


def members(team: str) -> tuple[Person, ...]:
    return tuple(person for person in PEOPLE if person.team == team)
