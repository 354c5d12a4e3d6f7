"""Keeps the search index beside the rows, whichever door changed them."""

from typing import Any

from django.db.models.signals import post_delete, post_save

import search.index
from people.models import User


def index_person(sender: Any, instance: User, **kwargs: Any) -> None:
    # A sign-in writes its time only; that is no reason to index anybody anew.
    if kwargs.get("update_fields") != frozenset({"last_login"}):
        search.index.put("person", [instance.pk])


def connect() -> None:
    post_save.connect(index_person, sender=User, dispatch_uid="index person")
    post_delete.connect(index_person, sender=User, dispatch_uid="unindex person")
