"""Reads a file in a process of its own, so that neither its work nor its memory is the server's.

The process gets the file as its standard input and writes the pieces of import_whole_file to its standard output, one a
line. It waits where its pipe is full, and ends when nobody reads it any more.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from clickcounter.errors import Later, Refused
from clickcounter.i18n.bilingual import Text
from clickcounter.transfer.file_format import Piece
from clickcounter.transfer.import_errors import BadFile, ReportedProblem
from clickcounter.transfer.import_whole_file import pieces

ROOT = Path(__file__).resolve().parent.parent.parent
NICE = 10  # presses go first


@contextlib.contextmanager
def reading(file: BinaryIO, counter: str, zone: ZoneInfo) -> Iterator[Iterator[Piece]]:
    """The pieces of a file; the process ends with the block. Raises OSError if it cannot be started.

    The iterator raises BadFile, Refused if the process fails, and Later if it was stopped together with the server.
    """
    command = [sys.executable, "-m", __name__, counter, zone.key]
    process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, cwd=ROOT)  # noqa: S603  nothing is a command
    try:
        yield _received(process)
    finally:
        process.kill()
        process.communicate()


def _received(process: "subprocess.Popen[bytes]") -> Iterator[Piece]:
    for line in process.stdout or ():
        if not line.endswith(b"\n"):
            break
        piece = json.loads(line)
        if piece["type"] == "bad":
            raise ReportedProblem(Text(**piece["problem"]))
        yield piece
    ended = process.wait()
    if ended in (-signal.SIGINT, -signal.SIGTERM):
        raise Later("the server is stopping")
    if ended != 0:
        raise Refused("import_failed")  # its reason is in the log


def _main(counter: str, zone: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # without a traceback; it is for the server, too
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        for piece in pieces(sys.stdin.buffer, counter, ZoneInfo(zone)):
            _send(piece)
    except BadFile as error:
        _send({"type": "bad", "problem": error.problem.as_dict()})


def _send(message: object) -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        _main(*sys.argv[1:])
    sys.stdout = None  # its pipe may be broken; closing it would say so
