"""Lines of cells from text. Memory does not grow with the file, whatever is in it."""

import codecs
import csv
import io
import logging
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from clickcounter.transfer.tables.errors import bad_line

log = logging.getLogger(__name__)

BLOCK = 256 * 1024  # bytes
LONGEST_LINE = 64 * 1024  # characters
NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1251": "Windows-1251", "cp1252": "Windows-1252"}
Cells = tuple[int, list[str]]


def read_table(file: BinaryIO, encoding: str, separator: str) -> Iterator[Cells]:
    """The lines of a CSV with their numbers, from the file's beginning. The iterator raises BadFile."""
    return _Table(file, encoding).lines(separator)


class _Table:
    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self._newest: list[str] | None = None  # the line read last; None when none came since the block before
        self._ended = 0  # its number

    def lines(self, separator: str) -> Iterator[Cells]:
        reader = csv.reader(chain.from_iterable(self._blocks()), delimiter=separator, strict=True)
        try:
            for cells in reader:
                self._newest, self._ended = cells, reader.line_num
                yield reader.line_num, cells
        except csv.Error as error:
            log.info("invalid CSV in line %d: %s", reader.line_num, error)
            problem = "table_cut" if "unexpected end" in str(error) else "table_quotes"
            raise bad_line(self._ended + 1, problem) from None  # a quotation mark may have been open for many lines

    def _blocks(self) -> Iterator[io.StringIO]:
        """Whole lines; csv.reader asks for the next block when it has used one up."""
        for number, text in text_blocks(self._file, self._encoding):
            if self._newest is None and number > 1:  # one record, with line breaks in quotes, is larger than a block
                raise bad_line(self._ended + 1, "table_long", n=LONGEST_LINE // 1024)
            self._newest = None
            yield io.StringIO(text, newline="")


def text_blocks(file: BinaryIO, encoding: str, longest: int = LONGEST_LINE) -> Iterator[tuple[int, str]]:
    """The decoded file in blocks of whole lines, each with the number of its first line. The iterator raises BadFile."""
    file.seek(0)
    replaces = "replace" if encoding.startswith("cp") else "strict"  # a few bytes are no letter there
    decoder = codecs.getincrementaldecoder(encoding)(replaces)
    number, rest = 1, ""
    while raw := file.read(BLOCK):
        rest += _decoded(decoder, raw, number + rest.count("\n"), encoding)
        if number == 1:
            rest = rest.removeprefix("\ufeff")
        if cut := rest.rfind("\n") + 1 or rest.rfind("\r", 0, -1) + 1:
            yield number, rest[:cut]
            number += rest.count("\n", 0, cut) or rest.count("\r", 0, cut)
            rest = rest[cut:]
        if len(rest) > longest:
            raise bad_line(number, "table_long", n=longest // 1024)
    rest += _decoded(decoder, b"", number, encoding)
    if rest:
        yield number, rest


def _decoded(decoder: codecs.IncrementalDecoder, raw: bytes, number: int, encoding: str) -> str:
    try:
        text = decoder.decode(raw, final=not raw)
    except UnicodeDecodeError as error:
        line = number + bytes(error.object[: error.start]).count(b"\n")
        raise bad_line(line, "table_encoding", encoding=NAMES[encoding]) from None
    if "\0" in text:
        raise bad_line(number + text.count("\n", 0, text.index("\0")), "table_nul")
    return text
