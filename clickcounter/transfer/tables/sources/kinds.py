"""Which kind of file it is, by its first bytes. What is no table is refused with a sentence that says what to do."""

import struct
import zipfile
import zlib
from typing import BinaryIO

from clickcounter.transfer.tables.errors import bad_file

MOST_ZIP_DIRECTORY = 4 * 1024 * 1024  # bytes; zipfile keeps ten times as much in memory
LARGEST = 512 * 1024 * 1024  # bytes unpacked
BROKEN_ZIP = (  # what zipfile raises
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError),
)
_HEAD = 4_096
_END_OF_ZIP = b"PK\x05\x06"
_OTHERS = {  # first bytes -> why this is no table
    b"\xd0\xcf\x11\xe0": "table_xls",
    b"%PDF": "table_pdf",
    b"\x89PNG": "table_picture",
    b"\xff\xd8\xff": "table_picture",
    b"GIF8": "table_picture",
    b"SQLite format 3\0": "table_database",
    b"\x1f\x8b": "table_compressed",
    b"BZh": "table_compressed",
    b"\xfd7zXZ": "table_compressed",
    b"\x28\xb5\x2f\xfd": "table_compressed",
    b"7z\xbc\xaf": "table_compressed",
    b"Rar!": "table_compressed",
}
_IN_ZIP = {  # a file in it -> kind
    "xl/workbook.xml": "xlsx",
    "Habits.csv": "zip",
    "Checkmarks.csv": "zip",
}


def kind_of(file: BinaryIO) -> str:
    """One of plan.KINDS. Raises BadFile."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise bad_file("table_empty")
    for start, problem in _OTHERS.items():
        if head.startswith(start):
            raise bad_file(problem)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(file)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise bad_file("table_html")
    return "json" if text.startswith((b"{", b"[")) else "text"


def _kind_of_zip(file: BinaryIO) -> str:
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            names, unpacked = archive.namelist(), sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST:
                raise bad_file("table_unpacked", n=LARGEST // 1024**2)
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.open("mimetype").read(100):
                return "ods"
    except BROKEN_ZIP:
        raise bad_file("table_zip_broken") from None
    for name, kind in _IN_ZIP.items():
        if name in names:
            return kind
    raise bad_file("table_numbers" if any(name.endswith(".iwa") for name in names) else "table_zip")


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory too large to be read into memory. Raises BadFile."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))  # the end record, and the longest comment
    tail = file.read()
    found = tail.rfind(_END_OF_ZIP)
    if found < 0 or len(tail) < found + 22:
        raise bad_file("table_zip_broken")
    [directory] = struct.unpack_from("<L", tail, found + 12)
    if directory > MOST_ZIP_DIRECTORY:
        raise bad_file("table_unpacked", n=MOST_ZIP_DIRECTORY // 1024**2)
    file.seek(0)
