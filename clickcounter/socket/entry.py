"""A tab enters the room of its counter: it joins first, then reads, so that a click in between reaches it as a frame."""

import contextlib
import logging
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from clickcounter.access import authorization
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.rights import MEMBERS
from clickcounter.errors import ClickCounterError, CounterNotFound, Later
from clickcounter.live.pipeline import running
from clickcounter.pools import OPENING
from clickcounter.services.validation import slug_of
from clickcounter.socket import rooms
from clickcounter.socket.tab import Place, Tab

log = logging.getLogger(__name__)

Shown = tuple[dict[str, Any], dict[str, Any]]


async def enter_room(tab: Tab, counter: str) -> Shown:
    """The counter's settings and its frame; instead of a frame, the reason why it is not shown."""
    shown = await enter(tab, counter)
    rooms.current().resend_soon(tab)
    return shown


async def enter(tab: Place, counter: str) -> Shown:
    """The same for a cell of a board, which Reflex's first answer does not paint over."""
    here = rooms.current()
    try:
        await _require_view(tab, slug_of(counter))
        if not here.enter(tab, counter):
            return {}, {}
        snapshot = await running().read_newest(counter)
    except ClickCounterError as error:
        if error.code == rooms.MEMBERS_ONLY:
            here.keep_out(tab, counter)
        return {}, {"counter": counter, "error": error.code, "at": now_ms()}
    except SQLAlchemyError as error:
        log.warning("the counter %r could not be read: %s", counter, error, extra={"counter": counter})
        return {}, {"counter": counter, "error": Later.code, "at": now_ms()}
    about, frame = here.shown(snapshot)
    return {**about}, {**frame}


async def _require_view(tab: Place, counter: str) -> None:
    """Check the tab's rights, unless everybody may see the counter. Raises CounterNotFound, Refused, Later."""
    known = running().newest(counter)
    if known is not None and known.settings.visibility != MEMBERS:
        return
    # A tab may wait in the room until the counter or the database is back; it is shut out before the first frame if need be.
    missing = (CounterNotFound,) if known else (CounterNotFound, Later)
    with contextlib.suppress(*missing):
        await running().read(lambda engine: authorization.require_view(engine, counter, tab.caller), OPENING)
