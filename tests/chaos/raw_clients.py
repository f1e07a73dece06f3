"""Clients without a browser that press and resend everything not yet saved."""

import asyncio
import contextlib
import os
from random import Random
from typing import Any

import aiohttp

from tests.chaos.budget import Budget, KeyLog
from tests.raw import STATE, RawClient

ANSWER_WITHIN = 4  # seconds, then the batch is sent again


class Presser:
    """One such client. Its connections come and go; its device and clicks stay."""

    def __init__(self, port: int, budget: Budget, log: KeyLog, rng: Random) -> None:
        self.port, self.budget, self.log, self.rng = port, budget, log, rng
        self.device = os.urandom(16).hex()
        self.in_flight: dict[str, dict[str, Any]] = {}
        self.saved: list[list[dict[str, Any]]] = []  # some of the saved batches
        self.to_replay: list[list[dict[str, Any]]] = []
        self.replay_requested = asyncio.Event()
        self.value: int | None = None
        self.batches = self.resent = self.later = self.replayed = 0
        self.unexpected: list[str] = []

    def replay(self) -> None:
        """Send an old batch, or part of one, again."""
        if self.saved:
            batch = self.rng.choice(self.saved)
            self.to_replay.append(batch[: self.rng.randint(1, len(batch))])
            self.replay_requested.set()

    async def run(self) -> None:
        """Connect and press until cancelled."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                client = RawClient(self.port)
                client.device = self.device
                async with client:
                    await self._press(client)
            await asyncio.sleep(self.rng.uniform(0.05, 0.3))

    async def _press(self, client: RawClient) -> None:
        following = asyncio.create_task(self._follow(client))
        try:
            await self._send(client)
            while not client.reader.done():
                if not self.in_flight and not self.to_replay:
                    await self._make(client)
                await self._send(client)
        finally:
            following.cancel()

    async def _make(self, client: RawClient) -> None:
        """Make clicks as soon as the budget allows; stop waiting if the socket closes or a replay is requested."""
        self.replay_requested.clear()
        taking = asyncio.create_task(self.budget.take(self.rng.randint(1, 40)))
        replaying = asyncio.create_task(self.replay_requested.wait())
        try:
            await asyncio.wait({taking, replaying, client.reader}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            taking.cancel()
            replaying.cancel()
        if not taking.done():
            return
        clicks = [client.click() for _ in range(taking.result())]
        self.log.write(*(click["key"] for click in clicks))
        self.in_flight = {click["key"]: click for click in clicks}
        await self.budget.report(len(clicks), len(clicks))

    async def _send(self, client: RawClient) -> None:
        old = self.to_replay.pop() if self.to_replay else []
        self.replayed += bool(old)
        for batch in filter(None, (old, list(self.in_flight.values()))):
            await client.event(f"{STATE}.record", client.payload(*batch))
            self.batches += 1
            if not await self._answered(client, batch):
                self.resent += 1

    async def _answered(self, client: RawClient, batch: list[dict[str, Any]]) -> bool:
        """Wait for this batch's answer. False if it must be sent again."""
        unanswered = {click["key"] for click in batch}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN):
                while unanswered:
                    answer = await client.answer()
                    unanswered -= self._settle(answer)
                    if answer["error"] == "later":
                        await asyncio.sleep(self.rng.uniform(0.1, 0.5))  # as a browser does
                        return False
        if not unanswered:
            self.saved = [*self.saved[-50:], batch]
        return not unanswered

    def _settle(self, answer: dict[str, Any]) -> set[str]:
        """Take in an answer and return the keys it is about."""
        codes, error = answer["codes"], answer["error"]
        self.later += error == "later"
        self.unexpected += [f"{key}: {code}" for key, code in codes.items() if code != "saved"]
        if error not in (None, "later"):
            self.unexpected.append(error)
        for key in codes:
            self.in_flight.pop(key, None)
        return set(codes)

    async def _follow(self, client: RawClient) -> None:
        while True:
            self.value = client.frame.get("count")
            client.heard.clear()
            await client.heard.wait()
