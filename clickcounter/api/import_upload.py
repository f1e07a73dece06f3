"""A file that a browser brings: `POST /import?counter=NAME&zone=Europe/Berlin` with the file as the body.

The body is written to the disk as it comes. Then the import says how far it is, a line of JSON each time: {"done", "whole"},
at last {"written", "known"} or {"error", "sentences"}. It goes on to its end where the browser hears no more of it.
"""

import asyncio
import hashlib
import json
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from clickcounter.access.cookies import session_hash
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import Caller
from clickcounter.domain.numbers import MAX_IMPORT_BYTES
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.transfer import importer
from clickcounter.transfer.importer import ImportResult, ImportSource, Progress

# A header that pages of other origins cannot send unless they may open the socket, too; in it stands the device's secret.
OURS = "x-click-counter"
DEVICE = re.compile(r"[0-9a-f]{32}", re.ASCII)

Line = dict[str, Any]


class Imports:
    """The imports of this process: one at a time, the others are told so."""

    def __init__(self, db_url: str) -> None:
        self._db_url = db_url
        self._going: set[asyncio.Task[None]] = set()
        self._busy = False

    async def take(self, request: Request) -> Response:
        """Answers 200 once the file is here, else 4xx or 507; each line says what became of it."""
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
        source = ImportSource(path, request.query_params.get("counter", DEFAULT_COUNTER), zone)
        lines: asyncio.Queue[Line | None] = asyncio.Queue()
        task = asyncio.create_task(self._import(source, who, folder, lines))
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_told(lines), media_type="application/x-ndjson; charset=utf-8", headers=headers)

    async def _import(
        self,
        source: ImportSource,
        who: Caller,
        folder: "tempfile.TemporaryDirectory[str]",
        lines: "asyncio.Queue[Line | None]",
    ) -> None:
        loop = asyncio.get_running_loop()

        def say(progress: Progress) -> None:
            line = {"done": progress.done, "whole": progress.whole}
            loop.call_soon_threadsafe(lines.put_nowait, line)

        try:
            brought: ImportResult = await asyncio.to_thread(importer.import_file, self._db_url, source, say, who)
            lines.put_nowait({"written": brought.written, "known": brought.known})
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
    """Who brings the file; what they may is asked in the import's transaction. Raises Refused."""
    if OURS not in request.headers:
        raise Refused("import_foreign")
    secret = request.headers[OURS]
    device = hashlib.sha256(secret.encode()).hexdigest() if DEVICE.fullmatch(secret) else None
    return Caller(session_hash(request.scope), device)


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
            if len(waiting) >= 1 << 20:
                await asyncio.to_thread(_write, file, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(_write, file, bytes(waiting))


def _write(file: BinaryIO, piece: bytes) -> None:
    file.write(piece)


async def _told(lines: "asyncio.Queue[Line | None]") -> AsyncIterator[str]:
    while (line := await lines.get()) is not None:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _status(error: Exception) -> tuple[int, ClickCounterError]:
    if isinstance(error, OSError) or not isinstance(error, ClickCounterError):
        return 507, Refused("import_failed")
    return {"import_large": 413, "import_foreign": 403}.get(error.code, 400), error


def _refusal(status: int, error: ClickCounterError) -> Response:
    return Response(json.dumps(_line(error), ensure_ascii=False) + "\n", status, media_type="application/x-ndjson")


def _line(error: ClickCounterError) -> Line:
    return {"error": error.code, "sentences": sentences_of(error).as_dict()}


def routes(db_url: str) -> list[Route]:
    """The address."""
    return [Route("/import", Imports(db_url).take, methods=["POST"])]
