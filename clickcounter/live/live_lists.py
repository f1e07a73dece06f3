"""Lists of counters that stay up to date while they are open.

Each round reads every distinct query once, however many tabs have it open, and sends the whole page if it differs from what
they have, so that one counter's change cannot hide another's. All writers are noticed in the same way, by reading again:
this process, another one, the terminal.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Any

from clickcounter.domain.clicks import now_ms
from clickcounter.history.counter_list import ListPage, ListQuery, ListReader
from clickcounter.live.audience import Audience
from clickcounter.live.presence import Presence
from clickcounter.pools import WATCHING

log = logging.getLogger(__name__)

REFRESH = 0.5  # seconds; the least time between two pages of one list
PULSE = 2.0  # seconds; a tab that got nothing for so long is told that its page is still up to date

Fields = dict[str, Any]


@dataclass(slots=True)
class _List:
    """The tabs with one query, and what they see."""

    tabs: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)  # tabs that have not been sent a page
    page: ListPage | None = None
    shown: Fields | None = None
    sent_at: float = 0.0


class LiveLists:
    """The lists of this process. A tab shows one list at most; only the audience knows what its name stands for."""

    def __init__(self, url: str, audience: Audience, presence: Presence) -> None:
        self._audience, self._presence = audience, presence
        self._reader = ListReader(url)
        self._reading = asyncio.Lock()
        self._lists: dict[ListQuery, _List] = {}
        self._query_of: dict[str, ListQuery] = {}
        self._wanted = asyncio.Event()
        self._failing = False

    @property
    def watching(self) -> int:
        """How many tabs have a list open."""
        return len(self._query_of)

    def watch(self, tab: str, query: ListQuery) -> None:
        """Send the tab this list from now on, for the first time in a moment."""
        self.leave(tab)
        self._query_of[tab] = query
        of_query = self._lists.setdefault(query, _List())
        of_query.tabs.add(tab)
        of_query.new.add(tab)
        self._wanted.set()

    def leave(self, tab: str) -> None:
        """The tab shows no list any more; a list without tabs is dropped."""
        query = self._query_of.pop(tab, None)
        if query is None:
            return
        of_query = self._lists[query]
        of_query.tabs.discard(tab)
        of_query.new.discard(tab)
        if not of_query.tabs:
            del self._lists[query]

    @contextlib.asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Inside, no connection to the database is open."""
        async with self._reading:
            await self.close()
            yield

    async def close(self) -> None:
        """Close the connection to the database."""
        await WATCHING.run(self._reader.close)

    async def run(self) -> None:
        """Run for ever."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), max(0.0, due - loop.time()))
            self._wanted.clear()
            began = loop.time()
            await self._refresh(every=began >= due)
            if began >= due:
                due = loop.time() + max(REFRESH, loop.time() - began)  # a slow database is read less often

    async def _refresh(self, *, every: bool) -> None:
        # A tab gets no page that was read before it came: it may have just created one of the counters.
        came = {query: set(of_query.new) for query, of_query in self._lists.items() if of_query.new}
        try:
            async with self._reading:
                wanted = list(self._lists) if every else []
                pages = await WATCHING.run(self._reader.read, wanted, list(came)) if wanted or came else {}
            for query, page in pages.items():
                if query in self._lists:
                    self._lists[query].page = page
            self._failing = self._failing and not pages
        except Exception as error:  # the tabs get no pulses, so they will show that they are reconnecting
            if not self._failing:
                log.warning("the lists cannot be read: %s", error)
            self._failing, every = True, False
        for query, of_query in list(self._lists.items()):
            self._send(query, of_query, came.get(query, set()) & of_query.new, every=every)

    def _send(self, query: ListQuery, of_query: _List, came: set[str], *, every: bool) -> None:
        """Send the page to the tabs that `came`, and if it is time for `every` tab, to those that have another one."""
        if of_query.page is None or not (came or every):
            return
        now = asyncio.get_running_loop().time()
        shows = self._fields(query, of_query.page)
        to = came
        if of_query.shown is None or (every and shows != of_query.shown):
            to = came | (of_query.tabs - of_query.new)
            of_query.shown, of_query.sent_at = shows, now
        elif shows != of_query.shown:
            of_query.shown = {}  # not all tabs have the same page now: each gets the next one
        of_query.new -= came
        gone = set(self._audience.send_list(to, "board", shows | {"at": now_ms()})) if to else set()
        if every and now - of_query.sent_at >= PULSE:
            of_query.sent_at = now
            gone |= set(self._audience.send_list(of_query.tabs, "pulse", now_ms()))
        for tab in gone:
            self.leave(tab)

    def _fields(self, query: ListQuery, page: ListPage) -> Fields:
        rows = [asdict(row) | {"lookers": self._presence.viewers(row.slug)} for row in page.rows]
        asked = {"search": query.search, "archived": query.archived, "before": query.before}
        return asked | {"rows": rows, "total": page.total, "next": page.next}
