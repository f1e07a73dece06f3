"""Reads a file in a process of its own, so that neither its work nor its memory is the server's.

The process gets the file as its standard input and writes the pieces of import_whole_file to its standard output, one a
line. It waits where its pipe is full, and ends when nobody reads it any more.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from clickcounter.errors import Later, Refused
from clickcounter.i18n.bilingual import Text
from clickcounter.transfer.file_format import Piece
from clickcounter.transfer.import_errors import BadFile, ReportedProblem
from clickcounter.transfer.import_whole_file import pieces
from clickcounter.transfer.table_import.preview import preview_of

ROOT = Path(__file__).resolve().parent.parent.parent
NICE = 10  # presses go first
LONGEST_PREVIEW = 60.0  # seconds; a million rows take about three


@contextlib.contextmanager
def reading(file: BinaryIO, counter: str, zone: ZoneInfo, answers: Mapping[str, str]) -> Iterator[Iterator[Piece]]:
    """The pieces of a file; the process ends with the block. Raises OSError if it cannot be started.

    The iterator raises BadFile, Refused if the process fails, and Later if it was stopped together with the server.
    """
    process = subprocess.Popen(_command("import", counter, zone, answers), stdin=file, stdout=subprocess.PIPE, cwd=ROOT)  # noqa: S603  nothing is a command
    try:
        yield _received(process)
    finally:
        process.kill()
        process.communicate()


async def preview(file: BinaryIO, counter: str, zone: ZoneInfo, answers: Mapping[str, str]) -> dict[str, Any]:
    """What a table holds, see table_import.pieces. The process ends when nobody waits any more.

    Raises BadFile, Refused if the process fails, OSError if it cannot be started, and Later.
    """
    command = _command("preview", counter, zone, answers)
    process = await asyncio.create_subprocess_exec(*command, stdin=file, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        async with asyncio.timeout(LONGEST_PREVIEW):
            output, _ = await process.communicate()
    except TimeoutError:
        raise Refused("preview_long") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if ended := process.returncode:
        raise _failure(ended)
    return cast("dict[str, Any]", _checked(json.loads(output)))


def _command(what: str, counter: str, zone: ZoneInfo, answers: Mapping[str, str]) -> list[str]:
    return [sys.executable, "-m", __name__, what, counter, zone.key, json.dumps(dict(answers))]


def _failure(status: int) -> Exception:
    if status in (-signal.SIGINT, -signal.SIGTERM):
        return Later("the server is stopping")
    return Refused("import_failed")  # its reason is in the log


def _checked(message: Any) -> Any:
    if message.get("type") == "bad":
        raise ReportedProblem(Text.of(message["problem"]))
    return message


def _received(process: "subprocess.Popen[bytes]") -> Iterator[Piece]:
    for line in process.stdout or ():
        if not line.endswith(b"\n"):
            break
        yield _checked(json.loads(line))
    if ended := process.wait():
        raise _failure(ended)


def _main(what: str, counter: str, zone: str, answers: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # without a traceback; it is for the server, too
    if hasattr(os, "nice"):
        os.nice(NICE)
    file, asked = sys.stdin.buffer, (counter, ZoneInfo(zone), json.loads(answers))
    try:
        for message in pieces(file, *asked) if what == "import" else [preview_of(file, *asked)]:
            _send(message)
    except BadFile as error:
        _send({"type": "bad", "problem": error.problem.as_dict()})


def _send(message: object) -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        _main(*sys.argv[1:])
    sys.stdout = None  # its pipe may be broken; closing it would say so
