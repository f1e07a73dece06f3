"""Lists that stay fresh, on both databases."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from clickcounter.history.counter_list import ListQuery
from clickcounter.live import live_lists
from clickcounter.live.live_lists import REFRESH, LiveLists
from clickcounter.live.presence import Presence
from tests.audience import Nobody
from tests.conftest import only_sqlite
from tests.server import PATIENCE

ALL = ListQuery()


@dataclass
class Tabs(Nobody):
    """What tabs of a process are sent. Those in `closed` are gone."""

    db_url: str
    presence: Presence = field(default_factory=Presence)
    got: list[tuple[float, str, str, Any]] = field(default_factory=list)  # when, tab, variable, value
    closed: set[str] = field(default_factory=set)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.lists = LiveLists(self.db_url, self, self.presence)

    def send_list(self, tabs: Collection[str], variable: str, value: Any) -> set[str]:
        self.got += [(time.monotonic(), tab, variable, value) for tab in tabs if tab not in self.closed]
        self.heard.set()
        return set(tabs) & self.closed

    def pages(self, tab: str) -> list[dict[str, Any]]:
        return [value for _, to, variable, value in self.got if (to, variable) == (tab, "board")]

    async def until(self, condition: Callable[[], object], within: float = PATIENCE) -> None:
        async with asyncio.timeout(within):
            while not condition():
                self.heard.clear()
                await self.heard.wait()

    async def sees(self, tab: str, *names: str) -> None:
        await self.until(lambda: self.pages(tab) and tuple(row["name"] for row in self.pages(tab)[-1]["rows"]) == names)


@pytest.fixture
async def tabs(db_url: str) -> AsyncIterator[Tabs]:
    made = Tabs(db_url)
    running = asyncio.create_task(made.lists.run())
    yield made
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await made.lists.close()


def rename(query: Callable[[str], Any], name: str) -> None:
    query(f"UPDATE counter SET name = '{name}', search = '{name.casefold()}' WHERE slug = 'counter'")


async def test_another_process_change_reaches_every_list(tabs: Tabs, query):
    tabs.lists.watch("one", ALL)
    tabs.lists.watch("two", ListQuery("door"))
    await tabs.sees("one", "")
    await tabs.sees("two")
    rename(query, "Door")
    await tabs.sees("one", "Door")
    await tabs.sees("two", "Door")
    query("UPDATE counter SET archived_at = 5")
    await tabs.sees("one")
    await tabs.sees("two")
    assert tabs.pages("two")[-1]["total"] == 0


@pytest.fixture
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """No list is read again within a test."""
    monkeypatch.setattr(live_lists, "REFRESH", 3600.0)


@pytest.mark.usefixtures("seldom")
async def test_a_new_query_is_answered_at_once(tabs: Tabs):
    tabs.lists.watch("one", ALL)
    await tabs.sees("one", "")
    for text in ("d", "do", "doo"):
        tabs.lists.watch("one", ListQuery(text))
        await tabs.until(lambda text=text: tabs.pages("one")[-1]["search"] == text)


async def test_a_new_query_replaces_the_old(tabs: Tabs, query):
    tabs.lists.watch("one", ALL)
    await tabs.sees("one", "")
    for text in ("d", "do", "doo"):
        tabs.lists.watch("one", ListQuery(text))
    rename(query, "Door")
    await tabs.sees("one", "Door")
    assert {page["search"] for page in tabs.pages("one")[1:]} == {"doo"}
    assert list(tabs.lists._lists) == [ListQuery("doo")]


async def test_a_joining_tab_gets_no_page_from_before_it_came(tabs: Tabs, query):
    tabs.lists.watch("first", ALL)
    await tabs.sees("first", "")
    for n in range(20):
        await asyncio.to_thread(rename, query, f"Door {n}")
        tabs.lists.watch(f"tab {n}", ALL)
        await tabs.until(lambda n=n: tabs.pages(f"tab {n}"))
        assert tabs.pages(f"tab {n}")[0]["rows"][0]["name"] == f"Door {n}"
    await tabs.sees("first", "Door 19")


async def test_a_change_that_only_a_joining_tab_saw_is_undone_there(tabs: Tabs, query):
    tabs.lists.watch("first", ALL)
    await tabs.sees("first", "")
    rename(query, "Door")
    tabs.lists.watch("second", ALL)
    await tabs.sees("second", "Door")
    rename(query, "")
    await tabs.sees("second", "")


async def test_a_busy_list_is_sent_twice_a_second_at_most(tabs: Tabs, query):
    tabs.lists.watch("one", ALL)
    for n in range(200):
        await asyncio.to_thread(query, f"UPDATE counter SET value = {n + 1}")
    await tabs.until(lambda: tabs.pages("one") and tabs.pages("one")[-1]["rows"][0]["value"] == 200)
    at = [when for when, _, variable, _ in tabs.got if variable == "board"]
    # The first page is read at once, beside the rounds.
    assert all(later - earlier > REFRESH * 0.9 for earlier, later in itertools.pairwise(at[1:]))


async def test_a_quiet_list_gets_pulses_and_no_pages(tabs: Tabs):
    tabs.lists.watch("one", ALL)
    await tabs.until(lambda: [variable for _, _, variable, _ in tabs.got].count("pulse") >= 2)
    assert len(tabs.pages("one")) == 1


async def test_a_change_of_viewers_is_sent_too(tabs: Tabs):
    tabs.lists.watch("one", ALL)
    await tabs.sees("one", "")
    tabs.presence.set_here("counter", 3)
    await tabs.until(lambda: tabs.pages("one")[-1]["rows"][0]["lookers"] == 3)


async def test_each_query_is_read_once_a_round_for_all_tabs(tabs: Tabs, query, monkeypatch):
    read: list[list[ListQuery]] = []
    answer = tabs.lists._reader.read

    def reads(queries: Collection[ListQuery], unread: Collection[ListQuery]) -> Any:
        read.append([*queries, *unread])
        return answer(queries, unread)

    monkeypatch.setattr(tabs.lists._reader, "read", reads)
    for n in range(100):
        tabs.lists.watch(f"tab {n}", ListQuery("do") if n % 2 else ALL)
    rename(query, "Door")
    for n in range(100):
        await tabs.sees(f"tab {n}", "Door")
    assert all(len(set(one)) <= 2 for one in read)


async def test_a_list_is_dropped_with_its_last_tab(tabs: Tabs, query):
    tabs.lists.watch("stays", ALL)
    tabs.lists.watch("goes", ALL)
    tabs.lists.watch("goes too", ListQuery("x"))
    await tabs.sees("goes too")
    tabs.closed |= {"goes", "goes too"}
    await tabs.until(lambda: len(tabs.lists._lists) == 1 and len(tabs.lists._query_of) == 1)
    tabs.lists.leave("stays")
    tabs.lists.leave("never came")
    assert not tabs.lists._lists
    assert not tabs.lists._query_of


@only_sqlite
async def test_lists_are_silent_while_the_database_is_away(tabs: Tabs, db_url: str, query):
    tabs.lists.watch("one", ALL)
    await tabs.sees("one", "")
    path = Path(db_url.removeprefix("sqlite:///"))
    away = path.with_suffix(".away")
    async with tabs.lists.closed():
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + end).rename(away.with_name(away.name + end))
    tabs.lists.watch("late", ALL)
    await tabs.until(lambda: tabs.pages("late"))  # what is known; it hears no pulse, so it will say that this is old
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            away.with_name(away.name + end).rename(path.with_name(path.name + end))
    rename(query, "Back")
    await tabs.sees("one", "Back")
    await tabs.sees("late", "Back")
