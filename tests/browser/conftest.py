"""Real Chromium against a live server. Whatever the browser complains about fails the test."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

from people.models import User
from tests.browser.watch import Watch
from tests.portal.conftest import planted

__all__ = ["planted"]  # A fixture of the neighbours that the pages are filled with.

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HOW_TO_GET_IT = (
    "The browser tests need Chromium. Install it (Debian, Ubuntu: sudo apt install chromium; "
    "macOS: brew install --cask google-chrome)."
)
ARGUMENTS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PATIENCE = 10_000  # milliseconds


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None and ON_MACOS.exists():
        found = str(ON_MACOS)
    return found or pytest.fail(HOW_TO_GET_IT, pytrace=False)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this folder.

    Playwright's own event loop runs in this thread, which Django takes for a mistake; it is told otherwise for as
    long as the browser lives.
    """
    program = chromium()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
            yield browser
            browser.close()


class OneAtATime(StaticFilesHandler):
    """SQLite's test database is one connection in memory, which two threads must not use at the same time."""

    lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self.lock:
            return super().__call__(environ, start_response)


class PatientServer(ThreadedWSGIServer):
    """Closing waits for the threads of connections that the browser has just closed."""

    daemon_threads = False


class ServerThread(LiveServerThread):
    server_class = PatientServer


@pytest.fixture
def site(browser: Browser, transactional_db: None, settings: LazySettings) -> Iterator[str]:
    """The address of the portal, served for this test."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    in_memory = {
        connection.alias: connection
        for connection in connections.all()
        if connection.vendor == "sqlite" and connection.is_in_memory_db()
    }
    thread = ServerThread("127.0.0.1", OneAtATime, connections_override=in_memory)
    thread.daemon = True
    for connection in in_memory.values():
        connection.inc_thread_sharing()
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    settings.PUBLIC_URL = f"http://127.0.0.1:{thread.port}"
    yield settings.PUBLIC_URL
    thread.terminate()
    for connection in in_memory.values():
        connection.dec_thread_sharing()


OpenAs = Callable[..., Page]


@pytest.fixture
def watch(site: str) -> Iterator[Watch]:
    """What the browser complained about in this test; it must be nothing."""
    watch = Watch(site)
    yield watch
    assert not watch.complaints, "\n".join(watch.complaints)


@pytest.fixture
def open_as(browser: Browser, site: str, watch: Watch, settings: LazySettings) -> Iterator[OpenAs]:
    """A page of a browser of its own for somebody who is signed in, or for a visitor."""
    contexts = []

    def stay_here(route: Route, request: Request) -> None:
        if watch.is_here(request.url):
            route.continue_()
        else:
            watch.complain(f"asked another origin: {request.url}")
            route.abort()

    def open_page(user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.route("**/*", stay_here)
        if user:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": site}])
        context.on("console", watch.heard)
        context.on("weberror", lambda error: watch.complain(f"script failed: {error.error}"))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
