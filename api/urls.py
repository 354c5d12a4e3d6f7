"""The machine's door."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from api.rest.contributions import Contributions
from api.rest.projects import Projects
from api.rest.search import Search
from api.rest.teams import Teams
from api.webhooks import webhook

router = SimpleRouter()
router.register("projects", Projects, "project")
router.register("teams", Teams, "team")
router.register("contributions", Contributions, "contribution")

app_name = "api"
urlpatterns = [
    path("", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("webhooks/<uuid:public_id>/", webhook, name="webhook"),
    path("v1/search/", Search.as_view(), name="search"),
    path("v1/", include(router.urls)),
]
