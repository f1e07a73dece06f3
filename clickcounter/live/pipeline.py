"""Joins the steps of a click's walk, and starts and stops them in order.

One pipeline runs in each process; `running()` hands it to event handlers, which Reflex creates without arguments.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from clickcounter.access.new_devices import NewDevices
from clickcounter.database import readiness
from clickcounter.database.engines import give_way, open_engine, sqlite_path
from clickcounter.database.server_lock import ServerLock
from clickcounter.domain import slugs
from clickcounter.domain.clicks import Order, Outcome, Snapshot
from clickcounter.errors import CounterNotFound, Later
from clickcounter.history import snapshots
from clickcounter.ledger.committer import ANSWER_WITHIN, Committer, OnOutcome
from clickcounter.ledger.ledger import Ledger
from clickcounter.live import key_uses
from clickcounter.live.audience import Audience
from clickcounter.live.change_watcher import ChangeWatcher
from clickcounter.live.frame_schedule import FrameSchedule
from clickcounter.live.live_lists import LiveLists
from clickcounter.live.presence import Presence
from clickcounter.live.relay import Relay
from clickcounter.live.scheduled.keeper import Keeper
from clickcounter.live.scoreboard import RecentReads, Scoreboard
from clickcounter.live.tasks import cancel_all
from clickcounter.live.watching.access_watcher import AccessWatcher
from clickcounter.live.watching.session_watcher import SessionWatcher
from clickcounter.pools import OPENING, READS, WATCHING, WRITES, Pool
from clickcounter.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

DEFAULT_COUNTER = slugs.DEFAULT_COUNTER
START_WITHIN, JUST_NOW = 30.0, 1.0  # seconds

_running: "Pipeline | None" = None


def running() -> "Pipeline":
    """The pipeline of this process. Raises Later before it has started and after it has stopped."""
    if _running is None:
        raise Later("the server is starting or stopping")
    return _running


def is_saving() -> bool:
    """Whether a press waits to be saved."""
    return _running is not None and bool(_running._committer.unanswered)


class Pipeline:
    """Committer → scoreboard → frame schedule → audience.

    What other processes commit joins at the scoreboard: through the relay if there is Redis, and by polling the database.
    """

    def __init__(self, settings: Settings, audience: Audience, presence: Presence) -> None:
        self._audience, self._presence = audience, presence
        self._lock = ServerLock(sqlite_path(settings.db_url))
        self._reader = give_way(open_engine(settings.db_url, pooled=False), lambda: bool(self._committer.unanswered))
        self._scoreboard = Scoreboard()
        self.recent = RecentReads()
        self.pressed_at = float("-inf")  # on time.monotonic(); the newest press here
        self._frames = FrameSchedule(self._send_newest, self._scoreboard.shown, settings.frame_gap, settings.frame_share)
        self._ledger = Ledger(settings.db_url, NewDevices(settings.devices_an_hour))
        self._committer = Committer(self._ledger, self._committed, settings.max_waiting, audience.rehearse)
        self._take_over = partial(self._committer.exclusively, lambda ledger: ledger.adopt(DEFAULT_COUNTER))
        self.lists = LiveLists(settings.db_url, audience, presence)
        self._sessions = SessionWatcher(self._reader, audience, self._scoreboard)
        access = AccessWatcher(self._reader, audience, self._scoreboard, self._show)
        self._keeper = Keeper(self.with_ledger, self.publish)
        self._changes = ChangeWatcher(
            settings.db_url, audience, self._scoreboard, access, self.lists, self._offer, self._take_over, self._keeper.end
        )
        self._relay: Relay | None = None
        if settings.redis_url:
            self._relay = Relay(settings.redis_url, f"{settings.redis_prefix}:relay", presence, self._heard)

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Everything is up inside, and the last commit is answered on the way out."""
        global _running
        await asyncio.to_thread(self._lock.acquire_shared)
        await self._adopt()
        self._committer.start()
        watching = (self._changes.run(), self._frames.beat(), self.lists.run(), self._sessions.run())
        steps = (*watching, self._keeper.run(), key_uses.run(self.with_ledger))
        tasks = [asyncio.create_task(step) for step in steps]
        _running = self
        try:
            with self._presence.subscribe(self._presence_changed):
                async with self._relay.run() if self._relay else contextlib.nullcontext():
                    try:
                        yield
                    finally:
                        _running = None
                        await self._committer.stop()  # while the relay runs: it publishes the last commit, too
        finally:
            await cancel_all(tasks)
            await asyncio.to_thread(self._changes.close)
            await self.lists.close()
            self._reader.dispose()
            if await asyncio.to_thread(self._committer.close):
                self._lock.release()

    async def _adopt(self) -> None:
        """Take over the database, which another process that starts at the same time may lock. Raises Later."""
        give_up_at = time.monotonic() + START_WITHIN
        while True:
            try:
                return await asyncio.to_thread(self._take_over)
            except Later as later:
                if time.monotonic() > give_up_at:
                    raise
                log.warning("waiting for the database: %s", later)
                await asyncio.sleep(0.2)

    async def record(self, order: Order) -> Outcome:
        """Return once the order's clicks are on disk or decided, never before. Raises Later."""
        self.pressed_at = time.monotonic()
        return await self._committer.record(order)

    def submit(self, order: Order, on_outcome: OnOutcome) -> None:
        """The same without waiting: `on_outcome` is called with the outcome, or with a Later. Raises Later."""
        self.pressed_at = time.monotonic()
        self._committer.submit(order, on_outcome)

    async def read_newest(self, counter: str) -> Snapshot:
        """The newest snapshot of a counter whose room a tab has just joined. Raises CounterNotFound."""
        self._scoreboard.show(counter)
        snapshot = await OPENING.run(snapshots.snapshot_of, self._reader, counter)
        self._scoreboard.offer(snapshot)
        return self._scoreboard.newest(counter) or snapshot

    async def read(self, work: Callable[[Engine], T], pool: Pool = READS) -> T:
        """Let `work` read the database in a thread of the pool. Raises Later if it cannot be read."""
        try:
            return await pool.run(work, self._reader)
        except SQLAlchemyError as error:
            raise Later(str(getattr(error, "orig", error))) from error

    async def with_ledger(self, work: Callable[[Ledger], T]) -> T:
        """Let the ledger do something between two commits. Raises Later and what `work` raises.

        It never begins after a Later. What has begun may go on after one, as with a click, so `work` must be idempotent.
        """
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await WRITES.run(self._committer.exclusively, work)
        except TimeoutError:
            raise Later("the database takes too long") from None

    def publish(self, snapshot: Snapshot) -> None:
        """A counter was changed here by something other than a click: tell the tabs and the other processes."""
        self.recent.forget(snapshot.counter)
        self._offer(snapshot)
        if self._relay:
            self._relay.publish(snapshot)

    def introduced(self, session: str) -> None:
        """A tab was just told who is signed in with this session."""
        self._sessions.introduced(session)

    def end_sessions(self, sessions: Collection[str]) -> None:
        """These sessions have ended: their open tabs are signed out and leave members-only counters."""
        self._audience.sign_out(sessions)
        self._changes.check_now()

    def reread_now(self) -> None:
        """Read what is shown here from the database at once."""
        self._changes.check_now()

    def newest(self, counter: str) -> Snapshot | None:
        """The newest snapshot that this process knows of a counter with viewers here."""
        return self._scoreboard.newest(counter)

    async def check_writable(self) -> None:
        """Return if the ledger has just committed, otherwise when the database took a write that changes nothing.

        Raises Later, also if clicks are no longer written. Beside a busy ledger a probe may wait too long for SQLite's lock.
        """
        self._committer.check_running()
        if time.monotonic() - self._ledger.committed_at >= JUST_NOW:
            await WATCHING.run(readiness.check_writable, self._reader)

    @property
    def waiting_presses(self) -> int:
        """How many presses wait for the next commit."""
        return self._committer.queued_clicks

    @property
    def relay_alive(self) -> bool | None:
        """Whether the relay reaches the other processes; None where there is none."""
        return self._relay.alive if self._relay else None

    def _committed(self, outcomes: list[Outcome]) -> None:
        told = [(each.snapshot, each.changed) for each in outcomes if each.snapshot is not None]
        told += [(group, True) for each in outcomes for group in each.groups]
        changed = {snapshot.counter for snapshot, changed in told if changed}
        for snapshot in {snapshot.counter: snapshot for snapshot, _ in told}.values():
            self._offer(snapshot)
            if self._relay and snapshot.counter in changed:
                self._relay.publish(snapshot)

    def _offer(self, snapshot: Snapshot) -> None:
        if self._scoreboard.offer(snapshot):
            self._frames.announce(snapshot.counter)

    def _send_newest(self, counter: str) -> float:
        return self._audience.send(newest) if (newest := self._scoreboard.newest(counter)) else 0.0

    def _heard(self, snapshot: Snapshot) -> None:
        """Another process published a snapshot; it is trusted for the round that is shown here.

        For another round (a reset, or another instance that shares the channel by mistake: round ids are random), and where
        the settings changed, the database itself is read at once.
        """
        self.recent.hear(snapshot)
        if snapshot.counter not in self._scoreboard:
            return
        known = self._scoreboard.newest(snapshot.counter)
        if known is not None and (known.round, known.settings.revision) == (snapshot.round, snapshot.settings.revision):
            self._offer(replace(snapshot, settings=known.settings))
        else:
            self._changes.check_now()

    async def _show(self, counter: str) -> None:
        with contextlib.suppress(CounterNotFound):
            await self.read_newest(counter)
            self._frames.announce(counter)

    def _presence_changed(self, counter: str, here: bool) -> None:
        if here and not self._audience.is_watched(counter):
            self._scoreboard.drop(counter)
        else:
            self._frames.presence_changed(counter)
