"""What waits for a person's decision: requests, changes, reviews, and every event on the way."""

from contributions.models.change import Change, Review, Revision
from contributions.models.prose import Prose
from contributions.models.request import Credit, Event, Request

__all__ = ["Change", "Credit", "Event", "Prose", "Request", "Review", "Revision"]
