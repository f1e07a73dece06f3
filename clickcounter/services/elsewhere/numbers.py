"""The newest number of a counter, for readers that come in great numbers: programs, badges, link previews."""

from asyncio import Future, ensure_future, shield

from sqlalchemy.exc import SQLAlchemyError

from clickcounter.access import authorization, program_limits
from clickcounter.domain.clicks import Caller, Snapshot
from clickcounter.domain.rights import MEMBERS
from clickcounter.errors import Later, Refused
from clickcounter.history import snapshots
from clickcounter.live.pipeline import running
from clickcounter.pools import ELSEWHERE, OPENING
from clickcounter.services.validation import slug_of


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


async def for_everybody(counter: str, address: str) -> Snapshot:
    """The newest snapshot of a counter that anyone may see, a second old at most, for somebody at this address.

    However many ask, the database is read once a second for each counter, and never where a tab here shows it. Raises
    CounterNotFound, Refused, TooMany, Later.
    """
    slug = slug_of(counter)
    known = running().newest(slug)
    snapshot = known if known is not None else await _recent(slug, address)
    if snapshot.settings.visibility == MEMBERS:
        raise Refused("members_only")
    return snapshot


async def _recent(slug: str, address: str) -> Snapshot:
    recent = running().recent
    snapshot = recent.get(slug)
    if snapshot is not None:
        return await shield(snapshot)
    with program_limits.current().looking_up(address):
        snapshot = ensure_future(running().read(lambda engine: snapshots.snapshot_of(engine, slug), ELSEWHERE))
        snapshot.add_done_callback(Future.exception)  # retrieved, or asyncio complains where everybody who asked has left
        recent.keep(slug, snapshot)
        return await shield(snapshot)
