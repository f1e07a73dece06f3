"""Newest only, and never more than a share of the event loop's time.

A quiet counter is announced at once. A busy one is announced as often as its frames' cost allows, always with what is
newest then, so that clicks never starve behind frames: a thousand tabs get fewer frames than ten.
"""

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

HEARTBEAT = 2.0  # seconds; a room that heard nothing for so long gets its newest frame again
PRESENCE = 1.0  # seconds; how often a mere change of who looks on may make a frame
TICK = 0.5


class Broadcaster:
    """Decides when a counter's room gets a frame. `send` sends it and returns the seconds that took."""

    def __init__(self, send: Callable[[str], float], shown: Callable[[], list[str]], gap: float, share: float) -> None:
        self._send = send
        self._shown = shown
        self._gap = gap
        self._share = share
        self._due: dict[str, None] = {}  # a set that keeps its order
        self._stirred: set[str] = set()
        self._sent_at: dict[str, float] = {}
        self._free_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def announce(self, counter: str) -> None:
        """The counter has news."""
        self._due[counter] = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            wait = self._free_at - loop.time()
            if wait <= 0:
                self._flush()
            else:
                self._timer = loop.call_later(wait, self._flush)

    def stir(self, counter: str) -> None:
        """Somebody came or left: worth a frame, but not at once."""
        self._stirred.add(counter)

    def _flush(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        due, self._due = self._due, {}
        cost = 0.0
        for counter in due:
            self._sent_at[counter] = now
            self._stirred.discard(counter)
            try:
                cost += self._send(counter)
            except Exception:  # one room's trouble is not the others', nor the clicks' that are to be answered
                log.exception("a frame of %r could not be sent", counter, extra={"counter": counter})
        self._free_at = now + max(self._gap, cost / self._share)

    async def beat(self) -> None:
        """Run for ever: heartbeats of quiet rooms, and presence."""
        while True:
            await asyncio.sleep(TICK)
            now = asyncio.get_running_loop().time()
            shown = self._shown()
            self._sent_at = {c: at for c, at in self._sent_at.items() if c in shown}
            self._stirred &= set(shown)
            for counter in shown:
                age = now - self._sent_at.get(counter, 0.0)
                if age >= HEARTBEAT or (counter in self._stirred and age >= PRESENCE):
                    self.announce(counter)
