"""The first lines of a table, and what must be known to read them: encoding, separator, sheet, a writer's own form."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from clickcounter.transfer.tables.errors import bad_file
from clickcounter.transfer.tables.guessing.encodings import encoding_of
from clickcounter.transfer.tables.guessing.settings import chosen
from clickcounter.transfer.tables.plan import ENCODINGS, SEPARATORS, Plan
from clickcounter.transfer.tables.sources.app_files import PRESS
from clickcounter.transfer.tables.sources.json_apps import read_json
from clickcounter.transfer.tables.sources.kinds import kind_of
from clickcounter.transfer.tables.sources.lines import read_lines
from clickcounter.transfer.tables.sources.text import Cells
from clickcounter.transfer.tables.sources.workbooks import first_lines

MOST_LINES = 500
_SAMPLE = 64 * 1024  # bytes
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
NAMES_OF_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";"}


@dataclass(frozen=True, slots=True)
class Sample:
    """The first lines, and the plan as far as they needed one."""

    plan: Plan
    lines: Sequence[Cells]
    sheets: tuple[str, ...] = ()
    is_own_form: bool = False  # all columns are known: the app writes no plain table


def take_sample(file: BinaryIO, plan: Plan, answers: Mapping[str, str]) -> Sample:
    """Raises BadFile."""
    plan = replace(plan, kind=kind_of(file))
    if plan.kind == "text":
        return _of_text(file, plan, answers)
    if plan.kind == "json":
        return _of_json(file, plan)
    if plan.kind == "zip":
        columns = {"counter": 0, "date": 1, "amount": 2, "note": 3}
        return _of(file, replace(plan, writer="loop", header=0, columns=columns), is_own_form=True)
    lines, name, names = first_lines(file, answers.get("sheet", ""), MOST_LINES)
    return Sample(replace(plan, sheet=name), lines, names)


def _of(file: BinaryIO, plan: Plan, *, is_own_form: bool = False) -> Sample:
    return Sample(plan, list(islice(read_lines(file, plan), MOST_LINES)), is_own_form=is_own_form)


def _of_json(file: BinaryIO, plan: Plan) -> Sample:
    writer, lines = read_json(file)
    columns = {"counter": 0, "time": 1, "amount": 2} if writer else {}
    meaning = "opening" if writer == "simplecounter" else "amounts"
    plan = replace(plan, writer=writer, header=1, columns=columns, meaning=meaning)
    return Sample(plan, list(islice(lines, MOST_LINES)), is_own_form=bool(writer))


def _of_text(file: BinaryIO, plan: Plan, answers: Mapping[str, str]) -> Sample:
    encoding = chosen(answers, "encoding", ENCODINGS) or encoding_of(file)
    text = _head(file, encoding)
    if text.startswith("entity_id,type,unit,"):
        raise bad_file("table_energy")
    if is_bettercounter(text):
        own = replace(plan, encoding="utf-8", writer="bettercounter", header=0, dates="epoch_ms", meaning="presses")
        return _of(file, replace(own, columns={"counter": 0, "time": 1}), is_own_form=True)
    said = _SEPARATOR_LINE.match(text)
    separator = chosen(answers, "separator", SEPARATORS, NAMES_OF_SEPARATORS)
    if not separator:
        separator = said[1] if said and said[1] in SEPARATORS else separator_of(text)
    plan = replace(plan, encoding=encoding, separator=separator)
    sample = _of(file, plan)
    return replace(sample, lines=sample.lines[1:]) if said else sample


def _head(file: BinaryIO, encoding: str) -> str:
    file.seek(0)
    return codecs.getincrementaldecoder(encoding)("replace").decode(file.read(_SAMPLE)).removeprefix("\ufeff")


def is_bettercounter(text: str) -> bool:
    """Lines of a name and many epoch ms, without a line of column names."""
    lines = text.splitlines()
    if len(lines) > 1 and not text.endswith("\n"):
        lines.pop()
    presses = [[bool(PRESS.fullmatch(cell)) for cell in line.split(",")[1:]] for line in lines if line]
    some = [line for line in presses if any(line)]
    return (
        bool(some)
        and presses[0] in some
        and all(line[line.index(True) :].count(False) <= 1 for line in some)
        and (len(some) * 2 >= len(presses))
    )


def separator_of(text: str) -> str:
    """The separator by which most lines have the same number of cells."""
    lines = text.splitlines()[:100]
    if len(lines) > 1 and not text.endswith(("\n", "\r")):
        lines.pop()

    def evenness(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=separator) if cells)
        except csv.Error:
            return 0, 0
        (width, count) = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (count, width) if width > 1 else (0, 0)

    return max(SEPARATORS, key=evenness)
