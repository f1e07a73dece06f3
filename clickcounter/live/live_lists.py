"""Lists of counters that stay fresh while somebody looks at them.

A round reads each distinct query once, however many tabs have it open, and sends the whole page where it is not what they
have: no counter's change can be lost for another's. All writers are noticed alike, by reading again: this process, another
one, the terminal.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from clickcounter.domain.clicks import now_ms
from clickcounter.history.counter_list import ListPage, ListQuery, ListReader

log = logging.getLogger(__name__)

ROUND = 0.5  # seconds; the least time between two pages of one list
PULSE = 2.0  # seconds; a tab that was told nothing for so long hears that its page is still true

Fields = dict[str, Any]


@dataclass(slots=True)
class _List:
    """What the tabs with one query see."""

    tabs: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)  # those that have not been sent a page
    page: ListPage | None = None
    shown: Fields | None = None
    told_at: float = 0.0


class LiveLists:
    """The lists of this process. A tab is known by a name that only `send` understands, and looks at one list at most.

    `send(tabs, variable, value)` starts to send and returns the tabs that look at no list any more. `lookers(counter)` says
    how many tabs look at a counter.
    """

    def __init__(self, url: str) -> None:
        self._reader = ListReader(url)
        self._reading = asyncio.Lock()
        self._lists: dict[ListQuery, _List] = {}
        self._query_of: dict[str, ListQuery] = {}
        self._asked = asyncio.Event()
        self._failing = False
        self.send: Callable[[Collection[str], str, Any], Collection[str]] = lambda tabs, variable, value: tabs
        self.lookers: Callable[[str], int] = lambda counter: 0

    def watch(self, tab: str, query: ListQuery) -> None:
        """From now on the tab is sent this list, first of all in a moment."""
        self.leave(tab)
        self._query_of[tab] = query
        of_query = self._lists.setdefault(query, _List())
        of_query.tabs.add(tab)
        of_query.new.add(tab)
        self._asked.set()

    def leave(self, tab: str) -> None:
        """The tab looks at no list any more; a list without a tab is forgotten."""
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
        """No connection to the database is open inside."""
        async with self._reading:
            await self.close()
            yield

    async def close(self) -> None:
        """Give the connection back."""
        await asyncio.to_thread(self._reader.close)

    async def run(self) -> None:
        """Run for ever."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), max(0.0, due - loop.time()))
            self._asked.clear()
            began = loop.time()
            await self._round(every=began >= due)
            if began >= due:
                due = loop.time() + max(ROUND, loop.time() - began)  # a slow database is asked less

    async def _round(self, *, every: bool) -> None:
        unread = [query for query, of_query in self._lists.items() if of_query.page is None]
        try:
            async with self._reading:
                wanted = list(self._lists) if every else []
                pages = await asyncio.to_thread(self._reader.read, wanted, unread) if wanted or unread else {}
            for query, page in pages.items():
                if query in self._lists:
                    self._lists[query].page = page
            self._failing = self._failing and not pages
        except Exception as error:  # the tabs, hearing nothing, will say that they search for a connection
            if not self._failing:
                log.warning("the lists cannot be read: %s", error)
            self._failing = True
            return
        for query, of_query in list(self._lists.items()):
            self._tell(query, of_query, every=every)

    def _tell(self, query: ListQuery, of_query: _List, *, every: bool) -> None:
        if of_query.page is None:
            return
        now = asyncio.get_running_loop().time()
        shows = of_query.shown if of_query.shown and not every else self._fields(query, of_query.page)
        to = of_query.tabs if shows != of_query.shown else of_query.new
        of_query.shown, of_query.new = shows, set()
        if to is of_query.tabs:
            of_query.told_at = now
        gone = set(self.send(to, "board", shows | {"at": now_ms()})) if to else set()
        if every and now - of_query.told_at >= PULSE:
            of_query.told_at = now
            gone |= set(self.send(of_query.tabs, "pulse", now_ms()))
        for tab in gone:
            self.leave(tab)

    def _fields(self, query: ListQuery, page: ListPage) -> Fields:
        rows = [asdict(row) | {"lookers": self.lookers(row.slug)} for row in page.rows]
        asked = {"search": query.search, "archived": query.archived, "before": query.before}
        return asked | {"rows": rows, "total": page.total, "next": page.next}
