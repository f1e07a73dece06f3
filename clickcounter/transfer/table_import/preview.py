"""What a file holds, before anything is imported: read in a process of its own, see import_process.py."""

from collections.abc import Mapping
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.import_line import is_export
from clickcounter.transfer.import_whole_file import FileChecker, read_records
from clickcounter.transfer.table_import.collecting import MOST_COUNTERS
from clickcounter.transfer.table_import.pieces import sha256_of
from clickcounter.transfer.tables import LeftOut, Question, recognize, summary


def preview_of(file: BinaryIO, counter: str, zone: ZoneInfo, answers: Mapping[str, str]) -> dict[str, Any]:
    """What the open file holds, as JSON. Raises BadFile, BadLine."""
    return _of_export(file) if is_export(file) else _of_table(file, counter, zone, answers)


def _of_table(file: BinaryIO, counter: str, zone: ZoneInfo, answers: Mapping[str, str]) -> dict[str, Any]:
    """The plan, what can be changed and must be asked, the first rows and the counters."""
    found = recognize(file, counter, zone, answers)
    whole = summary(file, found.plan)
    if len(whole.counters) > MOST_COUNTERS:
        raise BadFile("many_names", most=MOST_COUNTERS)
    return {
        "export": False,
        "plan": found.plan.as_dict(),
        "questions": [_question(each) for each in found.questions],
        "settings": [_question(each) for each in found.settings],
        "counters": [
            {"name": each.name, "rows": each.rows, "first": each.first, "last": each.last, "sum": each.sum}
            for each in whole.counters
        ],
        "rows": [
            {"line": row.line, "counter": row.counter, "at": row.at, "amount": row.amount}
            | {"note": row.note, "opening": row.opening}
            for row in whole.first_rows
        ],
        "left_out": {
            "count": whole.left_out,
            "unreadable": whole.unreadable,
            "rows": [_left_out(each) for each in whole.first_left_out],
        },
        "file_sha256": sha256_of(file),
    }


def _of_export(file: BinaryIO) -> dict[str, Any]:
    """The counters of an export, which is checked as a whole; it has no plan, and its rows are not shown."""
    checker = FileChecker()
    counters: dict[str, dict[str, Any]] = {}
    for number, record in read_records(file):
        checker.add(number, record)
        if record["type"] == "counter" and len(counters) < MOST_COUNTERS:
            counters[record["slug"]] = {"name": record["name"], "slug": record["slug"], "rows": 0, "sum": 0}
        elif record["type"] == "click" and (counter := counters.get(checker.counter)):
            at = record["pressed_at"]
            counter |= {"rows": counter["rows"] + 1, "sum": counter["sum"] + record["amount"]}
            counter |= {"first": min(at, counter.get("first", at)), "last": max(at, counter.get("last", at))}
    checker.finish()
    listed = [{"first": None, "last": None} | counter for counter in counters.values()]
    nothing: dict[str, Any] = {
        "plan": None,
        "questions": [],
        "settings": [],
        "rows": [],
        "left_out": {"count": 0, "unreadable": 0, "rows": []},
    }
    return {"export": True, "counters": listed, "file_sha256": sha256_of(file)} | nothing


def _question(question: Question) -> dict[str, Any]:
    choices = [choice._asdict() for choice in question.choices]
    return {"setting": question.setting, "value": question.value, "choices": choices}


def _left_out(row: LeftOut) -> dict[str, Any]:
    return {"line": row.line, "why": row.why.as_dict(), "unreadable": row.unreadable}
