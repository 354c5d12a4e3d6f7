"""The pages of this app."""

from django.urls import path

from contributions.views import project, queue, request

app_name = "contributions"
urlpatterns = [
    path("queue/", queue.show, name="queue"),
    path("projects/<slug:slug>/contributions/", project.of_project, name="of-project"),
    path("projects/<slug:slug>/contributions/new/", project.new, name="new"),
    path("projects/<slug:slug>/contributions/<int:pk>/", request.show, name="request"),
    path("projects/<slug:slug>/contributions/<int:pk>/change/", request.change, name="change"),
    path("projects/<slug:slug>/contributions/<int:pk>/fetch/", request.fetch, name="fetch"),
    path("projects/<slug:slug>/contributions/<int:pk>/<slug:name>/", request.step, name="step"),
]
