"""The sender: the one process that follows counters for their webhooks and sends their messages.

Twice a second it looks for what happened, sends what is due, a bounded number at a time and one for each webhook, and
writes down the answers. Webhooks that failed or were slow the last time, or are new, share half of the places, so they
cannot delay the others. http_client.py makes one attempt; deliveries.py decides when the next is due.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import now_ms
from clickcounter.measures import WEBHOOKS
from clickcounter.webhooks import deliveries, follower
from clickcounter.webhooks.deliveries import Answer, Message
from clickcounter.webhooks.election import Election
from clickcounter.webhooks.http_client import Client

log = logging.getLogger(__name__)

T = TypeVar("T")

EVERY = 0.5  # seconds between two looks
ELECT_EVERY = 5.0  # seconds between two attempts to become the sender
MOST_SENT = 10  # messages under way
MOST_SHAKY = 5  # of them to webhooks that may take long
FINISH_WITHIN = 2.0  # seconds for what is under way at the end


class Database(Protocol):
    """How the sender reaches the database. Both raise Later."""

    async def read(self, work: Callable[[Engine], T]) -> T:
        """Let `work` read."""

    async def commit(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, perhaps twice."""


class Sender:
    """Sends as long as it is elected."""

    def __init__(
        self, database: Database, election: Election, client: Client, clock: Callable[[], int] = now_ms, every: float = EVERY
    ) -> None:
        self._database, self._election, self._client, self._clock, self._every = database, election, client, clock, every
        self._under_way: dict[asyncio.Task[Answer], Message] = {}
        self._answers: list[Answer] = []  # not written down yet
        self._wake = asyncio.Event()
        self._look_at = 0.0  # on the event loop's clock: each look that finds something is a write, which presses wait for

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """It works inside; what is under way at the end has a moment to be answered."""
        task = asyncio.create_task(self._work())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            await self._finish()
            await self._client.close()
            await asyncio.to_thread(self._election.leave)

    async def _work(self) -> None:
        failing = False
        while True:
            try:
                elected = await self._election.holds()
                if elected:
                    await self._step()
                failing = False
            except Exception as error:
                elected = True
                if not failing:
                    log.warning("webhooks wait: %s", error)
                failing = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every if elected else max(ELECT_EVERY, self._every)):
                    await self._wake.wait()
            self._wake.clear()

    async def _step(self) -> None:
        now = self._clock()
        under_way = list(self._under_way.values())
        # What was answered is written down before anything is sent, or it would be sent again.
        free = 0 if self._answers else MOST_SENT - len(under_way)
        began = asyncio.get_running_loop().time()
        looking = began >= self._look_at
        looks, messages = await self._database.read(lambda engine: _read(engine, now, under_way, free, looking=looking))
        if looking:
            self._look_at = began + (self._every if len(looks) < follower.MOST_LOOKS else self._every / 5)
        if looks or self._answers:
            await self._write(looks, now)
            self._wake.set()  # there may be more to send now
        for message in messages[:free]:
            task = asyncio.create_task(self._client.send(message, now))
            self._under_way[task] = message
            task.add_done_callback(self._answered)

    async def _write(self, looks: list[follower.Look], now: int) -> None:
        answers = self._answers[:]

        def write(connection: Connection) -> None:
            deliveries.settle(connection, answers, now)
            follower.write(connection, looks, now)

        await self._database.commit(write)
        del self._answers[: len(answers)]

    def _answered(self, task: asyncio.Task[Answer]) -> None:
        message = self._under_way.pop(task)
        if task.cancelled():
            return  # the process ends; the next sender sends it again
        answer = task.result()
        WEBHOOKS["accepted" if answer.accepted else "failed"] += 1
        log.info("webhook %s: %s %s", message.webhook, message.event, answer.status or answer.error)
        self._answers.append(answer)
        self._wake.set()

    async def _finish(self) -> None:
        tasks = list(self._under_way)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=FINISH_WITHIN)
            for task in late:
                task.cancel()
        await asyncio.sleep(0)  # lets the callbacks of those tasks run
        if self._answers:
            with contextlib.suppress(Exception):  # they are sent again, with the same ids
                await self._write([], self._clock())


def _read(
    engine: Engine, now: int, under_way: list[Message], free: int, *, looking: bool
) -> tuple[list[follower.Look], list[Message]]:
    """What happened, and which messages are due: as many as there are free places for, at least."""
    busy = [message.webhook for message in under_way]
    free_for_shaky = min(free, MOST_SHAKY - sum(message.shaky for message in under_way))
    with read_only(engine).begin() as connection:
        looks = follower.look(connection, now) if looking else []
        messages = [
            message
            for shaky, most in ((True, free_for_shaky), (False, free))
            for message in (deliveries.due(connection, now, busy, most, shaky=shaky) if most > 0 else ())
        ]
    return looks, messages
