"""Presses on a lane of their own: from the connection to presses.py, past everything else that requests pass.

On the way through Starlette and FastAPI a press costs five times what it costs on a socket. All that it needs is its body
and a few headers. What is unusual goes that way, to the very same code: pages of other origins, cookies, long bodies.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clickcounter.api.v1.answers import Answer, Header, Problem, length_of, problem
from clickcounter.api.v1.presses import answer_of, press

PRESSES = re.compile(r"/api/v1/counters/([^/]+)/presses")
UNUSUAL = frozenset({b"origin", b"cookie"})


class PressLane:
    """`security` returns the security headers of a request's answer, where that is no page. A body may take `seconds`."""

    def __init__(self, security: Callable[[Scope], list[Header]], seconds: float) -> None:
        self._security, self._seconds = security, seconds

    def before(self, app: ASGIApp) -> ASGIApp:
        """The ASGI app, without the presses that are taken here."""

        def route(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            if scope["type"] == "http" and scope["method"] == "POST" and (found := PRESSES.fullmatch(scope["path"])):
                return self._serve(app, found[1], scope, receive, send)
            return app(scope, receive, send)

        return route

    async def _serve(self, app: ASGIApp, counter: str, scope: Scope, receive: Receive, send: Send) -> None:
        if any(name in UNUSUAL for name, _ in scope["headers"]):
            await app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                first = await receive()
        except TimeoutError:
            await self._send(problem(Request(scope), Problem("body_slow")), scope, send)
            return
        if first["type"] != "http.request" or first.get("more_body"):
            await app(scope, _again(first, receive), send)
            return
        await self._send(await answer_of(partial(press, Request(scope), counter, first.get("body", b""))), scope, send)

    async def _send(self, answer: Answer, scope: Scope, send: Send) -> None:
        headers = [*answer.headers, length_of(answer.body), *self._security(scope)]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


def _again(first: Message, receive: Receive) -> Receive:
    """What was received already, then the rest."""
    waiting = [first]

    async def receiving() -> Message:
        return waiting.pop() if waiting else await receive()

    return receiving
