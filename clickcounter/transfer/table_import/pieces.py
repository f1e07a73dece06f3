"""Reads a table: first to check it, then row by row."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from typing import BinaryIO
from zoneinfo import ZoneInfo

from clickcounter.transfer.file_format import Checked, Checking, Surveyed
from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.progress import ReportTimer
from clickcounter.transfer.table_import.collecting import Collected
from clickcounter.transfer.table_import.shapes import RowsPiece, TablePiece
from clickcounter.transfer.tables import Recognized, recognize, rows

Answers = Mapping[str, str]  # settings that somebody chose -> values
PIECE = 1 << 20  # bytes
TablePieces = Iterator[Checking | Checked | TablePiece | Surveyed | RowsPiece]


def table_pieces(file: BinaryIO, counter: str, zone: ZoneInfo, answers: Answers) -> TablePieces:
    """Check the table, then hand it out, sorted. Raises BadFile, BadLine; nothing but progress came before."""
    found = recognize(file, counter, zone, answers)
    _require_answers(found)
    whole = os.fstat(file.fileno()).st_size
    timer, collected = ReportTimer(), Collected(found.plan)
    for row in rows(file, found.plan):
        collected.add(row)
        if timer.is_due():
            yield {"type": "checking", "done": min(whole, file.tell()), "whole": whole}
    collected.finish()
    yield {"type": "checked", "table": True, "clicks": collected.rows}
    yield {
        "type": "table",
        "file_sha256": sha256_of(file),
        "into": found.plan.counter or counter,
        "counters": collected.counters(),
        "left_out": collected.left_out,
    }
    yield {"type": "surveyed"}
    yield from collected.pieces()


def _require_answers(found: Recognized) -> None:
    """Raises BadFile if the table can be read in several ways."""
    if found.questions:
        asked = ("; ".join(f"{each.setting}={choice.value}" for choice in each.choices) for each in found.questions)
        raise BadFile("several_ways", asked=". ".join(asked))


def sha256_of(file: BinaryIO) -> str:
    """By which the same file is recognized."""
    file.seek(0)
    digest = hashlib.sha256()
    while some := file.read(PIECE):
        digest.update(some)
    return digest.hexdigest()
