"""Lines of cells from .xlsx and .ods, read by python-calamine in a process of its own: transfer/workbooks says why."""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from shutil import copyfileobj
from typing import IO, BinaryIO, NamedTuple
from weakref import WeakKeyDictionary

from clickcounter.transfer.tables.errors import bad_file
from clickcounter.transfer.tables.sources.blocks import Block
from clickcounter.transfer.tables.sources.text import Cells
from clickcounter.transfer.workbooks.output import read

log = logging.getLogger(__name__)

PROGRAM = "clickcounter.transfer.workbooks"
ROOT = Path(__file__).resolve().parents[4]


class Sheet(NamedTuple):
    """A sheet, the names of all that are not hidden, and its lines."""

    name: str
    names: tuple[str, ...]
    blocks: Iterator[Block]


# Of which only the first lines have been read: the process waits with the others, for to parse a workbook takes seconds.
_begun: WeakKeyDictionary[BinaryIO, Sheet] = WeakKeyDictionary()


def first_lines(file: BinaryIO, name: str, most: int) -> tuple[list[Cells], str, tuple[str, ...]]:
    """The first lines of a sheet, its name, and the names of all. With "" it is the first one. Raises BadFile."""
    sheet = _open(file, name)
    blocks: list[Block] = []
    while sum(block.height for block in blocks) < most and (block := next(sheet.blocks, None)) is not None:
        blocks.append(block)
    _begun[file] = sheet._replace(blocks=chain(blocks, sheet.blocks))
    lines = chain.from_iterable(block.lines() for block in blocks)
    return list(islice(lines, most)), sheet.name, sheet.names


def read_blocks(file: BinaryIO, name: str) -> Iterator[Block]:
    """All lines of a sheet. The iterator raises BadFile."""
    sheet = _begun.pop(file, None)
    yield from (sheet if sheet is not None and sheet.name == name else _open(file, name)).blocks


def read_sheet(file: BinaryIO, name: str) -> Iterator[Cells]:
    """The same, line by line."""
    for block in read_blocks(file, name):
        yield from block.lines()


def _open(file: BinaryIO, name: str) -> Sheet:
    """The sheet. Its process ends when the iterator does, or when nobody has the iterator any more."""
    with tempfile.TemporaryFile() as copy:  # whose position is shared with the process
        file.seek(0)
        copyfileobj(file, copy)
        copy.seek(0)
        command = [sys.executable, "-m", PROGRAM, name]
        process = subprocess.Popen(command, stdin=copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)  # noqa: S603
    if process.stdout is None:
        raise RuntimeError
    first = process.stdout.readline()
    if not first.endswith(b"\n"):
        raise _failure(process)
    found = json.loads(first)
    if found["sheet"] is None:
        process.communicate()
        raise bad_file("table_no_sheet", name=name, choices=", ".join(found["sheets"]))
    return Sheet(found["sheet"], tuple(found["sheets"]), _blocks(process, process.stdout))


def _blocks(process: "subprocess.Popen[bytes]", output: IO[bytes]) -> Iterator[Block]:
    try:
        number = 1
        for some in read(output):
            yield Block(number, some.height, some.columns)
            number += some.height
        if process.wait() != 0:
            raise _failure(process)
    finally:
        process.kill()
        process.communicate()


def _failure(process: "subprocess.Popen[bytes]") -> Exception:
    """The error for a process that ended too early; it may have run out of memory or time."""
    process.kill()
    _, problem = process.communicate()
    log.info("a workbook cannot be read (%d): %s", process.returncode, problem.decode(errors="replace")[-500:])
    return bad_file("table_sheet")
