"""How a text file is encoded. Every guess but the one between two old code pages is sure."""

import codecs
import re
from typing import BinaryIO

BLOCK = 1024 * 1024  # bytes
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_RUNS = re.compile(rb"[\xa8\xb8\xc0-\xff]+")  # Russian letters in Windows-1251; accented ones, which stand alone, in 1252


def encoding_of(file: BinaryIO) -> str:
    """One of plan.ENCODINGS."""
    file.seek(0)
    head = file.read(4096)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if head.count(b"\0") > len(head) // 4:
        return "utf-16-le" if head[1::2].count(b"\0") > head[::2].count(b"\0") else "utf-16-be"
    return "utf-8" if _is_utf_8(file) else _code_page(file)


def _is_utf_8(file: BinaryIO) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while raw := file.read(BLOCK):
            decoder.decode(raw)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return _is_damage(error)
    return True


def _is_damage(error: UnicodeDecodeError) -> bool:
    """Whether this is a mishap in a text that is UTF-8 otherwise."""
    good = bytes(error.object[: error.start])
    return len(good.decode("utf-8", "ignore")) < len(good)


def _code_page(file: BinaryIO) -> str:
    file.seek(0)
    runs = [len(run) for block in iter(lambda: file.read(BLOCK), b"") for run in _RUNS.findall(block)]
    return "cp1251" if sum(run for run in runs if run > 1) > sum(runs) / 2 else "cp1252"
