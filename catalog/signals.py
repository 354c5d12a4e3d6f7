"""What the catalog tells the apps above it."""

from django.dispatch import Signal

#: A sync read something new. Sent after its transaction, in the worker, with `project` and the ids of the
#: default branch before and after as `old_head` and `new_head` ("" in an empty repository). Branches may have
#: moved even when both are equal. The mirror's lock is free again. What a receiver raises is logged and goes no further.
synced = Signal()
