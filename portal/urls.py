"""Every route of the site."""

from django.contrib import admin
from django.urls import include, path

from portal import views

urlpatterns = [
    path(
        "",
        include(
            (
                [
                    path("", views.home, name="home"),
                    path("status/", views.status, name="status"),
                    path("about/", views.about, name="about"),
                ],
                "portal",
            )
        ),
    ),
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("search/", include("search.urls")),
    path("", include("people.urls")),
    path("", include("contributions.urls")),
    path("", include("catalog.urls")),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.broken"
