"""Joins the steps of a click's walk, starts and stops them in order.

One pipeline runs in each process; `running()` hands it to event handlers, which Reflex creates without arguments.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from clickcounter.access import authorization
from clickcounter.database.engines import open_engine, sqlite_path
from clickcounter.database.readiness import check_writable
from clickcounter.database.server_lock import ServerLock
from clickcounter.domain.clicks import Caller, Order, Outcome, Snapshot
from clickcounter.domain.rights import MEMBERS
from clickcounter.errors import CounterNotFound, Later
from clickcounter.history import queries
from clickcounter.ledger.committer import ANSWER_WITHIN, Answer, Committer
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.broadcaster import Broadcaster
from clickcounter.live.change_watcher import ChangeWatcher
from clickcounter.live.live_lists import LiveLists
from clickcounter.live.relay import Relay
from clickcounter.live.scoreboard import Scoreboard
from clickcounter.live.session_watcher import SessionWatcher
from clickcounter.live.tasks import cancel_all
from clickcounter.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

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

    def __init__(
        self, settings: Settings, send: Callable[[Snapshot], float], gone: Callable[[str], None] = lambda counter: None
    ) -> None:
        self._send = send
        self._gone = gone  # is told of a counter that somebody looks at and that is there no more
        self._lock = ServerLock(sqlite_path(settings.db_url))
        self._ledger = Ledger(settings.db_url)
        self._reader = open_engine(settings.db_url, pooled=False)
        self._watch = ChangeWatcher(settings.db_url)
        self._scoreboard = Scoreboard()
        self._broadcaster = Broadcaster(self._send_newest, self._scoreboard.shown, settings.frame_gap, settings.frame_share)
        self._committer = Committer(self._ledger, self._committed, settings.max_waiting)
        self.boards = LiveLists(settings.db_url)
        self.callers: Callable[[str], Collection[Caller]] = lambda counter: ()  # who looks at a counter here
        self.shut_out: Callable[[str, Caller], None] = lambda counter, caller: None  # is told who may not any more
        self.kept_out: Callable[[], Mapping[str, Collection[Caller]]] = dict  # who waits to be let in here, by counter
        self.let_in: Callable[[str, Caller], None] = lambda counter, caller: None  # is told who may now
        self._waiting: Mapping[str, Collection[Caller]] = {}  # those who were kept out when it was asked last
        self.signed_in = SessionWatcher(self._reader, self._revision)
        self._look_now = asyncio.Event()
        self._relay: Relay | None = None
        if settings.redis_url:
            self._relay = Relay(settings.redis_url, f"{settings.redis_prefix}:relay", self._heard, self._broadcaster.stir)

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Everything is up inside, and the last commit is answered on the way out."""
        global _running
        await asyncio.to_thread(self._lock.acquire_shared)
        await asyncio.to_thread(self._committer.adopt, DEFAULT_COUNTER)
        self._committer.start()
        works = (self._reread_for_ever(), self._broadcaster.beat(), self.boards.run(), self.signed_in.run())
        tasks = [asyncio.create_task(work) for work in works]
        _running = self
        try:
            async with self._relay.run() if self._relay else contextlib.nullcontext():
                try:
                    yield
                finally:
                    _running = None
                    await self._committer.stop()  # while the relay runs: the last commit is told, too
        finally:
            await cancel_all(tasks)
            await asyncio.to_thread(self._watch.close)
            await self.boards.close()
            self._reader.dispose()
            if await asyncio.to_thread(self._committer.close):
                self._lock.release()

    async def record(self, order: Order) -> Outcome:
        """Return once the order's clicks are on disk or decided, never before. Raises Later."""
        return await self._committer.record(order)

    def submit(self, order: Order, answer: Answer) -> None:
        """The same without waiting: `answer` is called with the outcome, or with a Later. Raises Later."""
        self._committer.submit(order, answer)

    async def read_newest(self, counter: str) -> Snapshot:
        """A tab that has joined the room asks for the counter's newest snapshot. Raises CounterNotFound."""
        self._scoreboard.show(counter)
        snapshot = await asyncio.to_thread(queries.snapshot_of, self._reader, counter)
        self._scoreboard.offer(snapshot)
        return self._scoreboard.newest(counter) or snapshot

    async def read(self, work: Callable[[Engine], T]) -> T:
        """Let `work` read the database in a thread. Raises Later where it cannot be read."""
        try:
            return await asyncio.to_thread(work, self._reader)
        except SQLAlchemyError as error:
            raise Later(str(getattr(error, "orig", error))) from error

    async def perform(self, work: Callable[[Ledger], T]) -> T:
        """Let the ledger do something between two commits. Raises Later and what `work` raises.

        After a Later it may still happen, as with a click; `work` must come to the same when it is asked for again.
        """
        doing = asyncio.ensure_future(asyncio.to_thread(self._committer.exclusively, work))
        doing.add_done_callback(lambda done: done.cancelled() or done.exception())  # retrieved, should nobody wait by then
        try:
            return await asyncio.wait_for(asyncio.shield(doing), ANSWER_WITHIN)
        except TimeoutError:
            raise Later("the database takes too long") from None

    def publish(self, snapshot: Snapshot) -> None:
        """A counter was changed here by something else than a click: tell the tabs and the other processes."""
        self._offer(snapshot)
        if self._relay:
            self._relay.tell(snapshot)

    def end_sessions(self, sessions: Collection[str]) -> None:
        """These sessions have ended: open tabs that came with them are signed out, and leave what is for members."""
        self.signed_in.ended(set(sessions))
        self._look_now.set()

    def reread_now(self) -> None:
        """Reread at once what is shown here."""
        self._look_now.set()

    def stir(self, counter: str, lookers: int, who: Sequence[str] = ()) -> None:
        """Somebody joined or left the counter's room, which has so many tabs now, some under these labels."""
        if lookers:
            self._broadcaster.stir(counter)
        else:
            self._scoreboard.drop(counter)
        if self._relay:
            self._relay.look_on(counter, lookers, who)

    def elsewhere(self, counter: str) -> int:
        """How many tabs of other processes look at the counter; 0 where there is no relay to say so."""
        return self._relay.elsewhere(counter) if self._relay else 0

    def who_elsewhere(self, counter: str) -> set[str]:
        """Under which labels tabs of other processes look at the counter."""
        return self._relay.who_elsewhere(counter) if self._relay else set()

    def newest(self, counter: str) -> Snapshot | None:
        """The newest snapshot that this process knows of a counter somebody looks at."""
        return self._scoreboard.newest(counter)

    def _revision(self, counter: str) -> int | None:
        newest = self._scoreboard.newest(counter)
        return newest.revision if newest else None

    async def probe(self) -> None:
        """Return when the database took a write that changes nothing. Raises Later."""
        await asyncio.to_thread(check_writable, self._reader)

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

        Of any other round (a reset, or another instance that shares the channel by mistake: rounds are random numbers), and
        where something else was changed, the database itself is asked, at once.
        """
        if snapshot.counter not in self._scoreboard.shown():
            return
        known = self._scoreboard.newest(snapshot.counter)
        if known is not None and (known.round, known.settings.revision) == (snapshot.round, snapshot.settings.revision):
            self._offer(replace(snapshot, settings=known.settings))
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
                    async with self.boards.closed():
                        await asyncio.to_thread(self._watch.adopt, lambda: self._committer.adopt(DEFAULT_COUNTER))
                shown = self._scoreboard.shown()
                found = await asyncio.to_thread(self._watch.look, shown)
                await self._look_at_doors(found or [])
                if found is not None:
                    self._take(shown, found)
                await self._open_doors(moved=found is not None)
                failing = False
            except Exception as error:
                await asyncio.to_thread(self._watch.close)  # so that the next look finds what this one has found
                if not failing:
                    log.warning("cannot reread the counters: %s", error)
                failing = True

    async def _look_at_doors(self, found: list[Snapshot]) -> None:
        """Whoever may not look on any more leaves: a role, a session or what is set was changed, here or anywhere."""
        known = [snapshot for counter in self._scoreboard.shown() if (snapshot := self._scoreboard.newest(counter))]
        named = {snapshot.counter for snapshot in (*known, *found) if snapshot.settings.visibility == MEMBERS}
        if closed := {counter: callers for counter in named if (callers := self.callers(counter))}:
            for (counter, caller), may in (await asyncio.to_thread(authorization.visible_to, self._reader, closed)).items():
                if not may:
                    self.shut_out(counter, caller)

    async def _open_doors(self, *, moved: bool) -> None:
        """Whoever was kept out and may look on now, comes in; asked when something was written, or somebody else waits."""
        waiting = self.kept_out()
        if not waiting or not (moved or waiting != self._waiting):
            self._waiting = waiting
            return
        may = await asyncio.to_thread(authorization.visible_to, self._reader, waiting)
        self._waiting = waiting
        for counter, caller in (pair for pair, sees in may.items() if sees):
            self.let_in(counter, caller)
            if self.callers(counter):
                with contextlib.suppress(CounterNotFound):
                    await self.read_newest(counter)
                    self._broadcaster.announce(counter)

    def _take(self, shown: list[str], found: list[Snapshot]) -> None:
        """What a reread found of the counters that were shown when it began."""
        for snapshot in found:
            self._offer(snapshot)
        for counter in {*shown} - {snapshot.counter for snapshot in found}:
            if self._scoreboard.newest(counter) is not None:
                self._scoreboard.forget(counter)
                self._gone(counter)
