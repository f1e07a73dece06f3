"""A file that a browser uploads: `POST /import?counter=NAME&zone=Europe/Berlin` with the file as the body.

What can be refused is refused before the body is read. Several files may arrive at once, none slower than SLOWEST; one at a
time is checked and written. Meanwhile progress is reported in lines of JSON, at last a ResultLine or an ErrorLine.
"""

import asyncio
import contextlib
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypedDict
from zoneinfo import ZoneInfo

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from clickcounter.access.cookies import session_hash
from clickcounter.api.caller import address_of
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import Caller
from clickcounter.domain.numbers import MAX_IMPORT_BYTES
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.pools import LONG
from clickcounter.services import imports
from clickcounter.services.validation import is_hex, secret_sha256
from clickcounter.transfer.importer import Checking, Progress

log = logging.getLogger(__name__)

PIECE = 1 << 20  # bytes that are written to disk at once
# The device's secret, in a header that a page of another origin can only send if it may also open the socket.
DEVICE_HEADER = "x-click-counter"
MAX_FILES, MAX_FILES_PER_ADDRESS = 8, 4  # on their way, waiting or being written
MAX_BYTES = 2 * MAX_IMPORT_BYTES  # of all of them, on disk
LONGEST_SILENCE = 20.0  # seconds without a byte
SLOWEST, GRACE = 32_000, 30.0  # bytes a second that must arrive on average, after so many seconds
REPEAT_AFTER = 10.0  # seconds without progress; proxies close a connection that is silent for longer
STATUS = {
    "import_large": 413, "import_foreign": 403, "import_who": 401, "import_account": 401, "import_much": 429,
    "import_busy": 409, "import_slow": 408, "import_failed": 507, "not_owner": 403, "members_only": 403, "later": 503,
}  # fmt: skip


class WaitingLine(TypedDict):
    """Another file is being imported."""

    waiting: bool


class CheckingLine(TypedDict):
    """How many of the file's bytes are checked."""

    checked: int
    size: int


class ProgressLine(TypedDict):
    """How many of the file's clicks are written."""

    done: int
    whole: int


class ResultLine(TypedDict):
    """How many clicks were written, and how many were known already."""

    written: int
    known: int


class ErrorLine(TypedDict):
    """Why the import ended: a code, and its sentence by language."""

    error: str
    sentences: dict[str, str]


Line = WaitingLine | CheckingLine | ProgressLine | ResultLine | ErrorLine
Lines = asyncio.Queue[Line | None]  # None after the last one


@dataclass(slots=True, eq=False)
class Upload:
    """A file that takes up a place here, and so many bytes."""

    address: str
    size: int = 0


class Imports:
    """The imports of this process."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._uploads: set[Upload] = set()
        self._turn = asyncio.Lock()

    async def receive(self, request: Request) -> Response:
        """Answer 200 once the file is here, else 4xx or 5xx; each line says what became of it."""
        held = contextlib.ExitStack()
        try:
            who, counter = caller(request), request.query_params.get("counter")
            zone = time_zone(request.query_params.get("zone", "UTC"))
            address = address_of(request.scope)
            upload = held.enter_context(self._place(address))
            charge = await imports.admit(who, address, counter)
            file = held.enter_context(tempfile.TemporaryFile(prefix="clickcounter-import-"))  # noqa: SIM115  `held` closes it
            await self._receive(request, file, upload, charge)
        except (ClickCounterError, ClientDisconnect, OSError) as error:
            held.close()
            return _refusal(error)
        except BaseException:
            held.close()
            raise
        lines: Lines = asyncio.Queue()
        task = asyncio.create_task(self._import(who, address, file, counter, zone, held, lines))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_encoded(lines), media_type="application/x-ndjson; charset=utf-8", headers=headers)

    @contextlib.contextmanager
    def _place(self, address: str) -> Iterator[Upload]:
        of_address = sum(upload.address == address for upload in self._uploads)
        if len(self._uploads) >= MAX_FILES or of_address >= MAX_FILES_PER_ADDRESS:
            raise Refused("import_busy")
        upload = Upload(address)
        self._uploads.add(upload)
        try:
            yield upload
        finally:
            self._uploads.discard(upload)

    async def _receive(self, request: Request, file: BinaryIO, upload: Upload, charge: imports.Charge) -> None:
        """Write the body to the file. Raises Refused when it is too large or slow, TooMany, ClientDisconnect, OSError."""
        declared = int(request.headers.get("content-length") or 0)
        self._reserve(upload, declared, charge)
        received, began, waiting = 0, time.monotonic(), bytearray()
        body = request.stream()
        while (piece := await _next_piece(body, received, began)) is not None:
            waiting += piece
            received += len(piece)
            if not declared:
                self._reserve(upload, len(piece), charge)
            if len(waiting) >= PIECE:
                await LONG.run(file.write, bytes(waiting), go_on=True)
                waiting.clear()
        await LONG.run(file.write, bytes(waiting), go_on=True)
        await LONG.run(file.flush, go_on=True)

    def _reserve(self, upload: Upload, count: int, charge: imports.Charge) -> None:
        if upload.size + count > MAX_IMPORT_BYTES:
            raise Refused("import_large")
        if count + sum(other.size for other in self._uploads) > MAX_BYTES:
            raise Refused("import_busy")
        charge(count)
        upload.size += count

    async def _import(
        self,
        who: Caller,
        address: str,
        file: BinaryIO,
        counter: str | None,
        zone: ZoneInfo,
        held: contextlib.ExitStack,
        lines: Lines,
    ) -> None:
        loop = asyncio.get_running_loop()

        def say(progress: Checking | Progress) -> None:
            loop.call_soon_threadsafe(lines.put_nowait, _progress_line(progress))

        try:
            if self._turn.locked():
                lines.put_nowait({"waiting": True})
            async with self._turn:
                imported = await imports.import_file(who, address, file, counter, zone, say)
            lines.put_nowait({"written": imported.written, "known": imported.known})
        except ClickCounterError as error:
            lines.put_nowait(_error_line(error))
        except Exception:
            lines.put_nowait(_error_line(Refused("import_failed")))
            raise
        finally:
            held.close()
            lines.put_nowait(None)


def caller(request: Request) -> Caller:
    """Who uploads the file. Raises Refused for a page of another origin."""
    if DEVICE_HEADER not in request.headers:
        raise Refused("import_foreign")
    secret = request.headers[DEVICE_HEADER]
    return Caller(session_hash(request.scope), secret_sha256(secret) if is_hex(secret) else None)


async def _next_piece(body: AsyncIterator[bytes], received: int, began: float) -> bytes | None:
    """The next bytes of the body; None at its end. Raises Refused when they come too slowly."""
    left = GRACE + received / SLOWEST - (time.monotonic() - began)
    try:
        async with asyncio.timeout(min(LONGEST_SILENCE, max(0.0, left))):
            return await anext(body, None)
    except TimeoutError:
        raise Refused("import_slow") from None


async def _encoded(lines: Lines) -> AsyncIterator[str]:
    text = ""
    while True:
        try:
            line = await asyncio.wait_for(lines.get(), REPEAT_AFTER)
        except TimeoutError:
            yield text  # again
            continue
        if line is None:
            return
        text = json.dumps(line, ensure_ascii=False) + "\n"
        yield text


def _progress_line(progress: Checking | Progress) -> Line:
    if isinstance(progress, Checking):
        return {"checked": progress.done, "size": progress.whole}
    return {"done": progress.done, "whole": progress.whole}


def _refusal(error: Exception) -> Response:
    """An answer before the whole body was read: the connection cannot be used again."""
    told = error if isinstance(error, ClickCounterError) else Refused("import_failed")
    if isinstance(error, OSError):
        log.warning("a file could not be received: %s", error)
    line = json.dumps(_error_line(told), ensure_ascii=False) + "\n"
    return Response(line, STATUS.get(told.code, 400), {"Connection": "close"}, "application/x-ndjson")


def _error_line(error: ClickCounterError) -> ErrorLine:
    return {"error": error.code, "sentences": sentences_of(error).as_dict()}


def routes() -> list[Route]:
    """The address."""
    return [Route("/import", Imports().receive, methods=["POST"])]
