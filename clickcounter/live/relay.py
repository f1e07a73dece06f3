"""Snapshots between processes, through the pub/sub of Redis or Valkey. Nothing is stored there.

It only makes faster what rereading the database does anyway, so nothing waits for it: what changed is noted, and one task
tells it, newest only. What cannot be told is dropped. A process hears its own words too; while it does, the relay is alive.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from clickcounter.domain.clicks import Snapshot
from clickcounter.errors import Malformed
from clickcounter.live.presence import SILENCE, Presence
from clickcounter.live.relay_messages import RelayMessage, parse_message
from clickcounter.live.tasks import cancel_all

log = logging.getLogger(__name__)

GAP = 0.015  # seconds between two messages of this process, however many clicks there are
HEARTBEAT = 2.0  # seconds; so often it tells who looks on here, changed or not
PRESENCE = 1.0  # seconds; the least time between two such, when that changes
AGAIN = 0.5  # seconds until the next try to connect
TIMEOUT = 1.0  # seconds for Redis to take a command or a connection
GOODBYE = 0.3  # seconds that stopping may wait for the goodbye


class Relay:
    """Tells the other processes on the channel what changed, and hears them.

    `heard` gets each snapshot that comes in, `stir` each counter whose number of lookers elsewhere changed.
    """

    def __init__(self, url: str, channel: str, heard: Callable[[Snapshot], None], stir: Callable[[str], None]) -> None:
        self._url = url
        self._channel = channel
        self._heard = heard
        self._stir = stir
        self._presence = Presence()
        self._me = os.urandom(8).hex()
        self._turn = 0
        self._changed: dict[str, Snapshot] = {}
        self._wake = asyncio.Event()
        self._presence_changed = True
        self._presence_told_at = float("-inf")
        self._heard_myself_at = float("-inf")
        self._outage = False

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Connected inside, as soon and as often as Redis lets us."""
        works = (self._for_ever(self._speak), self._for_ever(self._listen), self._mind_the_silent())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            await cancel_all(tasks)

    @property
    def alive(self) -> bool:
        """True while what this process says comes back to it."""
        return asyncio.get_running_loop().time() - self._heard_myself_at < SILENCE and not self._outage

    def tell(self, snapshot: Snapshot) -> None:
        """A counter changed here. Returns at once; of several changes only the newest is told."""
        known = self._changed.get(snapshot.counter)
        if known is None or known.revision < snapshot.revision:
            self._changed[snapshot.counter] = snapshot
            self._wake.set()

    def look_on(self, counter: str, lookers: int, who: Sequence[str] = ()) -> None:
        """So many tabs of this process look at the counter now, some under these labels."""
        self._presence.look_on(counter, lookers, who)
        self._presence_changed = True
        self._wake.set()

    def elsewhere(self, counter: str) -> int:
        """How many tabs of other processes look at the counter."""
        return self._presence.elsewhere(counter)

    def who_elsewhere(self, counter: str) -> set[str]:
        """The labels of other processes' tabs that look at the counter."""
        return self._presence.who_elsewhere(counter)

    async def _for_ever(self, work: Callable[[Redis], Awaitable[None]]) -> None:
        while True:
            try:
                async with self._connect() as redis:
                    await work(redis)
            except (RedisError, OSError) as error:
                self._note(str(error) or type(error).__name__)
            except Exception:
                log.exception("the relay stumbled")
            await asyncio.sleep(AGAIN)

    def _connect(self) -> Redis:
        # No retries of its own: a command would wait longer than TIMEOUT then, and we try for ever anyway.
        retry = Retry(NoBackoff(), 0)
        return Redis.from_url(self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=retry)

    async def _speak(self, redis: Redis) -> None:
        self._presence_told_at = float("-inf")  # whoever forgot us meanwhile
        try:
            while True:
                message = self._next_message()
                if message is not None:
                    await redis.publish(self._channel, message.encode())
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
        lookers, who = None, {}
        if self._now() >= self._presence_due():
            lookers, who = dict(self._presence.here), dict(self._presence.who_here)
            self._presence_told_at, self._presence_changed = self._now(), False
        if not snapshots and lookers is None:
            return None
        self._turn += 1
        return RelayMessage(self._me, self._turn, snapshots, lookers, who)

    def _presence_due(self) -> float:
        return self._presence_told_at + (PRESENCE if self._presence_changed else HEARTBEAT)

    async def _listen(self, redis: Redis) -> None:
        async with redis.pubsub() as pubsub:
            await pubsub.subscribe(self._channel)
            self._presence_told_at = float("-inf")  # at once, so that we hear ourselves and the others need not wait
            self._wake.set()
            heard_at = self._now()
            while True:
                received = await pubsub.get_message(ignore_subscribe_messages=True, timeout=1.0)
                if received is not None:
                    heard_at = self._now()
                    self._take(received["data"])
                elif self._now() - heard_at > SILENCE:
                    raise ConnectionError("not even our own words come back")

    def _take(self, data: object) -> None:
        try:
            message = parse_message(data)
        except Malformed as error:
            log.debug("the relay brought something that is no message of ours: %s", error)
            return
        if message.sender == self._me:
            self._heard_myself_at = self._now()
            self._note(None)
            return
        for snapshot in message.snapshots:
            self._heard(snapshot)
        changed: set[str] = set()
        if message.goodbye:
            changed = self._presence.left(message.sender)
        elif message.lookers is not None:
            changed = self._presence.told(message.sender, message.turn, message.lookers, message.who, self._now())
        for counter in changed:
            self._stir(counter)

    async def _mind_the_silent(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            for counter in self._presence.forget_the_silent(self._now()):
                self._stir(counter)

    def _note(self, error: str | None) -> None:
        """Log an outage once, and its end once."""
        if error and not self._outage:
            log.warning("the relay is down, other processes' clicks come by rereading: %s", error)
        elif self._outage and not error:
            log.warning("the relay works again")
        self._outage = error is not None

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
