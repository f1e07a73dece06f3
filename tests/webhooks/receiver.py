"""A real receiver of webhooks on this machine, which behaves as a test says and remembers what it was sent."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook


@dataclass
class Receiver:
    """`answer` makes each answer; `got` are the requests: headers and body."""

    answer: Callable[[web.Request], Any] = lambda request: web.Response(text="ok")
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"].removeprefix("counter.") for _, body in self.got]

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """The bodies, each signed as the package of the specification's authors signs them, at any time."""
        signer = Webhook(secret)
        for headers, body in self.got:
            at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            assert headers["webhook-signature"] == signer.sign(headers["webhook-id"], at, body.decode())
        return [json.loads(body) for _, body in self.got]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.got.append(({name.lower(): text for name, text in request.headers.items()}, await request.read()))
        answer = self.answer(request)
        return await answer if asyncio.iscoroutine(answer) else answer

    @contextlib.asynccontextmanager
    async def run(self, port: int = 0) -> AsyncIterator["Receiver"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()
