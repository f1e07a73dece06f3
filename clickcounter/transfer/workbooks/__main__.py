"""Writes a line of JSON about the sheets of a workbook, then the columns of one of them, some rows at once.

A large sheet is cut into small workbooks: so its first rows are read by others while the next ones are parsed.
"""

import gc
import json
import sys
import zipfile
import zlib

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum, load_workbook

from clickcounter.transfer.workbooks.ods import LargeOds
from clickcounter.transfer.workbooks.output import Output
from clickcounter.transfer.workbooks.parts import part_of
from clickcounter.transfer.workbooks.xlsx import xlsx_parts

MOST_MEMORY = 1024**3  # bytes; a million rows of three cells take a tenth of it
MOST_SECONDS = 60  # of processor time


def main(sheet_name: str) -> None:
    """Read the sheet of that name, or the first that is not hidden."""
    _limit()
    file = sys.stdin.buffer
    large = LargeOds.in_file(file)
    file.seek(0)
    workbook = load_workbook(file) if large is None else large.sheets
    names = _visible(workbook)
    chosen = sheet_name or next(iter(names), "")
    sys.stdout.buffer.write(json.dumps({"sheets": names, "sheet": chosen if chosen in names else None}).encode() + b"\n")
    sys.stdout.buffer.flush()
    if chosen not in names:
        return
    output, is_whole = Output(sys.stdout.buffer), large is None
    for part in xlsx_parts(file, chosen) if large is None else large.parts(chosen):
        output.add(part)
        is_whole = False
    if is_whole:
        output.add(part_of(workbook.get_sheet_by_name(chosen)))


def _visible(workbook: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    gc.disable()  # there are many lists, and no cycles
    sys.setswitchinterval(0.0001)  # seconds: each part is handed to calamine in many short calls
    try:
        main(sys.argv[1])
    except (CalamineError, MemoryError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        sys.exit(f"{type(error).__name__}: {error}")
