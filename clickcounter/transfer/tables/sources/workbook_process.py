"""Writes the columns of a workbook, some rows at once, to its standard output as JSON.

A program of its own: it imports nothing of the package.

A workbook of a few kilobytes can unpack to any size, and a sheet with two cells in opposite corners takes memory for all
between them. So this process may have only so much memory and time, and nothing but itself ends where it needs more.

A large sheet of an .xlsx is cut into small workbooks: so its first rows are read by others while the next ones are parsed.
"""

import gc
import io
import json
import re
import sys
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, repeat
from operator import add, attrgetter, itemgetter, sub
from typing import IO, Any, BinaryIO
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

MOST_MEMORY = 1024**3  # bytes; a million rows of three cells take a quarter of it, or a tenth in pieces
MOST_SECONDS = 60  # of processor time
PIECE = 4 * 1024**2  # bytes of a sheet's XML
MOST_REPEATED = 1024**2  # bytes of styles and texts, which each piece has
AT_ONCE = 1_500  # cells
BETWEEN = "\x7f"  # the cells of a column: JSON need not escape it
LONGEST = 1_000  # characters of a cell; no column can use more
MOST_REMEMBERED = 10_000  # numbers, and days
MIDNIGHT = " 00:00:00"  # is not written
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  local times
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NUMBERED_ROW = re.compile(rb'\s*<row (?:[^>]*\s)?r="\d')


def main(sheet_name: str) -> None:
    """A line of JSON about the sheets, then one for some rows of a sheet: of that name, or the first that is not hidden."""
    _limit()
    file = sys.stdin.buffer
    workbook = load_workbook(file)
    sheets = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    chosen = sheet_name or next(iter(sheets), "")
    _print({"sheets": sheets, "sheet": chosen if chosen in sheets else None})
    if chosen not in sheets:
        return
    output, is_whole = _Output(), True
    for piece in _pieces(file, chosen):
        output.add(piece, iter(piece.to_python()))
        is_whole = False
    if is_whole:
        sheet = workbook.get_sheet_by_name(chosen)
        output.add(sheet, _rows(sheet))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        resource.setrlimit(what, (most, most))


def _pieces(file: BinaryIO, name: str) -> Iterator[CalamineSheet]:
    """A large sheet in parts; nothing if it is small, or not as spreadsheets write it."""
    with zipfile.ZipFile(file) as archive:
        member = _member(archive, name)
        others = [each for each in archive.infolist() if not each.filename.startswith("xl/worksheets/")]
        if member is None or member.file_size <= PIECE or sum(each.file_size for each in others) > MOST_REPEATED:
            return
        parts = {each.filename: archive.read(each) for each in others}
        with archive.open(member) as xml:
            yield from _parsed((_zipped(parts | {member.filename: piece}) for piece in _cut(xml)), name)


def _parsed(workbooks: Iterator[BinaryIO], name: str) -> Iterator[CalamineSheet]:
    """A sheet of each; the next is parsed meanwhile, for calamine needs no GIL."""
    with ThreadPoolExecutor(1) as thread:
        coming: deque[Future[CalamineSheet]] = deque()
        for workbook in workbooks:
            coming.append(thread.submit(_parse, workbook, name))
            if len(coming) > 1:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _parse(workbook: BinaryIO, name: str) -> CalamineSheet:
    return load_workbook(workbook).get_sheet_by_name(name)


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """Where the archive has a sheet."""
    try:
        workbook, relations = (
            ET.fromstring(archive.read(f"xl/{part}"))  # noqa: S314  this process has limits
            for part in ("workbook.xml", "_rels/workbook.xml.rels")
        )
        keys = {sheet.get("name"): sheet.get(ID) for sheet in workbook.iterfind(".//{*}sheet")}
        paths = {each.get("Id"): each.get("Target", "") for each in relations}
        path = paths[keys[name]]
        return archive.getinfo(path[1:] if path.startswith("/") else f"xl/{path}")
    except (KeyError, ET.ParseError):  # an .ods, or of a form that only calamine knows
        return None


def _cut(xml: IO[bytes]) -> Iterator[bytes]:
    """A sheet's XML in parts of whole rows, each with the beginning that all need."""
    head, begin, rest = xml.read(PIECE).partition(b"<sheetData>")
    if not _NUMBERED_ROW.match(rest):
        return
    head += b"<mergeCells></mergeCells>" + begin  # calamine looks for it afterwards, from the start
    end, tail = b"</row>", b"</sheetData></worksheet>"
    while block := xml.read(PIECE):
        cut = block.rfind(end) + len(end)
        if cut < len(end):
            rest += block
        else:
            yield b"".join((head, rest, memoryview(block)[:cut], tail))
            rest = block[cut:]
    yield head + rest


def _zipped(parts: Mapping[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The same as to_python, row by row. iter_rows begins with the empty rows above."""
    return islice(sheet.iter_rows(), sheet.start[0], None) if sheet.start is not None else iter(())


class _Output:
    """Writes rows so that each line has the number that the spreadsheet shows."""

    def __init__(self) -> None:
        self._height = self._width = 0  # so far

    def add(self, sheet: CalamineSheet, rows: Iterator[Sequence[Any]]) -> None:
        """Write the rows of a sheet, or of the next part of it. Raises ValueError if they come before the last ones."""
        if sheet.start is None:
            return
        row, column = sheet.start
        if row < self._height:
            raise ValueError("the rows are not sorted")
        for above in range(self._height, row, AT_ONCE):
            _print((min(AT_ONCE, row - above), []))
        self._height, self._width = row + sheet.height, max(self._width, column + sheet.width)
        while some := list(islice(rows, max(1, AT_ONCE // self._width))):
            empty, columns = BETWEEN * (len(some) - 1), [_joined(cells) for cells in zip(*some, strict=True)]
            before, after = [empty] * column, [empty] * (self._width - column - len(columns))
            _print((len(some), before + columns + after))


def _print(found: object) -> None:
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def _joined(cells: Sequence[Any]) -> str | list[str]:
    """The cells of a column as one text, for that takes least time; as a list of texts if nobody could take it apart."""
    kinds = set(map(type, cells))
    if kinds == {datetime}:
        return BETWEEN.join(_moments(cells))
    texts = _texts(cells, kinds)
    joined = BETWEEN.join(texts)
    return joined if joined.count(BETWEEN) == len(texts) - 1 else list(texts)


def _texts(cells: Sequence[Any], kinds: Set[type]) -> Sequence[str]:
    if kinds == {str} and max(map(len, cells)) <= LONGEST:
        return cells
    if len(kinds) == 1:
        return list(map(_TEXTS[next(iter(kinds))], cells))
    return [_TEXTS[type(cell)](cell) for cell in cells]


def _moments(cells: Sequence[datetime]) -> Iterable[str]:
    """The same as _moment. To put them together of days and times of day takes half the time."""
    since = list(map(sub, cells, repeat(EPOCH)))
    if any(map(attrgetter("microseconds"), since)):
        return map(_moment, cells)
    return map(add, map(_day, map(attrgetter("days"), since)), map(_clock, map(attrgetter("seconds"), since)))


@lru_cache(MOST_REMEMBERED)
def _day(days: int) -> str:
    return str((EPOCH + timedelta(days)).date())


@lru_cache(86_400)
def _clock(seconds: int) -> str:
    return (EPOCH + timedelta(seconds=seconds)).isoformat(" ")[10:].removesuffix(MIDNIGHT)


class _Numbers(dict[float, str]):
    """Numbers as texts. Those that were asked for are remembered: amounts come again and again."""

    def __missing__(self, cell: float) -> str:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        text = self[cell] = str(int(cell)) if cell.is_integer() else repr(cell)
        return text


def _moment(cell: datetime) -> str:
    return cell.isoformat(" ").removesuffix(MIDNIGHT)


def _duration(cell: timedelta) -> str:
    return f"{cell // timedelta(hours=1)}:{cell // timedelta(minutes=1) % 60:02}:{cell.seconds % 60:02}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: itemgetter(slice(LONGEST)),
    int: str,
    float: _Numbers().__getitem__,
    bool: lambda cell: str(int(cell)),
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
}


if __name__ == "__main__":
    gc.disable()  # there are many lists, and no cycles
    sys.setswitchinterval(0.0001)  # seconds: each part is handed to calamine in many short calls
    try:
        main(sys.argv[1])
    except (CalamineError, MemoryError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        sys.exit(f"{type(error).__name__}: {error}")
