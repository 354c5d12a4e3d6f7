"""Where repositories come from. Importing this package registers every kind."""

from forge.connectors.base import KINDS, Access, Connector, Problem, connector_for, register
from forge.connectors.directory import Directory
from forge.connectors.gitea import Gitea
from forge.connectors.github import GitHub
from forge.connectors.gitlab import GitLab
from forge.connectors.hosts import HostConnector, host_connector
from forge.connectors.urls import SingleUrl, UrlList

__all__ = [
    "KINDS",
    "Access",
    "Connector",
    "Directory",
    "GitHub",
    "GitLab",
    "Gitea",
    "HostConnector",
    "Problem",
    "SingleUrl",
    "UrlList",
    "connector_for",
    "host_connector",
    "register",
]
