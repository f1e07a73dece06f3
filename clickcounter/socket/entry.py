"""A tab goes into the room of its counter: it joins first, then reads, so that a click in between reaches it as a frame."""

import contextlib
import logging
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from clickcounter.access import authorization
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.rights import MEMBERS
from clickcounter.errors import ClickCounterError, CounterNotFound, Later
from clickcounter.live.pipeline import running
from clickcounter.services.validation import slug_of
from clickcounter.socket import rooms
from clickcounter.socket.tab import Tab

log = logging.getLogger(__name__)

Shown = tuple[dict[str, Any], dict[str, Any]]


async def enter_room(tab: Tab, counter: str) -> Shown:
    """What is said of the counter, and its frame; instead of that frame, why it is not shown."""
    here = rooms.current()
    try:
        await _let_in(tab, slug_of(counter))
        here.enter(tab, counter)
        snapshot = await running().read_newest(counter)
    except ClickCounterError as error:
        if error.code == rooms.MEMBERS_ONLY:
            here.keep_out(tab, counter)
        return {}, {"counter": counter, "error": error.code, "at": now_ms()}
    except SQLAlchemyError as error:
        log.warning("the counter %r could not be read: %s", counter, error, extra={"counter": counter})
        return {}, {"counter": counter, "error": Later.code, "at": now_ms()}
    return here.about(snapshot), here.frame(snapshot)


async def _let_in(tab: Tab, counter: str) -> None:
    """Ask who it is, unless what is shown to others here is open to everybody. Raises CounterNotFound, Refused, Later."""
    known = running().newest(counter)
    if known is not None and known.settings.visibility != MEMBERS:
        return
    # The room is there for when the counter or the database comes back; whoever may not look on leaves it before a frame.
    waits = (CounterNotFound,) if known else (CounterNotFound, Later)
    with contextlib.suppress(*waits):
        await running().read(lambda engine: authorization.require_view(engine, counter, tab.caller))
