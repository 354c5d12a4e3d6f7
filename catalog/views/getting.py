"""How to get at a project: the lines that one copies to clone it or to depend on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.facts.packages import ECOSYSTEMS, dependency_line
from catalog.models import Package, Project


@dataclass(frozen=True, slots=True)
class Line:
    """A line to copy. `source` is the file that it was read from; empty for what the code host says."""

    label: str
    text: str
    source: str = ""


def clone_lines(project: Project) -> list[Line]:
    """Over HTTPS and over SSH, as far as they are known; none while another repository has the address."""
    addresses = dict.fromkeys(address for address in (project.clone_url, project.ssh_url) if address)
    return [Line(protocol(address), f"git clone {address}") for address in addresses]


def protocol(address: str) -> str:
    scheme, colon, _ = address.partition("://")
    if colon:
        return {"https": "HTTPS", "http": "HTTP", "ssh": "SSH"}.get(scheme.lower(), "Git")
    return "SSH" if "@" in address.partition(":")[0] else "Git"


def package_lines(packages: Iterable[Package]) -> Iterator[Line]:
    for package in packages:
        if text := dependency_line(package.ecosystem, package.name, package.version):
            yield Line(ECOSYSTEMS[package.ecosystem].label, text, package.path)
