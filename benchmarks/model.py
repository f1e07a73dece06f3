"""A press's walk as a discrete-event simulation: the server's own rules, with costs measured elsewhere.

The rules (batches, rests, checkpoints, frames' gaps and shares) are those of the server's modules; stations.py has the
threads that do the work.
"""

import math
import random
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.stations import Clock, Done, Machine, Station
from clickcounter.ledger import committer, ledger
from clickcounter.live.frame_schedule import AHEAD

Saved = Callable[[int], None]  # gets the counter's number after the transaction

FRAME_GAP, FRAME_SHARE = 0.016, 0.5  # the settings' defaults
GROUPS = 50  # of a worker's tabs; all tabs of a group show a frame at the same moment
IN = 0.5  # of a press's work, before its commit; the rest is its answer. And of what follows a commit, before the frame
BUSY, QUIET = 0.016, 0.2  # seconds since the last piece of the same work ended, where the two costs of each were measured


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one piece of work, when the same was done just before and when it was not: then the caches are cold."""

    busy: float
    quiet: float

    def after(self, pause: float) -> float:
        """The cost after a pause of so many seconds."""
        share = math.log(max(pause, BUSY) / BUSY) / math.log(QUIET / BUSY)
        return self.busy + (self.quiet - self.busy) * min(1.0, share)


@dataclass(frozen=True, slots=True)
class Costs:
    """What a piece of work costs each thread. Times are in seconds; see costs.py for how they are measured."""

    press_loop: Cost  # a press at intake, with its answer
    press_client: Cost
    lone_writer: Cost  # of the writer's thread, for a press that is committed alone
    commit_writer: float  # for every other transaction
    more_loop: float  # for each further press of the same event
    more_client: float
    commit_event: float  # more for each event in it
    commit_press: float  # more for each press in it
    commit_loop: Cost  # what follows a commit on the event loop, with the frame's own encoding
    lone_path: float  # the part of the event loop's work for a press alone that its frame waits for
    tab_loop: Cost  # a frame to a tab
    tab_client: Cost
    writer_held: float  # the part of the writer's work that needs Python's lock; SQLite does not
    tab_held: float  # the same of the event loop's work on a frame to a tab; writing to a socket does not
    disk: tuple[float, ...]  # quantiles of how long a commit waits for the disk
    disk_press: float  # longer for each press
    checkpoint: float  # of CHECKPOINT_PAGES_BUSY pages
    wake: float  # until a thread that sleeps goes on


class Pace:
    """Knows how long ago each kind of work was done last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}

    def of(self, kind: str, cost: Cost) -> float:
        """The cost now."""
        pause = self._clock.now - self._last.get(kind, -1.0)
        self.did(kind)
        return cost.after(pause)

    def did(self, kind: str) -> None:
        """That work lasted until now."""
        self._last[kind] = self._clock.now


@dataclass(slots=True)
class Seen:
    """What a group of tabs shows: since when which number."""

    at: list[float] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    coming: int = 0  # the newest number that was sent
    unread: bool = False  # whether the load generator has yet to read it


class Store(Protocol):
    """Where workers commit."""

    def commit(self, writer: "Station", work: float, presses: int, done: Saved) -> None:
        """Let the writer do its work, and call `done` once the presses are on disk."""


class Disk:
    """Where one process commits without anybody else: SQLite."""

    def __init__(self, clock: Clock, costs: Costs, rng: random.Random) -> None:
        self._clock, self._costs, self._rng = clock, costs, rng
        self._number = 0

    def commit(self, writer: Station, work: float, presses: int, done: Saved) -> None:
        """Let the writer do its work, and call `done` once the presses are on disk."""

        def on_disk() -> None:
            self._number += presses
            done(self._number)

        wait = self._wait() + (presses - 1) * self._costs.disk_press
        writer.do(work, lambda: self._clock.after(wait, on_disk), held=self._costs.writer_held)

    def _wait(self) -> float:
        quantiles = self._costs.disk
        place = self._rng.random() * (len(quantiles) - 1)
        low = int(place)
        return quantiles[low] + (quantiles[low + 1] - quantiles[low]) * (place - low)


class Worker:
    """One process of the server with the tabs that it serves, all on one counter.

    `client` is the machine's load generator; without it, tabs cost this machine nothing. `publish` gets each commit that
    others must hear of, and `hear` takes theirs.
    """

    def __init__(
        self,
        clock: Clock,
        machine: Machine,
        costs: Costs,
        tabs: int,
        store: Store,
        *,
        client: Station | None = None,
        publish: Saved | None = None,
        groups: int = GROUPS,
    ) -> None:
        self.clock, self.costs, self.tabs = clock, costs, tabs
        self.loop = Station(machine, costs.wake, self)
        self.writer = Station(machine, costs.wake, self, yields=True)  # at each statement
        self.client, self._store, self._publish = client, store, publish
        self._pace = Pace(clock)
        self._queue: deque[tuple[int, float, float]] = deque()  # orders: presses, when they were made and when they came
        self.waiting = 0  # presses
        self._writing = False
        self._rest_until = 0.0
        self._pages = 0
        self.saved: list[tuple[float, int]] = []  # when each press was made, and the number that shows it
        self.newest = 0
        self._paid_until = self._free_at = 0.0
        self._timer = self._sending = False
        self.groups = [Seen() for _ in range(min(groups, tabs))]
        self.commits = self.frames = 0
        self.wait_area = 0.0  # the integral of `waiting` over time
        self.waited = 0.0  # how long all presses together waited
        self._queue_changed_at = 0.0

    # A press comes in.

    def arrive(self, presses: int, made: float) -> None:
        """An event with so many presses, made at this time, reaches the server."""
        work = self._pace.of("press_loop", self.costs.press_loop) + (presses - 1) * self.costs.more_loop
        self.loop.do(work * IN, lambda: self._submit(presses, made))

    def _submit(self, presses: int, made: float) -> None:
        self._queue.append((presses, made, self.clock.now))
        self._count_waiting(presses)
        if not self._writing:
            self._writing = True
            self._rest(self._write)

    def _count_waiting(self, change: int) -> None:
        self.wait_area += self.waiting * (self.clock.now - self._queue_changed_at)
        self._queue_changed_at = self.clock.now
        self.waiting += change

    # The writer: ledger/committer.py.

    def _rest(self, then: Done) -> None:
        """Rest, but not before there is something to do, nor when many presses wait."""
        self.clock.at(self._rest_until if self.waiting < committer.NO_REST_ABOVE else 0.0, then)

    def _write(self) -> None:
        orders: list[tuple[int, float]] = []
        batch = 0
        while self._queue and batch < committer.MAX_BATCH:
            presses, made, came = self._queue.popleft()
            orders.append((presses, made))
            self.waited += presses * (self.clock.now - came)
            batch += presses
        self._count_waiting(-batch)
        began, costs = self.clock.now, self.costs
        lone = self._pace.of("lone_writer", costs.lone_writer)
        together = costs.commit_writer + len(orders) * costs.commit_event + batch * costs.commit_press
        work = lone if batch == 1 else together
        self._store.commit(self.writer, work, batch, lambda number: self._written(orders, number, began))

    def _written(self, orders: list[tuple[int, float]], number: int, began: float) -> None:
        self.commits += 1
        took, batch = self.clock.now - began, sum(presses for presses, _ in orders)
        self._pages += batch + ledger.PAGES_PER_TRANSACTION
        shown = number - batch
        for presses, made in orders:
            for _ in range(presses):
                shown += 1
                self.saved.append((made, shown))
        self._settle(number, len(orders), batch - len(orders))
        longest = committer.LONGEST_REST if len(orders) > 1 else committer.REST_ALONE
        self._rest_until = self.clock.now + min(took * committer.REST, longest)
        if self._pages >= (ledger.CHECKPOINT_PAGES_BUSY if self._queue else ledger.CHECKPOINT_PAGES):
            self._rest(self._checkpoint)
        else:
            self._next()

    def _checkpoint(self) -> None:
        took = self.costs.checkpoint * self._pages / ledger.CHECKPOINT_PAGES_BUSY
        self._pages = 0
        self.clock.after(took, self._next)

    def _next(self) -> None:
        if self._queue:
            self._rest(self._write)
        else:
            self._writing = False

    def _settle(self, number: int, events: int, more: int) -> None:
        of, costs = self._pace.of, self.costs
        commit = of("commit_loop", costs.commit_loop)
        answers = events * of("answer_loop", costs.press_loop) + more * costs.more_loop
        client = events * of("answer_client", costs.press_client) + more * costs.more_client
        before = answers * (1 - IN) + commit * IN
        if events + more == 1:
            before = max(0.0, (answers + commit) * costs.lone_path - answers * IN)
        after = answers * (1 - IN) + commit - before
        self.loop.do(before, lambda: self._tell(number, after, client))

    def _tell(self, number: int, after: float, client: float) -> None:
        if self._publish:
            self._publish(number)
        self.hear(number)
        self.loop.do(after, lambda: self._answered(client))

    def _answered(self, work: float) -> None:
        if self.client:
            self.client.do(work * (1 - IN), lambda: None)

    # Frames: live/frame_schedule.py and socket/fanout.py.

    def hear(self, number: int) -> None:
        """The counter has this number now."""
        if number <= self.newest:
            return
        self.newest = number
        if self._timer or self._sending:
            self._timer = True
            return
        if self.clock.now >= self._free_at:
            self._flush()
        else:
            self._timer = True
            self.clock.at(self._free_at, self._on_timer)

    def _on_timer(self) -> None:
        self.loop.do(0.0, self._flush)

    def _flush(self) -> None:
        self._timer, self._sending = False, True
        self.frames += 1
        self._group(0, self.clock.now, self._pace.of("tab_loop", self.costs.tab_loop), self.newest)

    def _group(self, index: int, began: float, each: float, number: int) -> None:
        if index == len(self.groups):
            self._sending = False
            self._pace.did("tab_loop")
            cost = self.clock.now - began
            self._paid_until = max(self._paid_until, began) + max(FRAME_GAP, cost / FRAME_SHARE)
            self._free_at = self._paid_until - AHEAD
            if self._timer:
                self.clock.at(self._free_at, self._on_timer)
            return
        work = each * self.tabs / len(self.groups)

        def sent() -> None:
            self._deliver(self.groups[index], number)
            self._group(index + 1, began, each, number)

        self.loop.do(work, sent, first=True, held=self.costs.tab_held)

    def _deliver(self, group: Seen, number: int) -> None:
        group.coming = number
        if self.client is None:
            self._shown(group)
        elif not group.unread:  # otherwise it reads both at once
            group.unread = True
            each = self._pace.of(f"tab_client{id(group)}", self.costs.tab_client)
            work = each * self.tabs / len(self.groups)
            self.client.do(work / 2, lambda: self._shown(group))  # as the tab in the middle does
            self.client.do(work / 2, lambda: None)

    def _shown(self, group: Seen) -> None:
        group.unread = False
        if not group.number or group.coming > group.number[-1]:
            group.at.append(self.clock.now)
            group.number.append(group.coming)


def latencies(saved: list[tuple[float, int]], groups: list[Seen], skip: int = 1) -> list[float]:
    """From each press to each group of tabs that showed it, in seconds, sorted; only every `skip`-th press."""
    found = []
    for group in groups:
        for made, number in saved[::skip]:
            place = bisect_left(group.number, number)
            if place < len(group.number):
                found.append(group.at[place] - made)
    return sorted(found)


def percentile(ordered: list[float], part: float) -> float:
    """The value below which this part of the sorted values lies."""
    if not ordered:
        return math.inf
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
