"""A file that is the body of a request. Several may arrive at once, none slower than SLOWEST, to be shown or imported."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from starlette.requests import Request

from clickcounter.domain.numbers import MAX_IMPORT_BYTES
from clickcounter.errors import Refused
from clickcounter.pools import LONG
from clickcounter.services import imports

PIECE = 1 << 20  # bytes that are written to disk at once
MAX_FILES, MAX_FILES_PER_ADDRESS = 8, 4  # on their way, waiting, being looked at or written
MAX_BYTES = 2 * MAX_IMPORT_BYTES  # of all of them, on disk
LONGEST_SILENCE = 20.0  # seconds without a byte
FASTEST = 25_000_000  # bytes a second while somebody presses; presses would wait for more
SLOWEST, GRACE = 32_000, 30.0  # bytes a second that must arrive on average, after so many seconds


@dataclass(slots=True, eq=False)
class _Upload:
    """A file that takes up a place here, and so many bytes."""

    address: str
    size: int = 0


class Uploads:
    """The files of this process."""

    def __init__(self) -> None:
        self._uploads: set[_Upload] = set()

    async def receive(
        self, held: contextlib.ExitStack, request: Request, address: str, admit: Callable[[], Awaitable[imports.Charge]]
    ) -> BinaryIO:
        """The body as an open file, which `held` closes. What can be refused is refused before the body is read.

        Raises Refused, NotDone, TooMany, Later, ClientDisconnect, OSError.
        """
        upload = held.enter_context(self._place(address))
        charge = await admit()
        file = held.enter_context(tempfile.TemporaryFile(prefix="clickcounter-import-"))  # noqa: SIM115  `held` closes it
        await self._write(request, file, upload, charge)
        return file

    @contextlib.contextmanager
    def _place(self, address: str) -> Iterator[_Upload]:
        of_address = sum(upload.address == address for upload in self._uploads)
        if len(self._uploads) >= MAX_FILES or of_address >= MAX_FILES_PER_ADDRESS:
            raise Refused("import_busy")
        upload = _Upload(address)
        self._uploads.add(upload)
        try:
            yield upload
        finally:
            self._uploads.discard(upload)

    async def _write(self, request: Request, file: BinaryIO, upload: _Upload, charge: imports.Charge) -> None:
        declared = int(request.headers.get("content-length") or 0)
        self._reserve(upload, declared, charge)
        received, waiting = 0, bytearray()
        began = newest = time.monotonic()
        body = request.stream()
        while (piece := await next_piece(body, received, began)) is not None:
            waiting += piece
            received += len(piece)
            if not declared:
                self._reserve(upload, len(piece), charge)
            if len(waiting) >= PIECE:
                await LONG.run(file.write, bytes(waiting), go_on=True)
                waiting.clear()
                if not imports.is_quiet():
                    await asyncio.sleep(max(0.0, PIECE / FASTEST - (time.monotonic() - newest)))
                newest = time.monotonic()
        await LONG.run(file.write, bytes(waiting), go_on=True)
        await LONG.run(file.flush, go_on=True)

    def _reserve(self, upload: _Upload, count: int, charge: imports.Charge) -> None:
        if upload.size + count > MAX_IMPORT_BYTES:
            raise Refused("import_large")
        if count + sum(other.size for other in self._uploads) > MAX_BYTES:
            raise Refused("import_busy")
        charge(count)
        upload.size += count


async def next_piece(body: AsyncIterator[bytes], received: int, began: float) -> bytes | None:
    """The next bytes of the body; None at its end. Raises Refused when they come too slowly."""
    left = GRACE + received / SLOWEST - (time.monotonic() - began)
    try:
        async with asyncio.timeout(min(LONGEST_SILENCE, max(0.0, left))):
            return await anext(body, None)
    except TimeoutError:
        raise Refused("import_slow") from None
