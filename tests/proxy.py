"""The network between clients and the back end, as bad as it is told to be."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from tests.server import free_port

ANSWER = b'"answer_rx_state_"'  # in a message that tells a tab what became of its clicks: the commit is done by then


class Connection:
    """One client's connection and its other half to the back end."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter, manner: str) -> None:
        self.writers, self.manner = (client, server), manner
        self.doomed = False  # to be cut in the middle of its next message

    def cut(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class Proxy:
    """Forwards `port` to `target`, both on this machine. `delay` is seconds for each message, either way."""

    def __init__(self, target: int, port: int | None = None) -> None:
        self.target, self.port = target, port or free_port()
        self.delay = 0.0
        self.slow = 0.0  # seconds before a new connection carries anything
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.swallow = 0  # so many answers are dropped, each with its connection
        self.swallowed = 0
        self.connecting = "well"  # or "curt": closed after the first answer; or "silent": none ever comes
        self.vain = 0  # so many connections were curt or silent
        self.cuts = 0
        self.made = 0  # so many connections reached the back end
        self.connections: set[Connection] = set()

    async def __aenter__(self) -> "Proxy":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        for connection in list(self.connections):
            connection.cut()
        while self.connections:  # until the tasks have ended, too
            await asyncio.sleep(0.01)

    async def cut(self, within: float) -> None:
        """Cut every connection in the middle of its next message; one that is silent, after so many seconds."""
        doomed = list(self.connections)
        for connection in doomed:
            connection.doomed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.connections.intersection(doomed):
                    await asyncio.sleep(0.02)
        for connection in self.connections.intersection(doomed):
            self._cut(connection)

    def _cut(self, connection: Connection) -> None:
        self.cuts += 1
        connection.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        connection = Connection(writer, back_writer, self.connecting)
        self.connections.add(connection)
        self.made += 1
        try:
            await asyncio.sleep(self.slow)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(connection, reader, back_writer, b""))
                both.create_task(self._pump(connection, back_reader, writer, ANSWER))
        finally:
            self.connections.discard(connection)
            connection.cut()

    async def _pump(
        self, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, watched: bytes
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if watched and connection.manner != "well":
                    self.vain += 1
                    if connection.manner == "silent":
                        continue
                    writer.write(data)
                    await writer.drain()
                    break
                await self.flowing.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                if connection.doomed:
                    writer.write(data[: len(data) // 2])
                    self._cut(connection)
                    return
                if watched and self.swallow and watched in data:
                    self.swallow -= 1
                    self.swallowed += 1
                    connection.cut()
                    return
                writer.write(data)
                await writer.drain()
        connection.cut()


@contextlib.contextmanager
def in_background(proxy: Proxy) -> Iterator[Proxy]:
    """The proxy at work in a thread of its own, for tests that are not coroutines."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(proxy.__aenter__(), loop).result(5)
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(proxy.__aexit__(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
