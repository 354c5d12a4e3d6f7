"""Why a step was refused, in words for the person who tried it."""

from __future__ import annotations


class Refused(Exception):
    """`code` is stable, `message` and `cure` are plain sentences for people."""

    def __init__(self, code: str, message: str, cure: str = "") -> None:
        self.code = code
        self.message = message
        self.cure = cure
        super().__init__(message)


class NotAllowed(Refused):
    """Somebody else may do this, but not this person."""


class NotNow(Refused):
    """Nobody can do this in the state that the request has by now."""


class BadBranch(Refused):
    """The branch that was named cannot be reviewed."""


class TooLong(Refused):
    """What was written is more than a request keeps."""
