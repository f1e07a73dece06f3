"""A file that a browser uploads: `POST /import?counter=NAME&zone=Europe/Berlin` with the file as the body.

The body is written to disk as it arrives. Then the import reports its progress in lines of JSON: a ProgressLine each second,
at last a ResultLine or an ErrorLine. It runs to its end even if the browser has left.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, TypedDict
from zoneinfo import ZoneInfo

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from clickcounter.access.cookies import session_hash
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import Caller
from clickcounter.domain.numbers import MAX_IMPORT_BYTES
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.pools import LONG
from clickcounter.services import imports
from clickcounter.services.validation import is_hex, secret_sha256
from clickcounter.transfer.importer import Progress

PIECE = 1 << 20  # bytes that are written to disk at once
# The device's secret, in a header that a page of another origin can only send if it may also open the socket.
DEVICE_HEADER = "x-click-counter"


class ProgressLine(TypedDict):
    """How many of the file's clicks are written."""

    done: int
    whole: int


class ResultLine(TypedDict):
    """How many clicks were written, and how many were known already."""

    written: int
    known: int


class ErrorLine(TypedDict):
    """Why nothing was imported: a code, and its sentence by language."""

    error: str
    sentences: dict[str, str]


Lines = asyncio.Queue[ProgressLine | ResultLine | ErrorLine | None]  # None after the last one


class Imports:
    """The imports of this process: one at a time; while one runs, others are refused."""

    def __init__(self, db_url: str) -> None:
        self._db_url = db_url
        self._running: set[asyncio.Task[None]] = set()
        self._busy = False

    async def receive(self, request: Request) -> Response:
        """Answer 200 once the file is here, else 4xx or 507; each line says what became of it."""
        if self._busy:
            return _refusal(409, Refused("import_busy"))
        self._busy = True
        folder = None
        try:
            who = caller(request)
            zone = time_zone(request.query_params.get("zone", "UTC"))
            folder = tempfile.TemporaryDirectory(prefix="clickcounter-import-")
            path = Path(folder.name) / "file"
            await _receive(request, path)
        except (ClickCounterError, ClientDisconnect, OSError) as error:
            self._busy = False
            if folder:
                folder.cleanup()
            return _refusal(*_status(error))
        lines: Lines = asyncio.Queue()
        task = asyncio.create_task(self._import(who, path, request.query_params.get("counter"), zone, folder, lines))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_encoded(lines), media_type="application/x-ndjson; charset=utf-8", headers=headers)

    async def _import(
        self,
        who: Caller,
        path: Path,
        counter: str | None,
        zone: ZoneInfo,
        folder: "tempfile.TemporaryDirectory[str]",
        lines: Lines,
    ) -> None:
        loop = asyncio.get_running_loop()

        def say(progress: Progress) -> None:
            line: ProgressLine = {"done": progress.done, "whole": progress.whole}
            loop.call_soon_threadsafe(lines.put_nowait, line)

        try:
            imported = await imports.import_file(who, self._db_url, path, counter, zone, say)
            lines.put_nowait({"written": imported.written, "known": imported.known})
        except ClickCounterError as error:
            lines.put_nowait(_line(error))
        except Exception:
            lines.put_nowait(_line(Refused("import_failed")))
            raise
        finally:
            self._busy = False
            folder.cleanup()
            lines.put_nowait(None)


def caller(request: Request) -> Caller:
    """Who uploads the file. Raises Refused for a page of another origin."""
    if DEVICE_HEADER not in request.headers:
        raise Refused("import_foreign")
    secret = request.headers[DEVICE_HEADER]
    return Caller(session_hash(request.scope), secret_sha256(secret) if is_hex(secret) else None)


async def _receive(request: Request, path: Path) -> None:
    """Write the body to a file. Raises Refused when it is too large, ClientDisconnect, OSError."""
    if int(request.headers.get("content-length") or 0) > MAX_IMPORT_BYTES:
        raise Refused("import_large")
    with path.open("wb") as file:
        written, waiting = 0, bytearray()
        async for piece in request.stream():
            waiting += piece
            written += len(piece)
            if written > MAX_IMPORT_BYTES:
                raise Refused("import_large")
            if len(waiting) >= PIECE:
                await LONG.run(_write, file, bytes(waiting), go_on=True)
                waiting.clear()
        await LONG.run(_write, file, bytes(waiting), go_on=True)


def _write(file: BinaryIO, piece: bytes) -> None:
    file.write(piece)


async def _encoded(lines: Lines) -> AsyncIterator[str]:
    while (line := await lines.get()) is not None:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _status(error: Exception) -> tuple[int, ClickCounterError]:
    if isinstance(error, OSError) or not isinstance(error, ClickCounterError):
        return 507, Refused("import_failed")
    return {"import_large": 413, "import_foreign": 403}.get(error.code, 400), error


def _refusal(status: int, error: ClickCounterError) -> Response:
    return Response(json.dumps(_line(error), ensure_ascii=False) + "\n", status, media_type="application/x-ndjson")


def _line(error: ClickCounterError) -> ErrorLine:
    return {"error": error.code, "sentences": sentences_of(error).as_dict()}


def routes(db_url: str) -> list[Route]:
    """The address."""
    return [Route("/import", Imports(db_url).receive, methods=["POST"])]
