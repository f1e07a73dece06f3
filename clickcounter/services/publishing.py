"""The one place that commits a change and publishes it.

A service hands in what the ledger is to write. The result goes out from here to everybody whom it concerns: to tabs of this
process at once, to other processes through the relay or by rereading. Nothing outside services/ publishes; a test checks it.
"""

import contextlib
import logging
from collections.abc import Callable, Collection
from typing import TypeVar

from sqlalchemy import Connection

from clickcounter.domain.clicks import Snapshot
from clickcounter.errors import Later
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.pipeline import running

log = logging.getLogger(__name__)

T = TypeVar("T")

RECENT = 20  # counters that show a new name at once; touching all of them would let anybody delay saving


async def with_ledger(work: Callable[[Ledger], T]) -> T:
    """Let the ledger do something between two commits. Raises Later and what `work` raises."""
    return await running().with_ledger(work)


async def commit(work: Callable[[Connection], T]) -> T:
    """Run `work` in one of the ledger's transactions. Raises Later and what `work` raises.

    It may run twice, and a Later does not mean that it was not committed: it must come to the same when it is repeated.
    """
    return await with_ledger(lambda ledger: ledger.transact(work))


async def commit_and_publish(work: Callable[[Connection], Snapshot]) -> None:
    """The same for work that changes a counter: open tabs show the change, or lose sight of the counter, immediately."""
    publish(await commit(work))
    reread()


def publish(snapshot: Snapshot) -> None:
    """Send a counter's newest snapshot to everybody who watches it."""
    with contextlib.suppress(Later):  # the server is stopping: its tabs reconnect elsewhere and read what is new
        running().publish(snapshot)


def forget(counter: str) -> None:
    """A counter was deleted: it is shown nowhere any more."""
    with contextlib.suppress(Later):
        running().recent.forget(counter)
        running().reread_now()


def end_sessions(hashes: Collection[str]) -> None:
    """Sign out the open tabs of these sessions, and close in them what is for members only."""
    with contextlib.suppress(Later):
        running().end_sessions(hashes)


def reread() -> None:
    """Read at once, not within half a second, what changed in the counters that are shown here, and who may see them."""
    with contextlib.suppress(Later):
        running().reread_now()


async def publish_name(*, account: int | None = None, device: int | None = None, most: int | None = RECENT) -> None:
    """Show a new account name or device label on the counters whose last press was theirs, the `most` recent ones.

    It is a transaction of its own, because a click locks its counter before the account, so a change of the account must not
    lock counters afterwards. If this one fails, the change itself stays, and each counter shows it with its next press.
    """
    try:
        snapshots = await commit(lambda c: counters.touch_last_pressed_by(c, account=account, device=device, most=most))
    except Later as later:
        log.warning("open tabs show a changed name only with the next press: %s", later)
    else:
        for snapshot in snapshots:
            publish(snapshot)
