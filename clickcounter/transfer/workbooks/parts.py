"""Parts of a large sheet, each a small workbook that is parsed while the one before is written."""

import io
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineSheet, load_workbook

from clickcounter.transfer.workbooks.output import Part

PIECE = 4 * 1024**2  # bytes of a sheet's XML
AHEAD = 2  # parts that are parsed, or wait for it, while one is written


def part_of(sheet: CalamineSheet) -> Part:
    """A whole sheet, row by row. iter_rows begins with the empty rows above."""
    if sheet.start is None:
        return Part(0, 0, 0, ())
    return Part(*sheet.start, sheet.width, islice(sheet.iter_rows(), sheet.start[0], None))


def parsed(workbooks: Iterable[BinaryIO], name: str) -> Iterator[CalamineSheet]:
    """The sheet of that name in each; the next one is parsed meanwhile, for calamine needs no GIL."""
    with ThreadPoolExecutor(1) as thread:
        coming: deque[Future[CalamineSheet]] = deque()
        for workbook in workbooks:
            coming.append(thread.submit(_parse, workbook, name))
            if len(coming) > AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def zipped(members: Mapping[str, bytes]) -> io.BytesIO:
    """A workbook of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def _parse(workbook: BinaryIO, name: str) -> CalamineSheet:
    return load_workbook(workbook).get_sheet_by_name(name)
