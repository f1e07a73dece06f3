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
from clickcounter.live.live_lists import ROUND, LiveLists
from tests.conftest import only_sqlite

ALL = ListQuery()


@dataclass
class Tabs:
    """What tabs of a process are sent. Who is in `closed` is gone."""

    boards: LiveLists
    got: list[tuple[float, str, str, Any]] = field(default_factory=list)  # when, tab, variable, value
    closed: set[str] = field(default_factory=set)
    lookers: dict[str, int] = field(default_factory=dict)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, tabs: Collection[str], variable: str, value: Any) -> set[str]:
        self.got += [(time.monotonic(), tab, variable, value) for tab in tabs if tab not in self.closed]
        self.heard.set()
        return set(tabs) & self.closed

    def pages(self, tab: str) -> list[dict[str, Any]]:
        return [value for _, to, variable, value in self.got if (to, variable) == (tab, "board")]

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        async with asyncio.timeout(within):
            while not condition():
                self.heard.clear()
                await self.heard.wait()

    async def sees(self, tab: str, *names: str) -> None:
        await self.until(lambda: self.pages(tab) and tuple(row["name"] for row in self.pages(tab)[-1]["rows"]) == names)


@pytest.fixture
async def tabs(db_url: str) -> AsyncIterator[Tabs]:
    made = Tabs(LiveLists(db_url))
    made.boards.send = made.send
    made.boards.lookers = lambda counter: made.lookers.get(counter, 0)
    running = asyncio.create_task(made.boards.run())
    yield made
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await made.boards.close()


def rename(query: Callable[[str], Any], name: str) -> None:
    query(f"UPDATE counter SET name = '{name}', search = '{name.casefold()}' WHERE slug = 'counter'")


async def test_a_change_made_past_this_process_reaches_every_list_that_shows_it(tabs: Tabs, query):
    tabs.boards.watch("one", ALL)
    tabs.boards.watch("two", ListQuery("door"))
    await tabs.sees("one", "")
    await tabs.sees("two")
    rename(query, "Door")
    await tabs.sees("one", "Door")
    await tabs.sees("two", "Door")
    query("UPDATE counter SET archived_at = 5")
    await tabs.sees("one")
    await tabs.sees("two")
    assert tabs.pages("two")[-1]["total"] == 0


async def test_a_new_question_is_answered_at_once_and_takes_the_place_of_the_old_one(tabs: Tabs, query):
    tabs.boards.watch("one", ALL)
    await tabs.sees("one", "")
    began = time.monotonic()
    for text in ("d", "do", "doo"):
        tabs.boards.watch("one", ListQuery(text))
    await tabs.until(lambda: tabs.pages("one")[-1]["search"] == "doo")
    assert time.monotonic() - began < ROUND / 2
    rename(query, "Door")
    await tabs.sees("one", "Door")
    assert {page["search"] for page in tabs.pages("one")[1:]} == {"doo"}
    assert list(tabs.boards._lists) == [ListQuery("doo")]


async def test_a_busy_list_is_sent_whole_at_most_twice_a_second_and_ends_with_what_is_true(tabs: Tabs, query):
    tabs.boards.watch("one", ALL)
    for n in range(200):
        await asyncio.to_thread(query, f"UPDATE counter SET value = {n + 1}")
    await tabs.until(lambda: tabs.pages("one") and tabs.pages("one")[-1]["rows"][0]["value"] == 200)
    at = [when for when, _, variable, _ in tabs.got if variable == "board"]
    # The first page is read at once, beside the rounds.
    assert all(later - earlier > ROUND * 0.9 for earlier, later in itertools.pairwise(at[1:]))


async def test_a_quiet_list_hears_pulses_and_no_pages(tabs: Tabs):
    tabs.boards.watch("one", ALL)
    await tabs.until(lambda: [variable for _, _, variable, _ in tabs.got].count("pulse") == 2, within=8)
    assert len(tabs.pages("one")) == 1


async def test_who_looks_on_is_news_too(tabs: Tabs):
    tabs.boards.watch("one", ALL)
    await tabs.sees("one", "")
    tabs.lookers["counter"] = 3
    await tabs.until(lambda: tabs.pages("one")[-1]["rows"][0]["lookers"] == 3)


async def test_each_distinct_question_is_read_once_a_round_for_all_its_tabs(tabs: Tabs, query, monkeypatch):
    read: list[list[ListQuery]] = []
    answer = tabs.boards._reader.read

    def reads(queries: Collection[ListQuery], unread: Collection[ListQuery]) -> Any:
        read.append([*queries, *unread])
        return answer(queries, unread)

    monkeypatch.setattr(tabs.boards._reader, "read", reads)
    for n in range(100):
        tabs.boards.watch(f"tab {n}", ListQuery("do") if n % 2 else ALL)
    rename(query, "Door")
    for n in range(100):
        await tabs.sees(f"tab {n}", "Door")
    assert all(len(set(one)) <= 2 for one in read)


async def test_a_list_leaves_memory_with_its_last_tab(tabs: Tabs, query):
    tabs.boards.watch("stays", ALL)
    tabs.boards.watch("goes", ALL)
    tabs.boards.watch("goes too", ListQuery("x"))
    await tabs.sees("goes too")
    tabs.closed |= {"goes", "goes too"}
    await tabs.until(lambda: len(tabs.boards._lists) == 1 and len(tabs.boards._query_of) == 1)
    tabs.boards.leave("stays")
    tabs.boards.leave("never came")
    assert not tabs.boards._lists
    assert not tabs.boards._query_of


@only_sqlite
async def test_a_database_that_is_away_makes_lists_silent_until_it_is_back(tabs: Tabs, db_url: str, query):
    tabs.boards.watch("one", ALL)
    await tabs.sees("one", "")
    path = Path(db_url.removeprefix("sqlite:///"))
    away = path.with_suffix(".away")
    async with tabs.boards.closed():
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + end).rename(away.with_name(away.name + end))
    tabs.boards.watch("late", ALL)
    await tabs.until(lambda: tabs.pages("late"))  # what is known; it hears no pulse, so it will say that this is old
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            away.with_name(away.name + end).rename(path.with_name(path.name + end))
    rename(query, "Back")
    await tabs.sees("one", "Back")
    await tabs.sees("late", "Back")
