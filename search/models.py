"""What the index has yet to read again."""

from django.db import models


class PendingDocument(models.Model):
    """A wish, written in the transaction of the change itself: this document is to be read again.

    Rows are only added and deleted, never shared: a wish that comes while an older one for the same document is
    being worked off has its own row, which that work does not delete.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"
