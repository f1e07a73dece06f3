"""Imports, previews and undos over HTTP. One import or undo is written at a time, to its end even if its client leaves."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from clickcounter.api.imports.lines import Lines, error_line
from clickcounter.api.imports.upload import Uploads
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Malformed, Refused
from clickcounter.services import imports
from clickcounter.services.validation import is_whole


@dataclass(frozen=True, slots=True)
class Asked:
    """Who brings a file, and the address's query: `counter`, `zone`, `name`, and `map` for each setting that was chosen."""

    who: Caller
    address: str
    counter: str | None
    zone: ZoneInfo
    answers: dict[str, str]
    file_name: str

    @classmethod
    def of(cls, request: Request, who: Caller, address: str) -> "Asked":
        """Raises Refused, Malformed."""
        query = request.query_params
        answers = imports.answers_of(query.getlist("map"))
        return cls(who, address, query.get("counter"), time_zone(query.get("zone", "UTC")), answers, query.get("name", ""))

    async def admit(self) -> imports.Charge:
        """Decide what can be decided before the file is read. Raises Refused, NotDone, Later."""
        return await imports.admit(self.who, self.address, self.counter)


class Imports:
    """The imports of this process."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._uploads = Uploads()
        self._turn = asyncio.Lock()

    async def import_file(self, request: Request, asked: Asked) -> Response:
        """Answer once the file is here; each line says what became of it. Raises as Uploads.receive does."""
        with contextlib.ExitStack() as stack:
            file = await self._uploads.receive(stack, request, asked.address, asked.admit)
            held = stack.pop_all()

        async def work(lines: Lines) -> None:
            with held:
                async with self._turn:
                    done = await imports.import_file(
                        asked.who, asked.address, file, asked.counter, asked.zone, asked.answers, asked.file_name, lines.say
                    )
            lines.put({"written": done.written, "known": done.known, "refused": done.refused, "import": done.number})

        return self._start(work)

    async def preview(self, request: Request, asked: Asked) -> dict[str, Any]:
        """What the file holds. Raises NotDone, too."""
        with contextlib.ExitStack() as held:
            file = await self._uploads.receive(held, request, asked.address, asked.admit)
            looking = imports.preview(asked.who, file, asked.counter, asked.zone, asked.answers)
            return await _unless_gone(request, looking)

    async def undo(self, who: Caller, number: object) -> Response:
        """Undo a whole import. Raises Refused, Malformed, Later before anything was changed."""
        if not is_whole(number):
            raise Malformed("import must be its number")
        begun = await imports.begin_undo(who, number)

        async def work(lines: Lines) -> None:
            async with self._turn:
                done = await imports.undo(who, number, begun, lines.say)
            lines.put({"written": done.rows, "amount": done.amount, "counters": list(done.counters)})

        return self._start(work)

    def _start(self, work: Callable[[Lines], Awaitable[None]]) -> Response:
        lines = Lines()
        if self._turn.locked():
            lines.put({"waiting": True})
        task = asyncio.create_task(_run(work, lines))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return lines.answer()


async def _run(work: Callable[[Lines], Awaitable[None]], lines: Lines) -> None:
    try:
        await work(lines)
    except ClickCounterError as error:
        lines.put(error_line(error))
    except Exception:
        lines.put(error_line(Refused("import_failed")))
        raise
    finally:
        lines.end()


async def _unless_gone(request: Request, looking: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """What is waited for, unless the client leaves first. Raises ClientDisconnect."""
    found, left = asyncio.create_task(looking), asyncio.create_task(_has_left(request))
    try:
        await asyncio.wait({found, left}, return_when=asyncio.FIRST_COMPLETED)
        if not found.done():
            raise ClientDisconnect
        return found.result()
    finally:
        left.cancel()
        found.cancel()  # its process ends with it


async def _has_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


@cache
def shared() -> Imports:
    """Those of this process: browsers and programs wait in one line."""
    return Imports()
