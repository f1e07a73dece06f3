"""The newest number of a counter, for readers that come in great numbers: programs, badges, link previews."""

import time
from asyncio import Future, ensure_future, shield
from collections import OrderedDict

from sqlalchemy.exc import SQLAlchemyError

from clickcounter.access import authorization
from clickcounter.domain.clicks import Caller, Snapshot
from clickcounter.domain.rights import MEMBERS
from clickcounter.errors import Later, Refused
from clickcounter.history import snapshots
from clickcounter.live.pipeline import running
from clickcounter.pools import ELSEWHERE, OPENING
from clickcounter.services.validation import slug_of

FRESH = 1.0  # seconds for which a number that was read is shown again
MOST_KEPT = 2_000

_read: "OrderedDict[str, tuple[float, Future[Snapshot]]]" = OrderedDict()


async def follow(counter: str, who: Caller) -> Snapshot:
    """The newest snapshot of a counter whose room `who` has just joined. Raises CounterNotFound, Refused, Later."""
    slug = slug_of(counter)
    try:
        known = running().newest(slug)
        snapshot = known if known is not None else await running().read_newest(slug)
    except SQLAlchemyError as error:
        raise Later(str(getattr(error, "orig", error))) from error
    if who.key or snapshot.settings.visibility == MEMBERS:
        await running().read(lambda engine: authorization.require_view(engine, slug, who), OPENING)
    return snapshot


async def for_everybody(counter: str) -> Snapshot:
    """The newest snapshot of a counter that anyone may see, a second old at most. Raises CounterNotFound, Refused, Later.

    However many ask, the database is read once a second for each counter, and never where a tab here shows it.
    """
    slug = slug_of(counter)
    known = running().newest(slug)
    snapshot = known if known is not None else await shield(_recent(slug))
    if snapshot.settings.visibility == MEMBERS:
        raise Refused("members_only")
    return snapshot


def forget(slug: str) -> None:
    """A counter was changed here: nobody is shown again what was read before, which may be for members only now."""
    _read.pop(slug, None)


def _recent(slug: str) -> "Future[Snapshot]":
    now = time.monotonic()
    if slug in _read:
        read_at, snapshot = _read[slug]
        if now - read_at < FRESH and not (snapshot.done() and isinstance(snapshot.exception(), Later)):
            return snapshot
    snapshot = ensure_future(running().read(lambda engine: snapshots.snapshot_of(engine, slug), ELSEWHERE))
    snapshot.add_done_callback(Future.exception)  # retrieved, or asyncio complains where everybody who asked has left
    _read[slug] = now, snapshot
    _read.move_to_end(slug)
    if len(_read) > MOST_KEPT:
        _read.popitem(last=False)
    return snapshot
