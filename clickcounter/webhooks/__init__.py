"""Webhooks: what happens to a counter, told to addresses that its owners choose, after the Standard Webhooks specification.

Nothing here takes part in a press. One process, the sender, follows the counters that have webhooks by what it saw of each
the last time, and derives from the difference what there is to tell (follower.py, events.py). The messages and the new
"last time" are written in one transaction, so an event is told once, whenever a process dies. Sending them, again and
again if need be, is another matter (sender.py).
"""
