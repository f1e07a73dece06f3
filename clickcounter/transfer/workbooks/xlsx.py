"""A large sheet of an .xlsx in parts."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO
from xml.etree import ElementTree as ET

from clickcounter.transfer.workbooks.output import Part
from clickcounter.transfer.workbooks.parts import PIECE, parsed, zipped

MOST_REPEATED = 1024**2  # bytes of styles and texts, which each part has
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NUMBERED_ROW = re.compile(rb'\s*<row (?:[^>]*\s)?r="\d')


def xlsx_parts(file: BinaryIO, name: str) -> Iterator[Part]:
    """A large sheet in parts; nothing if it is small, or not as spreadsheets write it."""
    with zipfile.ZipFile(file) as archive:
        member = _member(archive, name)
        others = [each for each in archive.infolist() if not each.filename.startswith("xl/worksheets/")]
        if member is None or member.file_size <= PIECE or sum(each.file_size for each in others) > MOST_REPEATED:
            return
        same = {each.filename: archive.read(each) for each in others}
        with archive.open(member) as xml:
            for sheet in parsed((zipped(same | {member.filename: piece}) for piece in _cut(xml)), name):
                if sheet.start is not None:
                    yield Part(*sheet.start, sheet.width, sheet.to_python())


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
