"""The pages of this app."""

from django.urls import path, re_path

from catalog.views import (
    activity,
    add_source,
    badges,
    browse,
    curate,
    docs,
    feeds,
    guide,
    health,
    project,
    releases,
    sources,
    syncing,
    syncs,
)
from catalog.views.code import blame, commit, compare, files, find, history, outline, raw, refs, search

app_name = "catalog"

# File names may hold any character but NUL, line breaks too, which Django's own `path:` leaves out.
PROJECT = r"^projects/(?P<slug>[-a-zA-Z0-9_]+)/"
FILE = r"(?P<path>[\s\S]+)\Z"

urlpatterns = [
    path("curation/", curate.listings, name="curate"),
    path("curation/discovered/", curate.discovered, name="curate-discovered"),
    path("curation/history/", curate.history, name="curate-history"),
    path("curation/undo/<uuid:batch>/", curate.undo, name="curate-undo"),
    path("curation/sources/", sources.sources, name="sources"),
    path("curation/sources/add/", add_source.kinds, name="add-kinds"),
    path("curation/sources/add/<slug:kind>/", add_source.add, name="add-source"),
    path("curation/sources/<int:pk>/", sources.source, name="source"),
    path("curation/sources/<int:pk>/state/", sources.state, name="source-state"),
    path("curation/sources/<int:pk>/rescan/", sources.rescan, name="rescan"),
    path("curation/sources/<int:pk>/pause/", sources.pause, name="pause-source"),
    path("curation/sources/<int:pk>/webhook/", sources.webhook, name="source-webhook"),
    path("curation/sources/<int:pk>/remove/", sources.remove, name="remove-source"),
    path("curation/syncs/", syncs.syncs, name="syncs"),
    path("curation/syncs/try-host/", syncs.ask_host, name="try-host"),
    path("curation/syncs/connections/", syncs.connections, name="host-connections"),
    path("projects/", browse.project_list, name="list"),
    path("projects/<slug:slug>/", project.overview, name="project"),
    path("projects/<slug:slug>/guide/", guide.guide, name="guide"),
    path("projects/<slug:slug>/health/", health.health, name="health"),
    path("feed.atom", feeds.catalog_feed, name="feed"),
    path("projects/<slug:slug>/feed.atom", feeds.project_feed, name="project-feed"),
    path("projects/<slug:slug>/badge/<slug:name>.svg", badges.badge, name="badge"),
    path("projects/<slug:slug>/health/waive/", health.waive_check, name="waive"),
    path("projects/<slug:slug>/health/waivers/<int:pk>/end/", health.end_waived, name="end-waiver"),
    path("projects/<slug:slug>/activity/", activity.activity, name="activity"),
    path("projects/<slug:slug>/sync/", syncing.sync, name="sync"),
    path("projects/<slug:slug>/sync/progress/", syncing.progress, name="sync-progress"),
    path("projects/<slug:slug>/sync/accept-loss/", syncing.accept_loss, name="accept-loss"),
    path("projects/<slug:slug>/syncs/", syncing.runs, name="project-syncs"),
    path("projects/<slug:slug>/docs/", docs.docs, name="docs"),
    re_path(PROJECT + "docs/" + FILE, docs.docs, name="document"),
    path("projects/<slug:slug>/decisions/", docs.decisions, name="decisions"),
    path("projects/<slug:slug>/releases/", releases.releases, name="releases"),
    path("projects/<slug:slug>/files/", files.files, name="files"),
    re_path(PROJECT + "files/" + FILE, files.files, name="file"),
    path("projects/<slug:slug>/history/", history.history, name="history"),
    re_path(PROJECT + "history/" + FILE, history.history, name="history-of"),
    re_path(PROJECT + "blame/" + FILE, blame.blame, name="blame"),
    re_path(PROJECT + r"commits/(?P<commit>[0-9a-f]{40})/\Z", commit.commit, name="commit"),
    path("projects/<slug:slug>/compare/", compare.compare, name="compare"),
    re_path(PROJECT + "outline/" + FILE, outline.outline, name="outline"),
    path("projects/<slug:slug>/find/", find.find, name="find"),
    path("projects/<slug:slug>/search/", search.search, name="search-in"),
    path("search/code/", search.everywhere, name="search-code"),
    path("projects/<slug:slug>/refs/", refs.refs, name="refs"),
    re_path(PROJECT + "refs/" + FILE, refs.refs, name="refs-of"),
    re_path(PROJECT + "raw/(?P<commit>[0-9a-f]{40})/" + FILE, raw.raw, name="raw"),
]
