"""What becomes of an import or an undo, as lines of JSON: progress, at last a ResultLine, an UndoneLine or an ErrorLine."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TypedDict

from starlette.responses import StreamingResponse

from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.transfer.progress import Checking, Progress

REPEAT_AFTER = 10.0  # seconds without progress; proxies close a connection that is silent for longer
KIND = "application/x-ndjson"


class WaitingLine(TypedDict):
    """Another file is being imported, or an import undone."""

    waiting: bool


class CheckingLine(TypedDict):
    """How many of the file's bytes are checked."""

    checked: int
    size: int


class ProgressLine(TypedDict):
    """How many of the clicks are written."""

    done: int
    whole: int


# How many clicks were written, were known already, and were kept out by limits; the number of the import, to undo it.
ResultLine = TypedDict("ResultLine", {"written": int, "known": int, "refused": int, "import": int | None})


class UndoneLine(TypedDict):
    """How many entries of an undo were written, how much they took back in all, and in which counters."""

    written: int
    amount: int
    counters: list[str]


class ErrorLine(TypedDict):
    """Why it ended: a code, and its sentence by language."""

    error: str
    sentences: dict[str, str]


Line = WaitingLine | CheckingLine | ProgressLine | ResultLine | UndoneLine | ErrorLine


class Lines:
    """The lines of one answer, as they come."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Line | None] = asyncio.Queue()  # None after the last one
        self._loop = asyncio.get_running_loop()

    def put(self, line: Line) -> None:
        """Send a line."""
        self._queue.put_nowait(line)

    def end(self) -> None:
        """That was the last one."""
        self._queue.put_nowait(None)

    def say(self, progress: Checking | Progress) -> None:
        """Send progress, from any thread."""
        self._loop.call_soon_threadsafe(self.put, _progress_line(progress))

    def answer(self) -> StreamingResponse:
        """The answer that sends them."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._encoded(), media_type=f"{KIND}; charset=utf-8", headers=headers)

    async def _encoded(self) -> AsyncIterator[str]:
        text = ""
        while True:
            try:
                line = await asyncio.wait_for(self._queue.get(), REPEAT_AFTER)
            except TimeoutError:
                yield text  # again
                continue
            if line is None:
                return
            text = encoded(line)
            yield text


def encoded(line: Line) -> str:
    """A line as it is sent."""
    return json.dumps(line, ensure_ascii=False) + "\n"


def error_line(error: ClickCounterError) -> ErrorLine:
    """Why it ended."""
    return {"error": error.code, "sentences": sentences_of(error).as_dict()}


def _progress_line(progress: Checking | Progress) -> Line:
    if isinstance(progress, Checking):
        return {"checked": progress.done, "size": progress.whole}
    return {"done": progress.done, "whole": progress.whole}
