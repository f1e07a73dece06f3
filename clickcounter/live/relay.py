"""Snapshots and presence between processes, through the pub/sub of Redis or Valkey. Nothing is stored there.

The relay only speeds up what polling the database does anyway, so nothing waits for it: a change is noted, and one task
publishes the newest of each counter. What cannot be published is dropped. A process receives its own messages too; while it
does, the relay is alive.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

from clickcounter.domain.clicks import Snapshot
from clickcounter.errors import Malformed
from clickcounter.live.presence import SILENCE, Presence
from clickcounter.live.redis_connection import connected
from clickcounter.live.relay_messages import RelayMessage, parse_message
from clickcounter.live.tasks import cancel_all
from clickcounter.measures import RELAY

log = logging.getLogger(__name__)

GAP = 0.015  # seconds between two messages of this process, however many clicks there are
HEARTBEAT = 2.0  # seconds between two reports of the viewers here, changed or not
PRESENCE = 1.0  # seconds between two such reports at least
AGAIN = 0.5  # seconds until the next try to connect
GOODBYE = 0.3  # seconds that stopping may wait for the goodbye
MOST_SENDERS = 1_000  # whose newest message is remembered


class Relay:
    """Publishes to the other processes on the channel what changed here, and passes what they publish to `heard`."""

    def __init__(self, url: str, channel: str, presence: Presence, heard: Callable[[Snapshot], None]) -> None:
        self._url = url
        self._channel = channel
        self._presence = presence
        self._heard = heard
        self._me = os.urandom(8).hex()
        self._turn = 0
        self._changed: dict[str, Snapshot] = {}
        self._wake = asyncio.Event()
        self._presence_changed = True
        self._presence_sent_at = float("-inf")
        self._heard_myself_at = float("-inf")
        self._outage = False
        self._turns: dict[str, int] = {}  # of the newest message, by sender

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Connected inside, as soon and as often as Redis lets us."""
        steps = (self._for_ever(self._publish), self._for_ever(self._listen), self._drop_silent())
        tasks = [asyncio.create_task(step) for step in steps]
        try:
            with self._presence.subscribe(self._on_presence):
                yield
        finally:
            await cancel_all(tasks)
            self._presence.drop_others()

    @property
    def alive(self) -> bool:
        """True while what this process publishes comes back to it."""
        return asyncio.get_running_loop().time() - self._heard_myself_at < SILENCE and not self._outage

    def publish(self, snapshot: Snapshot) -> None:
        """A counter changed here. Returns at once; of several changes only the newest is published."""
        known = self._changed.get(snapshot.counter)
        if known is None or known.revision < snapshot.revision:
            self._changed[snapshot.counter] = snapshot
            self._wake.set()

    def _on_presence(self, _counter: str, here: bool) -> None:
        if here:
            self._presence_changed = True
            self._wake.set()

    async def _for_ever(self, work: Callable[[Redis], Awaitable[None]]) -> None:
        while True:
            try:
                async with connected(self._url) as redis:
                    await work(redis)
            except (RedisError, OSError) as error:
                self._note(str(error) or type(error).__name__)
            except Exception:
                log.exception("the relay failed")
            await asyncio.sleep(AGAIN)

    async def _publish(self, redis: Redis) -> None:
        self._presence_sent_at = float("-inf")  # at once, for those that dropped us meanwhile
        try:
            while True:
                message = self._next_message()
                if message is not None:
                    await redis.publish(self._channel, message.encode())
                    RELAY["sent"] += 1
                    await asyncio.sleep(GAP)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), max(0.0, self._presence_due() - self._now()))
                self._wake.clear()
        except asyncio.CancelledError:
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(GOODBYE):
                    last = RelayMessage(self._me, self._turn + 1, tuple(self._changed.values()), goodbye=True)
                    await redis.publish(self._channel, last.encode())
            raise

    def _next_message(self) -> RelayMessage | None:
        snapshots, self._changed = tuple(self._changed.values()), {}
        viewers: dict[str, int] | None = None
        labels: dict[str, Sequence[str]] = {}
        if self._now() >= self._presence_due():
            viewers, labels = self._presence.report_here()
            self._presence_sent_at, self._presence_changed = self._now(), False
        if not snapshots and viewers is None:
            return None
        self._turn += 1
        return RelayMessage(self._me, self._turn, snapshots, viewers, labels)

    def _presence_due(self) -> float:
        return self._presence_sent_at + (PRESENCE if self._presence_changed else HEARTBEAT)

    async def _listen(self, redis: Redis) -> None:
        async with redis.pubsub() as pubsub:
            await pubsub.subscribe(self._channel)
            self._presence_sent_at = float("-inf")  # at once: we hear ourselves, and the others need not wait
            self._wake.set()
            heard_at = self._now()
            while True:
                received = await pubsub.get_message(ignore_subscribe_messages=True, timeout=1.0)
                if received is not None:
                    heard_at = self._now()
                    self._receive(received["data"])
                elif self._now() - heard_at > SILENCE:
                    raise ConnectionError("not even our own messages come back")

    def _receive(self, data: object) -> None:
        try:
            message = parse_message(data)
        except Malformed as error:
            log.debug("ignored a message on the relay that is not ours: %s", error)
            return
        if message.sender == self._me:
            self._heard_myself_at = self._now()
            self._note(None)
            return
        self._count(message.sender, message.turn)
        for snapshot in message.snapshots:
            self._heard(snapshot)
        if message.goodbye:
            self._presence.drop(message.sender)
        elif message.viewers is not None:
            self._presence.report(message.sender, message.turn, message.viewers, message.labels, self._now())

    def _count(self, sender: str, turn: int) -> None:
        """Count another process's message, and those of its that were missed before."""
        RELAY["received"] += 1
        RELAY["missed"] += max(0, turn - self._turns.pop(sender, turn - 1) - 1)
        self._turns[sender] = turn
        if len(self._turns) > MOST_SENDERS:
            del self._turns[next(iter(self._turns))]

    async def _drop_silent(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._presence.drop_silent(self._now())

    def _note(self, error: str | None) -> None:
        """Log an outage once, and its end once."""
        if error and not self._outage:
            log.warning("the relay is down, other processes' clicks come by polling: %s", error)
        elif self._outage and not error:
            log.warning("the relay works again")
        self._outage = error is not None

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
