"""Many clicks, one transaction.

While one transaction commits, new orders wait; they all share the next one. After each commit the writer rests for half as
long as it took, so that a busy counter makes few, larger transactions, also when several processes compete for one counter's
lock. A quiet counter commits at once.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from clickcounter.domain.clicks import Order, Outcome
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.presses.writer import Writer
from clickcounter.measures import BATCHES, COMMITS

log = logging.getLogger(__name__)

T = TypeVar("T")
OnOutcome = Callable[[Outcome | Later], None]

MAX_BATCH = 800  # clicks; keeps each transaction short
NO_REST_ABOVE = 200  # waiting clicks; the next batch is large enough without a rest
SENDERS_SHARE = 20  # one device at one address may fill a twentieth of the queue, so that a script does not crowd out people
REST = 0.5  # of the time that a commit took
LONGEST_REST, REST_ALONE = 0.02, 0.002  # seconds, after several orders and after one: a slow commit must not delay the next
QUIET = 0.01  # seconds without a press
ANSWER_WITHIN = 5.0  # seconds; then the answer is "later", and the click is sent again


@dataclass(frozen=True, slots=True, eq=False)
class _Pending:
    order: Order
    on_outcome: OnOutcome
    deadline: float  # on the event loop's clock


class Committer:
    """Passes orders from the event loop to the writer's thread, and the outcomes back.

    `committed` is called on the loop with a transaction's outcomes, once they are answered. While a press is being committed
    alone, `rehearse` is called on the loop with its outcome, which may never be saved. `max_waiting` is in clicks.
    """

    def __init__(
        self,
        ledger: Ledger,
        committed: Callable[[list[Outcome]], None],
        max_waiting: int,
        rehearse: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        self._ledger, self._writer = ledger, Writer(ledger, self._use_the_pause)
        self._committed, self._rehearse = committed, rehearse
        self._max_waiting = max_waiting
        self._max_per_sender = max(1, max_waiting // SENDERS_SHARE)
        self._queue: deque[_Pending] = deque()
        self.queued_clicks = 0
        self._queued_by_sender: Counter[tuple[str, str]] = Counter()  # clicks, by device and address
        self.unanswered: dict[_Pending, None] = {}  # an ordered set, oldest first
        self._deadline_timer: asyncio.TimerHandle | None = None
        self._lock = threading.Lock()  # of the queue
        self._bell = threading.Lock()  # held until there is something to do; a Condition takes more locks to say so
        self._bell.acquire()
        self._decided: Outcome | None = None  # of a press that is being committed
        self._writing = threading.Lock()
        self._stopping = threading.Event()
        self._stop_by = self._rest_until = float("-inf")  # on time.monotonic()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    def start(self) -> None:
        """Start the writer's thread. Call it on the event loop that gets the answers."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def exclusively(self, work: Callable[[Ledger], T]) -> T:
        """Run `work` on the ledger between two commits. Blocks, so do not call it on the event loop. Raises Later."""
        if not self._writing.acquire(timeout=ANSWER_WITHIN):
            raise Later("the database takes too long")
        try:
            if self._closed:  # the ledger would open its connection again
                raise Later("the server is stopping")
            try:
                return work(self._ledger)
            finally:
                self._ledger.checkpoint(idle=not self._queue)
        finally:
            self._writing.release()

    def close(self) -> bool:
        """Close the ledger's connection after `stop`. False if a write still uses it; it closes when the process ends."""
        if not self._writing.acquire(timeout=max(0.0, self._stop_by - time.monotonic())):
            return False
        try:
            self._closed = True
            self._ledger.close()
        finally:
            self._writing.release()
        return True

    def check_running(self) -> None:
        """Raises Later if the writer's thread has ended, so that no click can be saved."""
        if not self._thread.is_alive():
            raise Later("the writer has ended")

    async def stop(self) -> None:
        """Let the current commit finish, for up to ANSWER_WITHIN seconds, and answer "later" to all others."""
        self._stop_by = time.monotonic() + ANSWER_WITHIN
        self._stopping.set()
        self._ring()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, ANSWER_WITHIN)
        while self.unanswered:
            self._answer(next(iter(self.unanswered)), Later("the server is stopping"))

    async def record(self, order: Order) -> Outcome:
        """Write an order. Returns once its clicks are on disk or refused, never before. Raises Later."""
        future: asyncio.Future[Outcome] = self._loop.create_future()

        def settle(outcome: Outcome | Later) -> None:
            if future.done():
                return  # the caller is gone; the clicks still count
            if isinstance(outcome, Later):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.submit(order, settle)
        return await future

    def submit(self, order: Order, on_outcome: OnOutcome) -> None:
        """Queue an order. `on_outcome` is called on the loop, once, within ANSWER_WITHIN seconds, with the outcome or Later.

        This costs a third of what `record` does with its future. Raises Later if the queue is full.
        """
        pending = _Pending(order, on_outcome, self._loop.time() + ANSWER_WITHIN)
        with self._lock:
            if self._stopping.is_set():
                raise Later("the server is stopping")
            sender = (order.device_sha256, order.address)
            if self.queued_clicks >= self._max_waiting or self._queued_by_sender[sender] >= self._max_per_sender:
                raise Later("the queue is full")
            self._queue.append(pending)
            self.queued_clicks += len(order.clicks)
            self._queued_by_sender[sender] += len(order.clicks)
        self._ring()
        self.unanswered[pending] = None
        if self._deadline_timer is None:
            self._deadline_timer = self._loop.call_at(pending.deadline, self._answer_overdue)

    def _ring(self) -> None:
        if self._bell.locked():  # only the event loop releases it
            self._bell.release()

    def _answer_overdue(self) -> None:
        """OnOutcome "later" to orders past their deadline. One timer serves all, because the oldest comes first."""
        self._deadline_timer = None
        while self.unanswered:
            oldest = next(iter(self.unanswered))
            if oldest.deadline > self._loop.time():
                self._deadline_timer = self._loop.call_at(oldest.deadline, self._answer_overdue)
                return
            self._answer(oldest, Later("the database takes too long"))

    def _run(self) -> None:
        while batch := self._next_batch():
            started = time.monotonic()
            with self._writing:
                outcomes = self._writer.write([pending.order for pending in batch])
            self._decided = None
            took = time.monotonic() - started
            try:
                self._loop.call_soon_threadsafe(self._settle, batch, outcomes, took)
            except RuntimeError:  # the loop is closed, so nobody waits for an answer
                return
            self._rest_until = time.monotonic() + min(took * REST, LONGEST_REST if len(batch) > 1 else REST_ALONE)
            if self._ledger.checkpoint_due(idle=not self._queue):
                self._rest()
                with self._writing:
                    self._ledger.checkpoint(idle=not self._queue)

    def _rest(self) -> None:
        """Rest, but not before there is something to do: waking up right after a lone press would delay its frame."""
        if self.queued_clicks < NO_REST_ABOVE and (rest := self._rest_until - time.monotonic()) > 0:
            self._stopping.wait(rest)

    def _next_batch(self) -> list[_Pending]:
        """Wait for orders and take as many as fit into one transaction; none when stopping."""
        while not self._queue and not self._stopping.is_set():
            self._bell.acquire()
        self._rest()
        with self._lock:
            batch, clicks = list[_Pending](), 0
            while self._queue and not self._stopping.is_set() and (not batch or clicks < MAX_BATCH):
                pending = self._queue.popleft()
                clicks += len(pending.order.clicks)
                batch.append(pending)
            BATCHES.observe(clicks)
            self.queued_clicks -= clicks
            if not self._queue:
                self._queued_by_sender.clear()
            for pending in batch if self._queue else ():
                self._queued_by_sender[pending.order.device_sha256, pending.order.address] -= len(pending.order.clicks)
            return batch

    def _use_the_pause(self, outcomes: list[Outcome]) -> None:
        """While the disk works, let the loop rehearse what comes next: since the last press, caches have lost all of it.

        Among many presses they keep it, and there is no time to spare.
        """
        if len(outcomes) == 1 and not self._queue and time.monotonic() - self._rest_until > QUIET:
            self._decided = outcomes[0]
            with contextlib.suppress(Exception):  # such as a closed loop; saving the press does not depend on it
                self._loop.call_soon_threadsafe(self._rehearse_decided)

    def _rehearse_decided(self) -> None:
        if (outcome := self._decided) is not None:  # otherwise it is committed, and the answer is next
            self._rehearse(outcome)

    def _settle(self, batch: list[_Pending], outcomes: list[Outcome | Later], took: float) -> None:
        for pending, outcome in zip(batch, outcomes, strict=True):
            self._answer(pending, outcome)
        self._committed([outcome for outcome in outcomes if isinstance(outcome, Outcome)])
        COMMITS.observe(took)

    def _answer(self, pending: _Pending, outcome: Outcome | Later) -> None:
        if pending in self.unanswered:  # otherwise it was answered "later"; its clicks still count
            del self.unanswered[pending]
            try:
                pending.on_outcome(outcome)
            except Exception:  # must not keep the others from their answers
                log.exception("an answer could not be delivered")
