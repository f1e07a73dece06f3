"""Joins the steps of a click's walk, starts and stops them in order.

One pipeline runs in each process; `running()` hands it to event handlers, which Reflex creates without arguments.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from clickcounter.counting import history
from clickcounter.counting.broadcaster import Broadcaster
from clickcounter.counting.clicks import Order, Outcome, Snapshot
from clickcounter.counting.committer import Committer
from clickcounter.counting.database import open_engine, sqlite_path
from clickcounter.counting.ledger import Ledger
from clickcounter.counting.probe import probe
from clickcounter.counting.relay import Relay
from clickcounter.counting.running import ServerLock
from clickcounter.counting.scoreboard import Scoreboard
from clickcounter.errors import Later
from clickcounter.settings import Settings

log = logging.getLogger(__name__)

REREAD = 0.5  # seconds between looks at what other processes wrote
DEFAULT_COUNTER = "counter"

_running: "Pipeline | None" = None


def running() -> "Pipeline":
    """The pipeline of this process. Raises Later before it has started and after it has stopped."""
    if _running is None:
        raise Later("the server is starting or stopping")
    return _running


class Pipeline:
    """Committer → scoreboard → broadcaster → `send`, which is handed a snapshot and returns the seconds it took.

    What other processes commit joins the walk at the scoreboard: told by the relay, where there is Redis, and reread.
    """

    def __init__(self, settings: Settings, send: Callable[[Snapshot], float]) -> None:
        self._send = send
        self._lock = ServerLock(sqlite_path(settings.db_url))
        self._ledger = Ledger(settings.db_url)
        self._reader = open_engine(settings.db_url, pooled=False)
        self._watch = history.Watch(settings.db_url)
        self._scoreboard = Scoreboard()
        self._broadcaster = Broadcaster(self._send_newest, self._scoreboard.shown, settings.frame_gap, settings.frame_share)
        self._committer = Committer(self._ledger, self._committed, settings.max_waiting)
        self._look_now = asyncio.Event()
        self._relay: Relay | None = None
        if settings.redis_url:
            self._relay = Relay(settings.redis_url, f"{settings.redis_prefix}:relay", self._heard, self._broadcaster.stir)

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Everything is up inside, and the last commit is answered on the way out."""
        global _running
        await asyncio.to_thread(self._lock.share)
        await asyncio.to_thread(self._committer.adopt, DEFAULT_COUNTER)
        self._committer.start()
        tasks = [asyncio.create_task(self._reread_for_ever()), asyncio.create_task(self._broadcaster.beat())]
        _running = self
        try:
            async with self._relay.run() if self._relay else contextlib.nullcontext():
                try:
                    yield
                finally:
                    _running = None
                    await self._committer.stop()  # while the relay runs: the last commit is told, too
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._watch.close()
            self._reader.dispose()
            self._ledger.close()
            self._lock.release()

    async def record(self, order: Order) -> Outcome:
        """Return once the order's clicks are on disk or decided, never before. Raises Later."""
        return await self._committer.record(order)

    async def look(self, counter: str) -> tuple[str, Snapshot]:
        """A tab that has joined the room asks for the counter's name and newest snapshot. Raises CounterNotFound."""
        self._scoreboard.show(counter)
        name, snapshot = await asyncio.to_thread(history.name_and_snapshot, self._reader, counter)
        self._scoreboard.offer(snapshot)
        return name, self._scoreboard.newest(counter) or snapshot

    def stir(self, counter: str, lookers: int) -> None:
        """Somebody joined or left the counter's room, which has so many tabs now."""
        if lookers:
            self._broadcaster.stir(counter)
        else:
            self._scoreboard.drop(counter)
        if self._relay:
            self._relay.look_on(counter, lookers)

    def elsewhere(self, counter: str) -> int:
        """How many tabs of other processes look at the counter; 0 where there is no relay to say so."""
        return self._relay.elsewhere(counter) if self._relay else 0

    def newest(self, counter: str) -> Snapshot | None:
        """The newest snapshot that this process knows of a counter somebody looks at."""
        return self._scoreboard.newest(counter)

    async def probe(self) -> None:
        """Return when the database took a write that changes nothing. Raises Later."""
        await asyncio.to_thread(probe, self._reader)

    @property
    def relay_alive(self) -> bool | None:
        """Whether other processes hear this one and it hears them; None where no relay is wanted."""
        return self._relay.alive if self._relay else None

    def _committed(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.snapshot is None:
                continue
            self._offer(outcome.snapshot)
            if self._relay and outcome.changed:
                self._relay.tell(outcome.snapshot)

    def _offer(self, snapshot: Snapshot) -> None:
        if self._scoreboard.offer(snapshot):
            self._broadcaster.announce(snapshot.counter)

    def _heard(self, snapshot: Snapshot) -> None:
        """Another process tells a snapshot; its word is taken for the round that is shown here.

        Of any other round (a reset, or another instance that shares the channel by mistake: rounds are random numbers) the
        database itself is asked, at once.
        """
        if snapshot.counter not in self._scoreboard.shown():
            return
        known = self._scoreboard.newest(snapshot.counter)
        if known is not None and known.round == snapshot.round:
            self._offer(snapshot)
        else:
            self._look_now.set()

    def _send_newest(self, counter: str) -> float:
        snapshot = self._scoreboard.newest(counter)
        return self._send(snapshot) if snapshot else 0.0

    async def _reread_for_ever(self) -> None:
        failing = False
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), REREAD)
            self._look_now.clear()
            try:
                if not await asyncio.to_thread(self._watch.holds):
                    await asyncio.to_thread(self._committer.adopt, DEFAULT_COUNTER)
                for snapshot in await asyncio.to_thread(self._watch.look, self._scoreboard.shown()):
                    self._offer(snapshot)
                failing = False
            except Exception as error:
                self._watch.close()
                if not failing:
                    log.warning("cannot reread the counters: %s", error)
                failing = True
