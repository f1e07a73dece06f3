"""The numbered lines of any kind of table."""

from collections.abc import Iterator
from itertools import dropwhile
from typing import BinaryIO

from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.tables.plan import Plan
from clickcounter.transfer.tables.sources.app_files import read_bettercounter, read_loop
from clickcounter.transfer.tables.sources.blocks import Block
from clickcounter.transfer.tables.sources.json_apps import read_json
from clickcounter.transfer.tables.sources.kinds import kind_of
from clickcounter.transfer.tables.sources.text import Cells, read_table
from clickcounter.transfer.tables.sources.wide import narrow
from clickcounter.transfer.tables.sources.workbooks import read_blocks, read_sheet


def read_lines(file: BinaryIO, plan: Plan) -> Iterator[Cells]:
    """All lines from the file's beginning, the column names among them. The iterator raises BadFile."""
    _require_kind(file, plan)
    if plan.writer == "bettercounter":
        yield from read_bettercounter(file)
    elif plan.kind == "zip":
        yield from read_loop(file)
    elif plan.kind == "json":
        yield from read_json(file)[1]
    elif plan.kind == "text":
        yield from read_table(file, plan.encoding, plan.separator)
    else:
        yield from read_sheet(file, plan.sheet)


def read_rows(file: BinaryIO, plan: Plan) -> Iterator[Cells]:
    """The lines below the column names; where each counter has a column, a line for each amount. Raises BadFile."""
    if plan.meaning == "columns":
        return narrow(read_lines(file, plan), plan)
    return dropwhile(lambda line: line[0] <= plan.header, read_lines(file, plan))


def read_row_blocks(file: BinaryIO, plan: Plan) -> Iterator[Block]:
    """The same for a sheet, some lines at once. The iterator raises BadFile."""
    _require_kind(file, plan)
    for block in read_blocks(file, plan.sheet):
        yield block.below(plan.header)


def _require_kind(file: BinaryIO, plan: Plan) -> None:
    if kind_of(file) != plan.kind:
        raise BadFile("plan", name="kind")  # made for another file
