"""What machines share costs: PostgreSQL, the relay and the poll. Part of `benchmarks.costs`; starts servers of its own."""

import contextlib
import os
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from benchmarks.growth import order
from clickcounter.database import schema
from clickcounter.domain.clicks import Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.change_poller import ChangePoller
from clickcounter.live.relay_messages import RelayMessage, parse_message
from clickcounter.socket.fanout import Feed
from tests.postgres import PostgreSQL
from tests.redis_server import RedisServer

BATCH = 400  # presses in a large transaction
SOME = 300  # counters
WIDE = 50  # counters in one transaction
TURNS = 15
MESSAGES = 2000
SUBSCRIBERS = 50


def measure(scratch: Path) -> dict[str, Any]:
    """All of it, in seconds."""
    return postgresql() | relay(scratch / "redis") | counters()


def postgresql() -> dict[str, Any]:
    """A transaction of the ledger on PostgreSQL over loopback, with fsync: its whole time, and PostgreSQL's work in it."""
    server = PostgreSQL()
    server.make()
    server.configure(shared_buffers="256MB", max_wal_size="4GB")
    server.start()
    try:
        url = server.create_database().replace("postgresql://", "postgresql+psycopg://")
        schema.prepare(url, by_hand=True)
        ledger, devices = Ledger(url), [os.urandom(32).hex() for _ in range(100)]
        ledger.adopt("counter")

        def write(presses: int) -> Callable[[], object]:
            return lambda: ledger.write([order(devices[n % 100]) for n in range(presses)])

        slugs = [f"counter-{n}" for n in range(SOME)]
        for slug in slugs:
            ledger.create(slug)
        write(BATCH)()
        one, many = _median(write(1)), _median(write(BATCH))
        each, work = (many - one) / (BATCH - 1), _work(server, write(BATCH)) / BATCH
        wide = lambda: ledger.write([replace(order(devices[0]), counter=slug) for slug in slugs[:WIDE]])  # noqa: E731
        found = {
            "transaction": one - each,
            "transaction_press": each,
            "statements": _statements(ledger, write(1)),
            "primary_press": work,
            "transaction_counter": (_median(wide) - one) / (WIDE - 1),
            "statements_counter": (_statements(ledger, wide) - _statements(ledger, write(1))) / (WIDE - 1),
            "primary_counter": _work(server, wide) / WIDE,
        }
        ledger.close()
        return found | _poll(url, server, slugs)
    finally:
        server.stop()


def _work(server: PostgreSQL, do: Callable[[], object]) -> float:
    """How long PostgreSQL works for it, in seconds."""
    before = _children(server)
    for _ in range(TURNS):
        do()
    return (_children(server) - before) / TURNS


def _statements(ledger: Ledger, write: Callable[[], object]) -> int:
    """Round trips of a transaction, COMMIT included."""
    sent: list[str] = []
    engine = ledger._engine
    with contextlib.ExitStack() as stack:
        listener = lambda *args: sent.append(args[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        stack.callback(event.remove, engine, "before_cursor_execute", listener)
        write()
    return len(sent) + 1


def _children(server: PostgreSQL) -> float:
    """How long PostgreSQL's processes have worked, in seconds."""
    parent = int((server.data / "postmaster.pid").read_text().split()[0])
    worked = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int((process / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                worked += int((process / "schedstat").read_text().split()[0]) / 1e9
    return worked


def _poll(url: str, server: PostgreSQL, slugs: list[str]) -> dict[str, float]:
    """One look of a worker at the counters that it shows, for each counter; and PostgreSQL's part of it."""
    poller = ChangePoller(url)
    poller.poll(slugs)
    seconds, work = _median(lambda: poller.poll(slugs)), _work(server, lambda: poller.poll(slugs))
    poller.close()
    return {"poll_counter": seconds / len(slugs), "primary_poll": work / len(slugs)}


def relay(folder: Path) -> dict[str, float]:
    """A message: to make, to publish, for Redis to deliver to each subscriber, and to read."""
    message = RelayMessage("0" * 16, 1, (_snapshot(0),))
    text = message.encode()
    made = _each(lambda: RelayMessage("0" * 16, 1, (_snapshot(0),)).encode())
    read = _each(lambda: parse_message(text))
    many = RelayMessage("0" * 16, 1, tuple(_snapshot(n) for n in range(100))).encode()
    snapshot = (_each(lambda: parse_message(many), 200) - read) / 99
    folder.mkdir()
    server = RedisServer(folder)
    server.start()
    try:
        without, with_many = _publishing(server, text, 0), _publishing(server, text, SUBSCRIBERS)
    finally:
        server.kill()
    return {
        "relay_make": made,
        "relay_read": read,
        "relay_read_counter": snapshot,
        "relay_publish": without,
        "relay_deliver": (with_many - without) / SUBSCRIBERS,
    }


def _publishing(server: RedisServer, text: str, subscribers: int) -> float:
    """How long Redis works for each message with so many subscribers; one at a time, as workers publish."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(subscribers)]
        for connection in sockets:
            connection.sendall(b"SUBSCRIBE channel\r\n")
            connection.recv(1000)
        worked = -_redis_worked(server)
        for turn in range(MESSAGES):
            server.client.publish("channel", text)
            if turn % 100 == 99:
                for connection in sockets:
                    connection.recv(1 << 20)
        return (worked + _redis_worked(server)) / MESSAGES


def _redis_worked(server: RedisServer) -> float:
    used: dict[str, Any] = server.client.info("cpu")  # type: ignore[assignment]
    return float(used["used_cpu_sys_main_thread"]) + float(used["used_cpu_user_main_thread"])


def counters() -> dict[str, float]:
    """Make a counter's frame, without sending it: each shown counter has one every two seconds."""
    feed, snapshot = Feed("state"), _snapshot(0)
    return {"frame_make": _each(lambda: feed.show(snapshot, 1, ()))}


def _snapshot(number: int) -> Snapshot:
    return Snapshot(
        f"counter-{number}", 123456, now_ms() * 1000, 2**40, CounterSettings(revision=1), Presser(1, "North door")
    )


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TURNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times)


def _each(work: Callable[[], object], times: int = 2000) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times
