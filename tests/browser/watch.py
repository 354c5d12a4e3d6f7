"""What a browser complains about: its console, scripts that fail, and requests to other origins."""

from __future__ import annotations

import re

from playwright.sync_api import ConsoleMessage

STATUS = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


class Watch:
    """`complaints` must be empty when a test ends. Refusals of the Content-Security-Policy come by the console.

    A test that asks for a page that answers 404 on purpose adds 404 to `expected`.
    """

    def __init__(self, site: str) -> None:
        self.site = site
        self.complaints: list[str] = []
        self.expected: set[int] = set()

    def is_here(self, url: str) -> bool:
        return url.startswith((f"{self.site}/", "data:", "about:"))

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    def heard(self, message: ConsoleMessage) -> None:
        status = STATUS.match(message.text)
        if status and int(status[1]) in self.expected:
            return
        if message.type in ("error", "warning"):
            self.complain(f"console {message.type} on {message.location['url']}: {message.text}")
