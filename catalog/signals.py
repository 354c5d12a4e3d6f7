"""What the catalog tells the apps above it."""

from django.dispatch import Signal

#: A sync read something new. Sent in the worker after its transaction, with `project` and the ids of the default
#: branch before and after as `old_head` and `new_head` ("" when there was none). Other branches may have moved
#: even when both are equal. The mirror's lock is free again. It may come twice for the same news, when a worker
#: was killed in between. What a receiver raises is logged and goes no further.
synced = Signal()
