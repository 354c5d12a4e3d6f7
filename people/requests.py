"""Requests of people who are signed in."""

from django.http import HttpRequest

from people.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets: its user is somebody."""

    user: User
