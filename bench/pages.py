"""How long the main pages and the API take, at several sizes of the catalog.

    python bench/pages.py [--listings 100 1000 10000] [--rounds 30] [--json FILE]

Every request passes the whole middleware inside this process, as nobody's or as a maintainer's. The floor is a
view that returns nothing, measured in turn with the others; the ratio is p95 to the floor's p95. A second ratio is
that to an empty page, which has the frame of every page (header, navigation, dialogs) and nothing inside.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground

VISITORS = ("nobody", "maintainer")


def parsed() -> argparse.Namespace:
    parser = ground.parser(__doc__)
    parser.add_argument("--listings", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--rounds", type=int, default=30)
    return parser.parse_args()


def routes() -> dict[str, str]:
    """What is measured: a name for each address."""
    from catalog.models import Project
    from contributions.models import Request

    project = Project.objects.filter(visibility="everyone").order_by("pk")[7]
    request = Request.objects.filter(project__visibility="everyone").select_related("project").order_by("pk")[3]
    return {
        "empty view (floor)": "/bench/empty/",
        "empty page": "/bench/page/",
        "home": "/",
        "catalog": "/projects/",
        "catalog, two facets": "/projects/?language=Python&lifecycle=production",
        "catalog, rare word": f"/projects/?q={project.name}",
        "catalog, common word": "/projects/?q=retry",
        "catalog, last page": "/projects/?page=9999&sort=name",
        "project": project.get_absolute_url(),
        "project, guide": project.get_absolute_url() + "guide/",
        "project, health": project.get_absolute_url() + "health/",
        "project, activity": project.get_absolute_url() + "activity/",
        "project, releases": project.get_absolute_url() + "releases/",
        "project, contributions": project.get_absolute_url() + "contributions/",
        "project, badge": project.get_absolute_url() + "badge/health.svg",
        "project, feed": project.get_absolute_url() + "feed.atom",
        "search, common word": "/search/?q=retry",
        "search, two words": "/search/?q=billing+client",
        "suggestions": "/search/suggest/?q=bill",
        "request": request.get_absolute_url(),
        "review queue": "/queue/",
        "API projects": "/api/v1/projects/",
        "API project": f"/api/v1/projects/{project.slug}/",
        "API search": "/api/v1/search/?q=retry",
        "API contributions": "/api/v1/contributions/",
    }


def measure(visitor: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each route, in turn, so that a slow moment of the machine touches all of them."""
    from django.test import Client

    from people.models import User

    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    if visitor == "maintainer":
        client.force_login(User.objects.get(username="dev0"))
    wanted = routes()
    times: dict[str, list[float]] = {name: [] for name in wanted}
    for round_number in range(rounds + 2):
        for name, url in wanted.items():
            start = time.perf_counter()
            response = client.get(url)
            spent = (time.perf_counter() - start) * 1000
            if response.status_code not in (200, 302):
                raise SystemExit(f"{url} answered {response.status_code}")
            # The first two rounds fill caches of templates and compiled code.
            if round_number >= 2:
                times[name].append(spent)
    return times


def show(listings: int, visitor: str, times: dict[str, list[float]]) -> list[dict[str, object]]:
    floor, empty_page = (ground.p95(times[name]) for name in ("empty view (floor)", "empty page"))
    rows, figures = [], []
    for name, spent in times.items():
        median, high = statistics.median(spent), ground.p95(spent)
        rows.append([name, f"{median:.1f}", f"{high:.1f}", f"{high / floor:.1f}", f"{high / empty_page:.1f}"])
        figures.append(
            {
                "listings": listings,
                "visitor": visitor,
                "page": name,
                "median": median,
                "p95": high,
                "ratio": high / floor,
                "to_empty_page": high / empty_page,
            }
        )
    print(f"\n{listings:,} listings, {visitor}")
    print(ground.table(["page", "median ms", "p95 ms", "× floor", "× empty page"], rows), flush=True)
    return figures


def main() -> None:
    options = parsed()
    ground.prepare()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import override_settings

    from bench.listings import create_listings
    from search import following

    print(f"{connection.vendor}, {options.rounds} rounds, one process")
    figures = []
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(ROOT_URLCONF="bench.urls", STORAGES=storages):
        for listings in options.listings:
            empty_database()
            start = time.perf_counter()
            create_listings(listings)
            made = time.perf_counter()
            following.rebuild()
            print(f"\n{listings:,} listings made in {made - start:.1f} s,", end=" ")
            # As portal/asgi.py does for the same reason; here the rows that were just made would count too.
            gc.collect()
            gc.freeze()
            print(f"indexed in {time.perf_counter() - made:.1f} s")
            for visitor in VISITORS:
                figures += show(listings, visitor, measure(visitor, options.rounds))
    ground.save(figures, options.json)


def empty_database() -> None:
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False)


if __name__ == "__main__":
    main()
