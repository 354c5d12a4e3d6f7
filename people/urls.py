"""Sign-in, people and teams."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path(
        "sign-in/",
        LoginView.as_view(template_name="people/sign_in.html", redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("people/<str:username>/", views.person, name="person"),
    path("profile/", views.profile, name="profile"),
    path("profile/addresses/", views.add_address, name="add-address"),
    path("profile/addresses/<int:pk>/remove/", views.remove_address, name="remove-address"),
    path("teams/", views.teams, name="teams"),
    path("teams/<slug:slug>/", views.team, name="team"),
]
