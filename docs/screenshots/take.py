"""Takes the pictures of this folder from a portal of its own with the demo company: `make screenshots`.

    python docs/screenshots/take.py [--url http://127.0.0.1:8000] [--to FOLDER] [NAME …]

With --url it looks at a portal that runs already and has the demo company.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from portal.demo.people import PASSWORD  # noqa: E402
from tests.browser.conftest import ARGUMENTS, chromium  # noqa: E402

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
MAINTAINER, CURATOR = "amara", "ines"
PROJECT = "/projects/http-client/"

# Who looks at which page.
PAGES: dict[str, tuple[str, str]] = {
    "home": (MAINTAINER, "/"),
    "catalog": (MAINTAINER, "/projects/"),
    "search": (MAINTAINER, "/search/?q=retry"),
    "project": (MAINTAINER, PROJECT),
    "guide": (MAINTAINER, PROJECT + "guide/"),
    "health": (MAINTAINER, PROJECT + "health/"),
    "activity": (MAINTAINER, PROJECT + "activity/"),
    "docs": (MAINTAINER, PROJECT + "docs/"),
    "code": (MAINTAINER, PROJECT + "files/"),
    "blame": (MAINTAINER, PROJECT + "blame/README.md"),
    "history": (MAINTAINER, PROJECT + "history/"),
    "code-search": (MAINTAINER, "/search/code/?q=retry"),
    "contributions": (MAINTAINER, PROJECT + "contributions/"),
    "request": (MAINTAINER, ""),
    "queue": (MAINTAINER, "/queue/"),
    "team": (MAINTAINER, "/teams/platform/"),
    "curation": (CURATOR, "/curation/"),
    "syncs": (CURATOR, "/curation/syncs/"),
    "status": (CURATOR, "/status/"),
}


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *PAGES], help="Only these pages.")
    parser.add_argument("--url")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent)
    return parser.parse_args()


@contextmanager
def portal() -> Iterator[str]:
    """A portal with the demo company, stopped and removed afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="portal-screenshots-") as var:
        environment = {**os.environ, "VAR": var, "PORT": str(port)}
        server = subprocess.Popen([sys.executable, ROOT / "manage.py", "serve"], env=environment, cwd=ROOT)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/health/ready")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def wait_for(url: str, *, seconds: int = 300) -> None:
    for _ in range(seconds):
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit(f"{url} did not answer.")


def sign_in(page: Page, url: str, user: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/")


def address(page: Page, url: str, name: str) -> str:
    """Where the page is; the request is the one in review with the longest story, found by the API."""
    if name != "request":
        return url + PAGES[name][1]
    rows = page.request.get(f"{url}/api/v1/contributions/?project=http-client&page_size=200").json()["results"]
    under_review = [row for row in rows if row["state"] in ("in_review", "changes_asked", "approved")]
    return str((under_review or rows)[0]["url"])


def take(browser: Browser, url: str, to: Path, names: list[str]) -> None:
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            for user in (MAINTAINER, CURATOR):
                wanted = [name for name in names if PAGES[name][0] == user]
                if not wanted:
                    continue
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if scheme == "dark" else "light",
                    reduced_motion="reduce",
                )
                page = context.new_page()
                sign_in(page, url, user)
                for name in wanted:
                    page.goto(address(page, url, name))
                    page.screenshot(path=to / f"{name}-{scheme}-{size}.png")
                context.close()


def main() -> None:
    options = parsed()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        names = options.names or list(PAGES)
        if options.url:
            take(browser, options.url, options.to, names)
        else:
            with portal() as url:
                take(browser, url, options.to, names)
        browser.close()


if __name__ == "__main__":
    main()
