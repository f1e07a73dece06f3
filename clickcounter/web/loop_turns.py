"""Turns on the event loop: whatever comes in besides presses begins one at a time, so that presses come in between.

The loop works off everything that has arrived before it looks for more. Twenty tabs that ask at once would keep it busy for
as long as twenty questions take, and a press needs several rounds of the loop to be saved and shown.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

LONGEST_WAIT = 0.003  # seconds for presses that are being saved: tabs must open while others press without end


class Turns:
    """Lets one begin in each round of the event loop, first come, first served."""

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False  # in this round
        self._let_by = 0.0  # when the next begins, even if a press is still being saved

    async def take(self) -> None:
        """Wait for a turn."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            self._let_by = loop.time() + LONGEST_WAIT
            loop.call_soon(self._next)
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _next(self) -> None:
        loop = asyncio.get_running_loop()
        if self._waiting and self._busy() and loop.time() < self._let_by:
            loop.call_later(0.001, self._next)
            return
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # whoever waited may have left
                turn.set_result(None)
                self._let_by = loop.time() + LONGEST_WAIT
                loop.call_soon(self._next)
                return
        self._taken = False

    def before(self, app: ASGIApp) -> ASGIApp:
        """The ASGI app, whose requests and sockets begin in turn."""

        async def in_turn(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "lifespan":
                await self.take()
            await app(scope, receive, send)

        return in_turn
