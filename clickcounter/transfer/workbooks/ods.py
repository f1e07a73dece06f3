"""A large sheet of an .ods in parts. All sheets are in one file of XML there, and no list says which there are."""

import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, BinaryIO, Self

from python_calamine import CalamineWorkbook, load_workbook

from clickcounter.transfer.workbooks.output import Part
from clickcounter.transfer.workbooks.parts import PIECE, parsed, zipped

CONTENT = "content.xml"
MOST_STYLES = 4 * 1024**2  # bytes of XML above the first sheet
BLOCK, OVERLAP = 64 * 1024, 8 * 1024  # bytes; no tag is longer than the overlap
DEFLATED = 4 * 1024  # bytes at once
_SHEET, _END_OF_SHEET, _END_OF_ROW = b"<table:table ", b"</table:table>", b"</table:table-row>"
_AROUND = {  # calamine looks at both
    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
}
_OPENED = b"<x>" * 20  # elements that a part ends without beginning them: the body, groups of rows
_LAST_ROW = '<table:table-row><table:table-cell office:value-type="string" office:string-value="%s"/></table:table-row>'


class _OtherForm(Exception):
    """Not as spreadsheets write it."""


@dataclass(frozen=True, slots=True)
class LargeOds:
    """Where its sheets are. `sheets` is the workbook without their rows."""

    file: BinaryIO
    sheets: CalamineWorkbook
    tags: Sequence[bytes]
    begins: Sequence[int]  # behind the tags

    @classmethod
    def in_file(cls, file: BinaryIO) -> Self | None:
        """None if it is small, not an .ods, or not as spreadsheets write it."""
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if CONTENT not in names or "xl/workbook.xml" in names or archive.getinfo(CONTENT).file_size <= PIECE:
                return None
            try:
                found = list(_find_sheets(_blocks(file, archive)))
                with archive.open(CONTENT) as xml:
                    head = xml.read(found[0][0]) if found and found[0][0] <= MOST_STYLES else b""
            except _OtherForm:
                return None
        tags = [tag for _, tag in found]
        if not head:
            return None
        head = head.removesuffix(tags[0])
        sheets = _open(b"".join((head, *(tag if tag.endswith(b"/>") else tag + _END_OF_SHEET for tag in tags))))
        if len(set(sheets.sheet_names)) != len(tags):
            return None
        return cls(file, sheets, tags, [begin for begin, _ in found])

    def parts(self, name: str) -> Iterator[Part]:
        """The rows of a sheet. Calamine leaves out empty rows at the end of a part, so a row of ours follows them."""
        index, end = self.sheets.sheet_names.index(name), secrets.token_hex()
        tag, begin = self.tags[index], self.begins[index]
        if tag.endswith(b"/>"):
            return
        with zipfile.ZipFile(self.file) as archive, archive.open(CONTENT) as xml:
            xml.seek(begin)
            last = self.begins[index + 1] - len(self.tags[index + 1]) if index + 1 < len(self.tags) else None
            pieces = _cut(xml, None if last is None else last - begin, (_LAST_ROW % end).encode())
            above = 0
            for sheet in parsed((_zipped(b"".join((_OPENED, tag, *piece, _END_OF_SHEET))) for piece in pieces), name):
                if sheet.start is None or sheet.end is None:
                    continue
                rows = sheet.to_python()
                if rows[-1][0] == end:
                    rows.pop()
                    while rows and not any(cell != "" for cell in rows[-1]):
                        rows.pop()
                yield Part(above + sheet.start[0], sheet.start[1], sheet.width, rows)
                above += sheet.end[0]


def _blocks(file: BinaryIO, archive: zipfile.ZipFile) -> Iterator[bytes]:
    """All XML, unchecked: zipfile takes twice as long to inflate it, and checks it when the rows are read."""
    member = archive.getinfo(CONTENT)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        with archive.open(member) as xml:
            yield from iter(partial(xml.read, BLOCK), b"")
        return
    file.seek(member.header_offset + 26)
    file.seek(sum(struct.unpack("<HH", file.read(4))), os.SEEK_CUR)  # the lengths of what is before the content
    inflate, left = zlib.decompressobj(-zlib.MAX_WBITS), member.compress_size
    while left and (deflated := file.read(min(DEFLATED, left))):
        left -= len(deflated)
        while deflated:
            yield inflate.decompress(deflated, BLOCK)
            deflated = inflate.unconsumed_tail
    yield inflate.flush()


def _find_sheets(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each sheet's start tag, and where it ends. Raises _OtherForm."""
    text, at, done, some = b"", 0, 0, False
    for block in blocks:
        kept = text[-OVERLAP:]
        text, at = kept + block, at + len(text) - len(kept)
        if text.rfind(_SHEET, max(0, done - at)) < 0:  # to search from the end takes half the time
            done = max(done, at + len(text) - len(_SHEET) + 1)
            continue
        while (start := text.find(_SHEET, max(0, done - at))) >= 0:
            end = text.find(b">", start) + 1
            if some and text.rfind(_END_OF_SHEET, 0, start) <= text.rfind(b"<table:table-", 0, start):
                raise _OtherForm  # a table in a cell
            if not end:
                break
            some, done = True, at + end
            yield done, text[start:end]
        if start >= 0 and len(text) - start > OVERLAP:
            raise _OtherForm
        done = max(done, at + len(text) - len(_SHEET) + 1 if start < 0 else at + start)


def _cut(xml: IO[bytes], length: int | None, last_row: bytes) -> Iterator[Sequence[bytes | memoryview]]:
    """So many bytes of XML, or all, in parts of whole rows; all but the last part get one more row."""
    blocks, size = [], 0
    while block := xml.read(BLOCK if length is None else min(BLOCK, length)):
        length = None if length is None else length - len(block)
        size += len(block)
        if size < PIECE or (cut := block.rfind(_END_OF_ROW) + len(_END_OF_ROW)) < len(_END_OF_ROW):
            blocks.append(block)
        else:
            yield *blocks, memoryview(block)[:cut], last_row
            blocks, size = [block[cut:]], len(block) - cut
    yield (b"".join(blocks).partition(_END_OF_SHEET)[0],)


def _zipped(content: bytes) -> BinaryIO:
    return zipped(_AROUND | {CONTENT: content})


def _open(content: bytes) -> CalamineWorkbook:
    return load_workbook(_zipped(content))
