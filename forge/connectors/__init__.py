"""Where repositories come from. Importing this package registers every kind."""

from forge.connectors.base import KINDS, Connector, Problem, connector_for, register
from forge.connectors.directory import Directory
from forge.connectors.urls import SingleUrl, UrlList

__all__ = [
    "KINDS",
    "Connector",
    "Directory",
    "Problem",
    "SingleUrl",
    "UrlList",
    "connector_for",
    "register",
]
