"""A sender in this process, on a real database, with a clock that tests move."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import select

from clickcounter.database.engines import open_engine
from clickcounter.database.tables import WEBHOOKS
from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.ledger import rounds
from clickcounter.ledger.ledger import Ledger
from clickcounter.webhooks import registry
from clickcounter.webhooks.addresses import Network
from clickcounter.webhooks.election import Election
from clickcounter.webhooks.events import EVENTS
from clickcounter.webhooks.http_client import Client
from clickcounter.webhooks.registry import Registered
from clickcounter.webhooks.sender import Sender
from tests.raw import new_key

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Direct:
    """The database without a pipeline. A ledger has one connection, so one thread: a sender that is cancelled leaves behind
    what it was writing, which then meets what it writes at its end.
    """

    def __init__(self, url: str) -> None:
        self._engine, self._ledger, self._writer = open_engine(url), Ledger(url), ThreadPoolExecutor(1)

    async def read(self, work: Callable[[Any], Any]) -> Any:
        return await asyncio.to_thread(work, self._engine)

    async def commit(self, work: Callable[[Any], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._ledger.transact, work)

    def close(self) -> None:
        self._writer.shutdown()
        self._ledger.close()
        self._engine.dispose()


class Stage:
    """A counter with webhooks, and a clock."""

    def __init__(self, url: str) -> None:
        self.url, self.ledger, self.offset = url, Ledger(url), 0

    def clock(self) -> int:
        return now_ms() + self.offset

    def stop_clock(self) -> None:
        """From now on it moves only by `later`."""
        now = self.clock() - self.offset
        self.clock = lambda: now + self.offset  # type: ignore[method-assign]

    def later(self, seconds: float) -> None:
        self.offset += round(seconds * 1000)

    def add(self, url: str, *events: str) -> tuple[int, str]:
        secret, number = registry.new_secret(), rounds.new_round_id()
        return self.ledger.transact(lambda c: registry.add(c, "counter", url, list(events or EVENTS), secret, number, None))

    def press(self, *amounts: int) -> None:
        for amount in amounts:
            self.ledger.write([Order("counter", "d" * 64, (Click(new_key(), amount, now_ms(), 0),))])

    def webhooks(self) -> list[Registered]:
        engine = open_engine(self.url)
        found = registry.registered(engine, "counter", None)
        engine.dispose()
        return found

    @property
    def webhook(self) -> Registered:
        [only] = self.webhooks()
        return only

    def revisions(self) -> list[int]:
        """What each webhook has seen."""
        return list(self.ledger.transact(lambda c: list(c.execute(select(WEBHOOKS.c.seen_revision)).scalars())))

    @contextlib.asynccontextmanager
    async def sending(self, networks: Sequence[Network] = LOOPBACK) -> AsyncIterator[Sender]:
        database = Direct(self.url)
        sender = Sender(database, Election(self.url), Client(networks), self.clock, every=0.02)
        async with sender.run():
            yield sender
        database.close()


@pytest.fixture
def stage(db_url: str) -> AsyncIterator[Stage]:
    made = Stage(db_url)
    yield made
    made.ledger.close()
