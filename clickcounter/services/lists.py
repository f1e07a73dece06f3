"""The list of counters: which page of it a tab wants, kept fresh from then on."""

import contextlib
from dataclasses import replace

from sqlalchemy import Engine

from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller
from clickcounter.errors import Later, Malformed
from clickcounter.history import counter_list
from clickcounter.history.counter_list import ListPage, ListQuery, ListRow
from clickcounter.live.pipeline import running
from clickcounter.services.validation import is_clean_text, is_whole, secret_sha256

__all__ = ["ListPage", "ListQuery", "ListRow", "page", "query", "watch"]

LONGEST_SEARCH = 1_000  # longer than any name; whoever pastes a whole text finds nothing rather than an error


async def query(session: str | None, search: object, archived: object, before: object, device: object) -> ListQuery:
    """Understand which counters somebody wants to see. Raises Malformed."""
    if search != "" and not is_clean_text(search, LONGEST_SEARCH):
        raise Malformed("search must be a text")
    if not isinstance(archived, bool):
        raise Malformed("archived must be true or false")
    if before is not None and not (is_whole(before) and before > 0):
        raise Malformed("before must be the cursor of a page, or null")
    owner = None if device is None else await _owner(secret_sha256(device))
    return ListQuery(search, archived, before, session, owner)


async def page(who: Caller, search: object, archived: object, before: object) -> ListPage:
    """One page of the counters that somebody may see. Raises Malformed, Later."""
    wanted = replace(await query(who.session, search, archived, before, None), device=await _owner(who.device), key=who.key)

    def read(engine: Engine) -> ListPage:
        with read_only(engine).begin() as connection:
            return counter_list.read_page(connection, wanted)

    return await running().read(read)


def watch(sid: str, wanted: ListQuery) -> None:
    """Send this page of the list to the tab of this socket, now and whenever it changes. Raises Later."""
    running().lists.watch(sid, wanted)


async def _owner(secret: str | None) -> str | None:
    """The hash of a device's secret where it owns a counter."""
    if secret is None:
        return None
    with contextlib.suppress(Later):  # the list comes without its own ones, once the database is there
        return secret if await running().read(lambda engine: counter_list.owns_a_counter(engine, secret)) else None
    return None
