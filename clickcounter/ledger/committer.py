"""Many clicks, one transaction.

While one commit is on disk, new orders wait; they all share the next one. After it the writer rests for as long as it took,
so that a busy counter makes few, larger transactions, also where several processes stand in line for one counter's lock. A
quiet counter commits at once.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from clickcounter.domain.clicks import Order, Outcome
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger

log = logging.getLogger(__name__)

T = TypeVar("T")
Answer = Callable[[Outcome | Later], None]

MAX_BATCH = 800  # clicks; keeps one commit short, so readers never wait long
ENOUGH = 200  # clicks that wait already; a rest would only make them wait longer
ONE_DEVICES_PART = 20  # one device may fill at most this part of the line, so that a script does not hold up a door
LONGEST_REST = 0.02  # seconds; a database that was held up once does not hold up the next click
ANSWER_WITHIN = 5.0  # seconds; after that the answer is "later", and the key settles it


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    order: Order
    answer: Answer
    until: float  # on the event loop's clock


class Committer:
    """Takes orders from the event loop to the ledger's thread and brings the outcomes back.

    `committed` is called on the loop with the outcomes of each transaction, before anybody is answered.
    """

    def __init__(self, ledger: Ledger, committed: Callable[[list[Outcome]], None], max_waiting: int) -> None:
        self._ledger = ledger
        self._committed = committed
        self._max_waiting = max_waiting
        self._max_of_one = max(1, max_waiting // ONE_DEVICES_PART)
        self._of_one: dict[str, int] = {}  # clicks in line, by device
        self._line: deque[_Waiting] = deque()
        self._clicks_in_line = 0
        self._unanswered: dict[_Waiting, None] = {}  # the oldest first
        self._reminder: asyncio.TimerHandle | None = None
        self._turn = threading.Condition()
        self._writing = threading.Lock()
        self._closed = False
        self._stopping = threading.Event()
        self._outage = False
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    def start(self) -> None:
        """Start the writing thread. Called on the event loop that will be answered."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def adopt(self, default_counter: str) -> None:
        """Make the database ours, at start or when it was replaced; no commit runs meanwhile. Raises Later."""
        with self._open():
            self._ledger.adopt(default_counter)

    def exclusively(self, work: Callable[[Ledger], T]) -> T:
        """Let the ledger do something else between two commits. Blocks; not for the event loop's thread. Raises Later."""
        with self._open():
            try:
                return work(self._ledger)
            finally:
                self._ledger.tidy(at_leisure=not self._line)

    def close(self) -> bool:
        """Give the ledger's connection back. False where something is still written with it; then the process's end does."""
        if not self._writing.acquire(timeout=ANSWER_WITHIN):
            return False
        try:
            self._closed = True
            self._ledger.close()
        finally:
            self._writing.release()
        return True

    @contextlib.contextmanager
    def _open(self) -> Iterator[None]:
        """Nobody else writes inside. Raises Later once `close` was here: whoever stood in line would open it again."""
        with self._writing:
            if self._closed:
                raise Later("the server is stopping")
            yield

    async def stop(self) -> None:
        """Finish the commit under way, unless the database holds it up for long, and answer "later" to the rest."""
        with self._turn:
            self._stopping.set()
            self._turn.notify()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, ANSWER_WITHIN)
        while self._unanswered:
            self._answer(next(iter(self._unanswered)), Later("the server is stopping"))

    async def record(self, order: Order) -> Outcome:
        """Return once the order's clicks are on disk or decided, never before. Raises Later."""
        future: asyncio.Future[Outcome] = self._loop.create_future()

        def answer(outcome: Outcome | Later) -> None:
            if future.done():
                return  # nobody waits any more; the clicks still count
            if isinstance(outcome, Later):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.submit(order, answer)
        return await future

    def submit(self, order: Order, answer: Answer) -> None:
        """Stand in line. `answer` is called on the loop, once, within a few seconds; a Later is not raised but answered.

        For a click this is a third of what a future and its timeout cost. Raises Later when there is no room in the line.
        """
        waiting = _Waiting(order, answer, self._loop.time() + ANSWER_WITHIN)
        with self._turn:
            if self._stopping.is_set():
                raise Later("the server is stopping")
            of_one = self._of_one.get(order.device_sha256, 0)
            if self._clicks_in_line >= self._max_waiting or of_one >= self._max_of_one:
                raise Later("the line is full")
            self._line.append(waiting)
            self._clicks_in_line += len(order.clicks)
            self._of_one[order.device_sha256] = of_one + len(order.clicks)
            self._turn.notify()
        self._unanswered[waiting] = None
        if self._reminder is None:
            self._reminder = self._loop.call_at(waiting.until, self._remind)

    def _remind(self) -> None:
        """Answer "later" to those who waited too long. One timer serves all: the oldest stands first."""
        self._reminder = None
        while self._unanswered:
            oldest = next(iter(self._unanswered))
            if oldest.until > self._loop.time():
                self._reminder = self._loop.call_at(oldest.until, self._remind)
                return
            self._answer(oldest, Later("the database takes too long"))

    def _run(self) -> None:
        while batch := self._next_batch():
            began = time.monotonic()
            with self._writing:
                outcomes = self._write([w.order for w in batch])
            took = time.monotonic() - began
            try:
                self._loop.call_soon_threadsafe(self._settle, batch, outcomes)
            except RuntimeError:  # the loop is closed; nobody is there to be told
                return
            with self._writing:
                self._ledger.tidy(at_leisure=not self._line)
            if self._clicks_in_line < ENOUGH:
                self._stopping.wait(min(took, LONGEST_REST))

    def _next_batch(self) -> list[_Waiting]:
        """Wait for orders and take as many as one transaction carries; none when stopping."""
        with self._turn:
            while not self._line and not self._stopping.is_set():
                self._turn.wait()
            batch: list[_Waiting] = []
            clicks = 0
            while self._line and not self._stopping.is_set() and (not batch or clicks < MAX_BATCH):
                waiting = self._line.popleft()
                clicks += len(waiting.order.clicks)
                batch.append(waiting)
            self._clicks_in_line -= clicks
            if not self._line:
                self._of_one.clear()
            for waiting in batch if self._line else ():
                self._of_one[waiting.order.device_sha256] -= len(waiting.order.clicks)
            return batch

    def _write(self, orders: list[Order]) -> list[Outcome | Later]:
        """All in one transaction; once more if that fails; then one by one, so that one bad order fails alone."""
        for attempt in (1, 2):
            try:
                outcomes = self._ledger.write(orders)
            except Later as later:
                self._note(later)
                return [later] * len(orders)
            except Exception as error:
                log.warning("a transaction of %d orders failed, attempt %d: %s", len(orders), attempt, error)
                fault = error
            else:
                self._note(None)
                return list(outcomes)
        if len(orders) > 1:
            return [self._write([order])[0] for order in orders]
        [order] = orders
        if len(order.clicks) > 1:
            return [self._click_by_click(order)]
        [click] = order.clicks
        about = {"counter": order.counter, "key": click.key}
        log.error("click %s of counter %r cannot be saved", click.key, order.counter, exc_info=fault, extra=about)
        return [Outcome({click.key: "failed"})]

    def _note(self, later: Later | None) -> None:
        """Log an outage once, however many clicks meet it, and its end."""
        if later and not self._outage:
            log.warning("saving waits: %s", later)
        elif self._outage and not later:
            log.warning("saving works again")
        self._outage = later is not None

    def _click_by_click(self, order: Order) -> Outcome | Later:
        codes: dict[str, str] = {}
        last = Outcome({})
        for click in order.clicks:
            result = self._write([replace(order, clicks=(click,))])[0]
            if isinstance(result, Later):
                return result
            codes |= result.codes
            last = Outcome(codes, result.snapshot or last.snapshot, result.error, last.changed or result.changed)
        return last

    def _settle(self, batch: list[_Waiting], outcomes: list[Outcome | Later]) -> None:
        try:
            self._committed([outcome for outcome in outcomes if isinstance(outcome, Outcome)])
        finally:
            for waiting, outcome in zip(batch, outcomes, strict=True):
                self._answer(waiting, outcome)

    def _answer(self, waiting: _Waiting, outcome: Outcome | Later) -> None:
        if waiting in self._unanswered:  # else it was answered with "later"; its clicks still count
            del self._unanswered[waiting]
            try:
                waiting.answer(outcome)
            except Exception:  # one caller's trouble is not the next one's
                log.exception("an answer could not be given")
