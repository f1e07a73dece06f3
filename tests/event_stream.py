"""A program that reads a counter's events, byte for byte."""

import asyncio
import json
from typing import Any, Self

from tests.server import PATIENCE


class EventReader:
    """`value`, `events` and `comments` are what has come so far; `status` and `headers` are the answer's."""

    def __init__(
        self, port: int, counter: str = "counter", version: str = "1.1", method: str = "GET", **headers: str
    ) -> None:
        self.port, self.begin = port, f"{method} /api/v1/counters/{counter}/events HTTP/{version}"
        self.sent = {"Host": f"localhost:{port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        self.events: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.retry = self.comments = 0
        self.ended = asyncio.Event()
        self.whole = False  # ended with the last chunk
        self.heard = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [self.begin, *(f"{name}: {value}" for name, value in self.sent.items())]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        self.writer.close()

    @property
    def value(self) -> int | None:
        return self.events[-1]["value"] if self.events else None

    async def sees(self, value: int, within: float = PATIENCE) -> None:
        async with asyncio.timeout(within):
            while self.value != value:
                self.heard.clear()
                await self.heard.wait()

    async def _read(self) -> None:
        try:
            async for part in self._parts():
                self._take(part)
                self.heard.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.ended.set()

    async def _parts(self) -> Any:
        text = b""
        async for data in self._chunks() if "transfer-encoding" in self.headers else self._rest():
            text += data
            while b"\n\n" in text:
                part, _, text = text.partition(b"\n\n")
                yield part.decode()

    async def _chunks(self) -> Any:
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            yield (await self.reader.readexactly(size + 2))[:-2]
        self.whole = True

    async def _rest(self) -> Any:
        while data := await self.reader.read(65536):
            yield data

    def _take(self, part: str) -> None:
        for line in part.split("\n"):
            name, _, value = line.partition(":")
            if name == "data":
                self.events.append(json.loads(value))
            elif name == "id":
                self.ids.append(value.strip())
            elif name == "retry":
                self.retry = int(value)
            elif not name:
                self.comments += 1
