"""A TCP proxy between clients and the back end that misbehaves as told."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from tests.server import PATIENCE, free_port

ANSWER = b'"answer_rx_state_"'  # in a message that answers clicks; their commit is done by then


class Connection:
    """A client's connection to the proxy, and the proxy's to the back end."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter, mode: str) -> None:
        self.writers, self.mode = (client, server), mode
        self.cut_next = False  # in the middle of its next message

    def cut(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class Proxy:
    """Forwards `port` to `target`, both on this machine. `delay` is in seconds, for each message each way."""

    def __init__(self, target: int, port: int | None = None, answer: bytes = ANSWER) -> None:
        self.target, self.port, self.answer = target, port or free_port(), answer
        self.delay = 0.0
        self.connect_delay = 0.0  # seconds before a new connection carries anything
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.drop_answers = 0  # how many more answers to drop, each with its connection
        self.answers_dropped = 0
        # Of new connections: or "closes early": after the first answer; or "silent": never answers. An open one may be made
        # "dead": nothing passes.
        self.mode = "normal"
        self.failed_attempts = 0  # connections that closed early or stayed silent
        self.cuts = 0
        self.connections_made = 0  # to the back end
        self.connections: set[Connection] = set()

    async def __aenter__(self) -> "Proxy":
        self.loop = asyncio.get_running_loop()
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        for connection in list(self.connections):
            connection.cut()
        while self.connections:  # until their tasks have ended too
            await asyncio.sleep(0.01)

    def stall(self) -> None:
        """Forward nothing, and close nothing, until `flow` is called."""
        self.flowing.clear()

    def flow(self) -> None:
        self.loop.call_soon_threadsafe(self.flowing.set)

    async def cut(self, within: float) -> None:
        """Cut every connection in the middle of its next message; idle ones are cut after `within` seconds."""
        open_now = list(self.connections)
        for connection in open_now:
            connection.cut_next = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.connections.intersection(open_now):
                    await asyncio.sleep(0.02)
        for connection in self.connections.intersection(open_now):
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
        connection = Connection(writer, back_writer, self.mode)
        self.connections.add(connection)
        self.connections_made += 1
        try:
            await asyncio.sleep(self.connect_delay)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(connection, reader, back_writer, b""))
                both.create_task(self._pump(connection, back_reader, writer, self.answer))
        finally:
            self.connections.discard(connection)
            connection.cut()

    async def _pump(
        self, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, watched: bytes
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if connection.mode == "dead":
                    continue
                if watched and connection.mode != "normal":
                    self.failed_attempts += 1
                    if connection.mode == "silent":
                        continue
                    writer.write(data)
                    await writer.drain()
                    break
                await self.flowing.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                if connection.cut_next:
                    writer.write(data[: len(data) // 2])
                    self._cut(connection)
                    return
                if watched and self.drop_answers and watched in data:
                    self.drop_answers -= 1
                    self.answers_dropped += 1
                    connection.cut()
                    return
                writer.write(data)
                await writer.drain()
        connection.cut()


@contextlib.contextmanager
def in_background(proxy: Proxy) -> Iterator[Proxy]:
    """Run the proxy in a thread, for tests that are not coroutines."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(proxy.__aenter__(), loop).result(PATIENCE)
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(proxy.__aexit__(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
