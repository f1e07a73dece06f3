"""Many clicks, one transaction: a real ledger, which a test can pause."""

import asyncio
import contextlib
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from clickcounter.database.engines import sqlite_path
from clickcounter.domain.clicks import Click, Order, Outcome
from clickcounter.errors import Later
from clickcounter.ledger import committer as committers
from clickcounter.ledger import ledger as ledgers
from clickcounter.ledger.committer import Committer
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_sqlite
from tests.raw import new_key
from tests.server import PATIENCE, until

Query = Callable[[str], list[tuple]]


class HeldLedger(Ledger):
    """The real ledger, whose writes wait for `go`; it records how many orders each transaction had."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.go = threading.Event()
        self.at_work = threading.Event()
        self.transactions: list[int] = []

    def write(self, orders: Sequence[Order], decided: Callable[[list[Outcome]], None] = id) -> list[Outcome]:
        self.at_work.set()
        self.go.wait(2 * PATIENCE)
        self.transactions.append(len(orders))
        return super().write(orders, decided)


class LedgerOnASlowDisk(HeldLedger):
    """What is decided is committed only when the event loop has done all that it has to do by then."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.loop = asyncio.get_running_loop()

    def write(self, orders: Sequence[Order], decided: Callable[[list[Outcome]], None] = id) -> list[Outcome]:
        def decide(outcomes: list[Outcome]) -> None:
            decided(outcomes)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result()

        return super().write(orders, decide)


@pytest.fixture
async def held(db_url: str) -> AsyncIterator[tuple[Committer, HeldLedger, list[Outcome]]]:
    told: list[Outcome] = []
    ledger = HeldLedger(db_url)
    committer = Committer(ledger, told.extend, max_waiting=1000)
    committer.start()
    yield committer, ledger, told
    ledger.go.set()
    await committer.stop()
    ledger.close()


def order(clicks: int = 1) -> Order:
    return Order("counter", "d" * 64, tuple(Click(new_key(), 1, 0, 0) for _ in range(clicks)))


async def test_orders_waiting_for_a_commit_share_the_next_one(held):
    committer, ledger, told = held
    first = asyncio.create_task(committer.record(order()))
    await asyncio.to_thread(ledger.at_work.wait, PATIENCE)
    rest = [asyncio.create_task(committer.record(order())) for _ in range(20)]
    await asyncio.sleep(0)
    ledger.go.set()
    outcomes = await asyncio.gather(first, *rest)
    assert ledger.transactions == [1, 20]
    assert {o.snapshot.value for o in outcomes} == {1, 21}
    assert len(told) == 21


async def test_a_lone_press_is_rehearsed_before_it_is_answered(db_url: str, monkeypatch: pytest.MonkeyPatch):
    ledger, heard = LedgerOnASlowDisk(db_url), list[tuple[str, int]]()

    def hear(what: str, *outcomes: Outcome) -> None:
        heard.extend((what, outcome.snapshot.value) for outcome in outcomes if outcome.snapshot)

    monkeypatch.setattr(committers, "QUIET", -1)
    ledger.go.set()
    committer = Committer(ledger, lambda all_: hear("answered", *all_), 1000, partial(hear, "rehearsed"))
    committer.start()
    await committer.record(order())
    await committer.record(order(2))
    assert heard == [("rehearsed", 1), ("answered", 1), ("rehearsed", 3), ("answered", 3)]

    ledger.go.clear()
    ledger.at_work.clear()
    first = asyncio.create_task(committer.record(order()))
    await asyncio.to_thread(ledger.at_work.wait, PATIENCE)
    others = [asyncio.create_task(committer.record(order())) for _ in range(3)]
    await asyncio.sleep(0)
    ledger.go.set()
    await asyncio.gather(first, *others)
    assert heard[4:] == [("answered", 4)] + [("answered", 7)] * 3  # there was no time to spare

    monkeypatch.setattr(committers, "QUIET", PATIENCE)
    await committer.record(order())
    assert heard[8:] == [("answered", 8)]  # too soon after the others
    await committer.stop()
    ledger.close()


async def test_a_failing_rehearsal_costs_no_press(db_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(committers, "QUIET", -1)
    ledger = LedgerOnASlowDisk(db_url)
    ledger.go.set()
    told: list[Outcome] = []
    committer = Committer(ledger, told.extend, 1000, lambda outcome: told[1_000_000])
    committer.start()
    errors: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: errors.append(context))
    assert (await committer.record(order())).snapshot.value == 1
    assert [type(error["exception"]) for error in errors] == [IndexError]
    await committer.stop()
    ledger.close()


async def test_a_thread_that_waits_for_presses_ends_at_once(db_url: str):
    ledger = Ledger(db_url)
    committer = Committer(ledger, lambda outcomes: None, 1000)
    committer.start()
    await committer.record(order())
    async with asyncio.timeout(committers.ANSWER_WITHIN / 2):
        await committer.stop()
    assert committer.close()


@only_sqlite
async def test_the_log_is_copied_after_a_press_once_it_is_long_enough(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = sqlite_path(db_url)
    assert path
    monkeypatch.setattr(ledgers, "CHECKPOINT_PAGES", 1)
    ledger = Ledger(db_url)
    committer = Committer(ledger, lambda outcomes: None, 1000)
    committer.start()
    await committer.record(order())

    def is_copied() -> bool:
        copy = shutil.copy(path, tmp_path / "copy.db")  # without the log
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            return connection.execute("SELECT value FROM counter").fetchone() == (1,)

    await until(is_copied)
    await committer.stop()
    ledger.close()


async def test_a_full_queue_answers_later_until_there_is_room(held):
    committer, ledger, _ = held
    first = asyncio.create_task(committer.record(order()))
    await asyncio.to_thread(ledger.at_work.wait, PATIENCE)
    waiting = [asyncio.create_task(committer.record(order(25))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Later):
        await committer.record(order())
    ledger.go.set()
    await asyncio.gather(first, *waiting)
    assert (await committer.record(order())).snapshot.value == 52


async def test_programs_that_share_a_device_have_their_own_places(held):
    committer, ledger, _ = held
    first = asyncio.create_task(committer.record(order()))
    await asyncio.to_thread(ledger.at_work.wait, PATIENCE)
    waiting = [asyncio.create_task(committer.record(replace(order(50), address="192.0.2.1")))]
    await asyncio.sleep(0)
    with pytest.raises(Later):
        await committer.record(replace(order(), address="192.0.2.1"))
    waiting.append(asyncio.create_task(committer.record(replace(order(), address="192.0.2.2"))))
    await asyncio.sleep(0)
    ledger.go.set()
    await asyncio.gather(first, *waiting)


async def test_stopping_finishes_one_commit_and_answers_later_to_the_rest(held, query: Query):
    committer, ledger, _ = held
    first = asyncio.create_task(committer.record(order()))
    await asyncio.to_thread(ledger.at_work.wait, PATIENCE)
    rest = asyncio.create_task(committer.record(order()))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(committer.stop())
    await asyncio.sleep(0)
    ledger.go.set()
    await stopping
    assert (await first).snapshot.value == 1
    with pytest.raises(Later):
        await rest
    with pytest.raises(Later):
        await committer.record(order())
    assert query("SELECT value FROM counter") == [(1,)]


async def test_a_hanging_commit_delays_no_stop_and_is_not_saved(held):
    committer, ledger, told = held
    first = asyncio.create_task(committer.record(order()))
    await asyncio.to_thread(ledger.at_work.wait, PATIENCE)
    async with asyncio.timeout(PATIENCE):
        await committer.stop()
        with pytest.raises(Later):
            await first
    assert told == []


async def test_a_click_that_the_database_refuses_fails_alone(db_url: str, query: Query):
    poison = new_key()
    if db_url.startswith("sqlite"):
        refuse = "BEGIN SELECT RAISE(ABORT, 'no'); END"
    else:
        query(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$"
        )
        refuse = "EXECUTE FUNCTION refuse()"
    each = "" if db_url.startswith("sqlite") else "FOR EACH ROW"
    query(f"CREATE TRIGGER poison BEFORE INSERT ON click {each} WHEN (NEW.key = '{poison}') {refuse}")
    ledger = Ledger(db_url)
    committer = Committer(ledger, lambda outcomes: None, max_waiting=1000)
    committer.start()
    bad = Order("counter", "d" * 64, (*order(2).clicks, Click(poison, 1, 0, 0), *order(2).clicks))
    outcome, *others = await asyncio.gather(committer.record(bad), *(committer.record(order()) for _ in range(5)))
    assert sorted(outcome.codes.values()) == ["failed", "saved", "saved", "saved", "saved"]
    assert outcome.codes[poison] == "failed"
    assert all(list(o.codes.values()) == ["saved"] for o in others)
    await committer.stop()
    ledger.close()
    assert query("SELECT value FROM counter") == [(9,)]


async def test_the_click_of_a_closed_tab_counts_and_delays_nobody(held, query: Query):
    committer, ledger, _ = held
    gone, stays = (asyncio.create_task(committer.record(order())) for _ in range(2))
    await asyncio.to_thread(ledger.at_work.wait, PATIENCE)
    gone.cancel()
    ledger.go.set()
    await stays
    assert query("SELECT value FROM counter") == [(2,)]
