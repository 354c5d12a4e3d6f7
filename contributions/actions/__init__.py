"""The verbs of contributions. Each is one transaction, asks the table of steps, and leaves an event."""

from contributions.actions.noticed import merge, note_checked, revise
from contributions.actions.requests import accept, answer, ask, comment, decline, propose, reopen, withdraw
from contributions.actions.reviews import review
from contributions.actions.work import fetch_again, fetch_forks_again, hand_back, offer_branch, volunteer

__all__ = [
    "accept",
    "answer",
    "ask",
    "comment",
    "decline",
    "fetch_again",
    "fetch_forks_again",
    "hand_back",
    "merge",
    "note_checked",
    "offer_branch",
    "propose",
    "reopen",
    "review",
    "revise",
    "volunteer",
    "withdraw",
]
