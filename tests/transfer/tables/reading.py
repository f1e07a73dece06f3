"""Reads tables as the preview and the import do."""

import io
from pathlib import Path
from zoneinfo import ZoneInfo

from clickcounter.transfer.tables import LeftOut, Plan, Recognized, Row, recognize, rows, summary

FILES = Path(__file__).parent / "files"
BERLIN = ZoneInfo("Europe/Berlin")


def look_at(content: bytes | str, **answers: str) -> Recognized:
    return recognize(file_of(content), "doors", BERLIN, answers)


def read(content: bytes | str, **answers: str) -> list[Row]:
    """The rows that count; nothing may be open."""
    found = look_at(content, **answers)
    assert found.questions == ()
    return counted(content, found.plan)


def counted(content: bytes | str, plan: Plan) -> list[Row]:
    """The rows that count, by a plan that has been to a browser and back."""
    return [row for row in rows(file_of(content), Plan.from_dict(plan.as_dict())) if isinstance(row, Row)]


def left_out(content: bytes | str, **answers: str) -> list[LeftOut]:
    file = file_of(content)
    return list(summary(file, recognize(file, "doors", BERLIN, answers).plan).first_left_out)


def file_of(content: bytes | str) -> io.BytesIO:
    return io.BytesIO(content.encode() if isinstance(content, str) else content)
