"""Many machines on one PostgreSQL and one relay: the same workers as in model.py, and what they share.

Every machine is one like this: two cores, one worker. The door in front of them, the primary and the relay have machines
of their own, and tabs are spread evenly. One counter is simulated press by press; a million counters are added up.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.model import Saved, Worker, latencies, percentile
from benchmarks.simulate import costs, measured
from benchmarks.stations import Clock, Done, Machine, Station
from clickcounter.ledger.committer import MAX_BATCH
from clickcounter.live.frame_schedule import HEARTBEAT
from clickcounter.live.relay import GAP

ROUND_TRIP = 0.0002  # seconds between two machines of one data centre
PRIMARY_CORES = 32  # each like one of this machine's
LINK = 10e9 / 8  # bytes a second that one machine can send
HEADERS = 66  # bytes of Ethernet, IP and TCP around a frame
POLLS = 2  # a second, see live/change_watcher.py
LISTENERS = 40  # workers whose tabs are looked at


class Tally:
    """The counter's number, whatever rows it is kept in."""

    def __init__(self) -> None:
        self.number = 0


class Row:
    """The counter's row on the primary: a transaction holds its lock from the first statement to COMMIT."""

    def __init__(self, clock: Clock, shared: dict[str, float], tally: Tally) -> None:
        self._clock, self._tally = clock, tally
        self._fixed = shared["transaction"] + shared["statements"] * ROUND_TRIP
        self._each = shared["transaction_press"]
        self._queue: list[tuple[Station, float, int, Saved]] = []
        self._held = False
        self.held_seconds = 0.0
        self.commits = 0

    def commit(self, writer: Station, work: float, presses: int, done: Saved) -> None:
        """Wait for the row, write, and call `done` with the counter's number."""
        self._queue.append((writer, work, presses, done))
        if not self._held:
            self._next()

    def _next(self) -> None:
        self._held = bool(self._queue)
        if not self._queue:
            return
        writer, work, presses, done = self._queue.pop(0)
        began, rest = self._clock.now, max(0.0, self._fixed + presses * self._each - work)

        def committed() -> None:
            self.commits += 1
            self._tally.number += presses
            self.held_seconds += self._clock.now - began
            done(self._tally.number)
            self._next()

        writer.do(work, lambda: self._clock.after(rest, committed))


class Relay:
    """Pub/sub servers, each with its part of the workers; every message goes to every worker, as in live/relay.py."""

    def __init__(self, clock: Clock, shared: dict[str, float], servers: int, wake: float) -> None:
        self._clock, self._shared = clock, shared
        self.servers = [Station(Machine(clock, 1), wake) for _ in range(servers)]
        self.workers: list[Worker] = []
        self._newest: dict[int, int] = {}
        self._next_at: dict[int, float] = {}

    def publish(self, sender: int, number: int) -> None:
        """A worker's commit: its newest number goes out, at most once a gap."""
        waits = sender in self._newest
        self._newest[sender] = number
        if not waits:
            self._clock.at(self._next_at.get(sender, 0.0), lambda: self._send(sender))

    def _send(self, sender: int) -> None:
        number = self._newest.pop(sender)
        self._next_at[sender] = self._clock.now + GAP
        self.workers[sender].loop.do(self._shared["relay_make"], lambda: self._clock.after(ROUND_TRIP / 2, self._go(number)))

    def _go(self, number: int) -> Done:
        def go() -> None:
            for index, server in enumerate(self.servers):
                heard = self.workers[index :: len(self.servers)]
                work = self._shared["relay_publish"] + len(heard) * self._shared["relay_deliver"]
                server.do(work, self._arrive(heard, number))

        return go

    def _arrive(self, heard: Sequence[Worker], number: int) -> Done:
        def arrive() -> None:
            for worker in heard:
                worker.loop.do(self._shared["relay_read"], lambda worker=worker: worker.hear(number))  # type: ignore[misc]

        return lambda: self._clock.after(ROUND_TRIP / 2, arrive)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Latencies in ms, presses saved a second, and how busy each shared or single thing is, 1 = at its limit."""

    p50: float
    p99: float
    saved: float
    frames: float  # a second, to each tab
    busy: dict[str, float]

    @property
    def wall(self) -> str:
        """What gives way first."""
        return max(self.busy, key=lambda name: self.busy[name])


def one_counter(
    machines: int, tabs: int, rate: float, *, slots: int = 1, relays: int = 1, seconds: float = 4.0, seed: int = 1
) -> Prediction:
    """Everybody on one counter. `slots` rows that are added up hold its number, `relays` servers carry its messages."""
    shared, one = measured()["shared"], costs()
    clock, rng, tally = Clock(), random.Random(seed), Tally()
    rows = [Row(clock, shared, tally) for _ in range(slots)]
    relay = Relay(clock, shared, relays, one.wake)
    for index in range(machines):
        publish = (lambda number, index=index: relay.publish(index, number)) if machines > 1 else None
        groups = 20 if machines <= 10 else 4
        worker = Worker(
            clock, Machine(clock, 2), one, max(1, tabs // machines), rows[index % slots], publish=publish, groups=groups
        )
        relay.workers.append(worker)
        _press(clock, rng, worker, rate / machines, seconds)
    clock.run(seconds)
    workers = relay.workers
    saved = sum(len(worker.saved) for worker in workers)
    frames = sum(worker.frames for worker in workers) / machines / seconds
    sent_bytes = frames * tabs / machines * (shared["frame_bytes"] + HEADERS)
    busy = {
        "the row's lock": max(row.held_seconds for row in rows) / seconds,
        "the relay": max(server.worked for server in relay.servers) / seconds,
        "event loop": max(worker.loop.worked for worker in workers) / seconds,
        "Python's lock": max(worker.loop.locked + worker.writer.locked for worker in workers) / seconds,
        "the primary": saved / seconds * shared["primary_press"] / PRIMARY_CORES,
        "a machine's network": sent_bytes / LINK,
        "memory": tabs / machines * shared["tab_memory"] / (measured()["machine"]["memory_gb"] * 1e9),
    }
    clock.run(seconds * 3)
    groups_seen = [group for worker in workers[:: max(1, machines // LISTENERS)] for group in worker.groups]
    presses = sorted(press for worker in workers for press in worker.saved)
    found = latencies(presses, groups_seen, max(1, len(presses) // 300))
    return Prediction(percentile(found, 0.5) * 1000, percentile(found, 0.99) * 1000, saved / seconds, frames, busy)


def _press(clock: Clock, rng: random.Random, worker: Worker, rate: float, seconds: float) -> None:
    """People press independently of each other."""

    def press() -> None:
        if clock.now < seconds:
            worker.arrive(1, clock.now)
            clock.after(rng.expovariate(rate), press)

    clock.after(rng.expovariate(rate), press)


def many_counters(machines: int, counters: int, rate: float) -> dict[str, float]:
    """How busy everything is when each counter has one tab and all are pressed alike; 1 = at its limit."""
    shared, one = measured()["shared"], costs()
    here, pressed = counters / machines, rate / machines
    messages = min(1 / GAP, pressed)
    press = one.press_loop.busy + one.commit_loop.busy + shared["frame_make"] + one.tab_loop.quiet
    beats = here / HEARTBEAT * (shared["frame_make"] + one.tab_loop.quiet)
    heard = machines * messages * shared["relay_read"] + rate * shared["relay_read_counter"] if machines > 1 else 0.0
    polled = POLLS * here * shared["poll_counter"]
    saving = pressed * (shared["transaction_counter"] + shared["statements_counter"] * ROUND_TRIP)
    all_messages = machines * messages if machines > 1 else 0.0
    return {
        "event loop: presses": pressed * press,
        "event loop: heartbeats": beats,
        "event loop: the relay's messages": heard,
        "a worker's poll": polled,
        "a worker's writer": saving,
        "the relay": all_messages * (shared["relay_publish"] + machines * shared["relay_deliver"]),
        "the primary": (rate * shared["primary_counter"] + POLLS * counters * shared["primary_poll"]) / PRIMARY_CORES,
        "memory": here * shared["tab_memory"] / (measured()["machine"]["memory_gb"] * 1e9),
    }


def row_limit() -> float:
    """Presses a second that one row takes at most."""
    shared = measured()["shared"]
    held = shared["transaction"] + shared["statements"] * ROUND_TRIP + MAX_BATCH * shared["transaction_press"]
    return float(MAX_BATCH / held)


MILLION = 1_000_000
MANY_PRESSES = 100_000  # a second
TABS = 10_000  # that make them
MACHINES = (1, 10, 100, 1000)
WITH_ROWS = ((1, 1), (10, 1), (100, 1), (10, 10), (100, 10), (100, 20), (1000, 20))  # machines, rows


def print_predictions() -> None:
    """Print a table for each question."""
    print("\nOne counter, a million tabs, 100 presses a second\n")
    print("| machines | p50 / p99 | frames a second | busiest |\n| --- | --- | --- | --- |")
    for machines in MACHINES:
        found = one_counter(machines, MILLION, 100, seconds={1: 60.0, 10: 20.0}.get(machines, 2.0))
        print(
            f"| {machines} | {found.p50:,.0f} / {found.p99:,.0f} | {found.frames:.2g} | {_busiest(found.busy)} |", flush=True
        )
    print(f"\nOne counter, {MANY_PRESSES:,} presses a second, {TABS:,} tabs; one row takes {row_limit():,.0f} a second\n")
    print("| machines, rows | p50 / p99 | saved a second | busiest |\n| --- | --- | --- | --- |")
    for machines, rows in WITH_ROWS:
        found = one_counter(machines, TABS, MANY_PRESSES, slots=rows, seconds=2.0 if machines < 1000 else 1.0)
        shown = f"{found.p50:,.0f} / {found.p99:,.0f}" if found.saved > 0.9 * MANY_PRESSES else "the line grows"
        print(f"| {machines}, {rows} | {shown} | {found.saved:,.0f} | {_busiest(found.busy)} |", flush=True)
    print(f"\nA million counters, {MANY_PRESSES:,} presses a second\n\n| machines | busiest |\n| --- | --- |")
    for machines in MACHINES:
        print(f"| {machines} | {_busiest(many_counters(machines, MILLION, MANY_PRESSES), 4)} |")


def _busiest(busy: dict[str, float], most: int = 3) -> str:
    first = sorted(busy.items(), key=lambda item: -item[1])[:most]
    return ", ".join(f"{name} {part:,.0%}" for name, part in first)
