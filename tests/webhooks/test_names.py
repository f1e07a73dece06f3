"""Slow resolvers of some webhooks' names, which delay no other webhook."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from clickcounter.pools import NAMES, SLOW_NAMES
from clickcounter.webhooks import http_client
from clickcounter.webhooks.deliveries import Message
from clickcounter.webhooks.http_client import Client
from clickcounter.webhooks.sender import MOST_SHAKY
from tests.server import until
from tests.webhooks.conftest import LOOPBACK, Stage
from tests.webhooks.receiver import Receiver


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A resolver that knows quick.example, and answers for other names once this event is set."""
    answers = threading.Event()

    def resolve(host: str, port: int, *_: Any) -> list[tuple[Any, ...]]:
        assert host == "quick.example" or answers.wait(120)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield answers
    answers.set()


async def test_webhooks_with_slow_names_delay_no_other(
    stage: Stage, resolver: threading.Event, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http_client, "CONNECT_WITHIN", 120.0)
    monkeypatch.setattr(http_client, "ANSWER_WITHIN", 120.0)
    async with Receiver().run() as receiver, stage.sending():
        stage.add(f"http://quick.example:{receiver.port}/", "reset")
        await asyncio.to_thread(stage.ledger.reset, "counter")
        await until(lambda: receiver.got and not stage.webhook.waiting)
        for n in range(MOST_SHAKY):
            stage.add(f"http://slow-{n}.example:{receiver.port}/", "reset")
        await asyncio.to_thread(stage.ledger.reset, "counter")
        await until(lambda: NAMES.running + SLOW_NAMES.running == MOST_SHAKY)
        for known in (2, 3):
            await until(lambda known=known: len(receiver.got) == known)
            await asyncio.to_thread(stage.ledger.reset, "counter")
        resolver.set()
        await until(lambda: not NAMES.running + SLOW_NAMES.running)


async def test_a_name_that_was_slow_is_looked_up_among_slow_ones(resolver: threading.Event, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_client, "SLOW_AFTER", -1.0)  # every answer takes longer
    resolver.set()
    client = Client(LOOPBACK)
    async with Receiver().run() as receiver:
        message = Message(1, f"http://turns.example:{receiver.port}/", "whsec_c2VjcmV0", "msg_1", "reset", "{}", shaky=False)
        before = [sum(pool.seconds.counts) for pool in (NAMES, SLOW_NAMES)]
        for _ in range(3):
            assert (await client.send(message, 0)).status == 200
        await until(lambda: not NAMES.running + SLOW_NAMES.running)  # it is counted after its answer
        after = [sum(pool.seconds.counts) for pool in (NAMES, SLOW_NAMES)]
        assert [now - then for now, then in zip(after, before, strict=True)] == [1, 2]
    await client.close()
