"""Decides when a counter's viewers get a frame: newest only, and never more than a share of the event loop's time.

A quiet counter is announced at once. A busy one is announced as often as its frames' cost allows, always with the newest
snapshot, so that frames never starve clicks: a thousand tabs get fewer frames than ten. The share, and the gap between two
frames, hold on average: frames may run ahead of them a little (AHEAD), so two presses close together are both shown at once.
"""

import asyncio
import logging
from collections.abc import Callable, Collection

log = logging.getLogger(__name__)

HEARTBEAT = 2.0  # seconds; viewers that got nothing for so long get the newest frame again
PRESENCE = 1.0  # seconds; how often a mere change of the viewers may cause a frame
TICK = 0.5
AHEAD = 0.04  # seconds that frames may be ahead of their time: two or three of them


class FrameSchedule:
    """`send(counter)` sends the newest frame and returns the seconds that took; `shown` lists the counters with viewers."""

    def __init__(self, send: Callable[[str], float], shown: Callable[[], Collection[str]], gap: float, share: float) -> None:
        self._send = send
        self._shown = shown
        self._gap = gap
        self._share = share
        self._due: dict[str, None] = {}  # a set that keeps its order
        self._presence_changed: set[str] = set()
        self._sent_at: dict[str, float] = {}
        self._free_at = self._paid_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def announce(self, counter: str) -> None:
        """The counter changed: send a frame as soon as there is time for it."""
        self._due[counter] = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            wait = self._free_at - loop.time()
            if wait <= 0:
                self._flush()
            else:
                self._timer = loop.call_later(wait, self._flush)

    def presence_changed(self, counter: str) -> None:
        """A viewer came or left: worth a frame, but not at once."""
        self._presence_changed.add(counter)

    def _flush(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        due, self._due = self._due, {}
        cost = 0.0
        for counter in due:
            self._sent_at[counter] = now
            self._presence_changed.discard(counter)
            try:
                cost += self._send(counter)
            except Exception:  # must not stop the other counters' frames, nor the answers to clicks
                log.exception("a frame of %r could not be sent", counter, extra={"counter": counter})
        self._paid_until = max(self._paid_until, now) + max(self._gap, cost / self._share)
        self._free_at = self._paid_until - AHEAD

    async def beat(self) -> None:
        """Run for ever: heartbeats of quiet counters, and presence."""
        while True:
            await asyncio.sleep(TICK)
            now = asyncio.get_running_loop().time()
            shown = set(self._shown())
            self._sent_at = {counter: at for counter, at in self._sent_at.items() if counter in shown}
            self._presence_changed &= shown
            for counter in shown:
                age = now - self._sent_at.get(counter, 0.0)
                if age >= HEARTBEAT or (counter in self._presence_changed and age >= PRESENCE):
                    self.announce(counter)
