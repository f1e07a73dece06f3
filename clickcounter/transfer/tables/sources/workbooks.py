"""Lines of cells from .xlsx and .ods, read by python-calamine in a process of its own: workbook_process.py says why."""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, islice, takewhile
from pathlib import Path
from shutil import copyfileobj
from typing import IO, BinaryIO, NamedTuple
from weakref import WeakKeyDictionary

from clickcounter.transfer.tables.errors import bad_file
from clickcounter.transfer.tables.sources.text import Cells

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("workbook_process.py")


class Sheet(NamedTuple):
    """A sheet, the names of all that are not hidden, and its lines."""

    name: str
    names: tuple[str, ...]
    lines: Iterator[Cells]


# Of which only the first lines have been read: the process waits with the others, for to parse a workbook takes seconds.
_begun: WeakKeyDictionary[BinaryIO, Sheet] = WeakKeyDictionary()


def first_lines(file: BinaryIO, name: str, most: int) -> Sheet:
    """A sheet by its name, or the first one with "", with its first lines. Raises BadFile."""
    sheet = _open(file, name)
    some = list(islice(sheet.lines, most))
    _begun[file] = sheet._replace(lines=chain([(number, cells.copy()) for number, cells in some], sheet.lines))
    return sheet._replace(lines=iter(some))


def read_sheet(file: BinaryIO, name: str) -> Iterator[Cells]:
    """All lines of a sheet. The iterator raises BadFile."""
    sheet = _begun.pop(file, None)
    yield from (sheet if sheet is not None and sheet.name == name else _open(file, name)).lines


def _open(file: BinaryIO, name: str) -> Sheet:
    """The sheet. Its process ends when the iterator does, or when nobody has the iterator any more."""
    with tempfile.TemporaryFile() as copy:  # whose position is shared with the process
        file.seek(0)
        copyfileobj(file, copy)
        copy.seek(0)
        command = [sys.executable, "-I", str(PROGRAM), name]
        process = subprocess.Popen(command, stdin=copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
    if process.stdout is None:
        raise RuntimeError
    first = process.stdout.readline()
    if not first.endswith(b"\n"):
        raise _failure(process)
    found = json.loads(first)
    if found["sheet"] is None:
        process.communicate()
        raise bad_file("table_no_sheet", name=name, choices=", ".join(found["sheets"]))
    return Sheet(found["sheet"], tuple(found["sheets"]), _lines(process, process.stdout))


def _lines(process: "subprocess.Popen[bytes]", output: IO[bytes]) -> Iterator[Cells]:
    try:
        number = 1
        for some in takewhile(_is_whole, output):
            rows = json.loads(some)
            yield from enumerate(rows, number)
            number += len(rows)
        if process.wait() != 0:
            raise _failure(process)
    finally:
        process.kill()
        process.communicate()


def _is_whole(line: bytes) -> bool:
    return line.endswith(b"\n")


def _failure(process: "subprocess.Popen[bytes]") -> Exception:
    """The error for a process that ended too early; it may have run out of memory or time."""
    process.kill()
    _, problem = process.communicate()
    log.info("a workbook cannot be read (%d): %s", process.returncode, problem.decode(errors="replace")[-500:])
    return bad_file("table_sheet")
