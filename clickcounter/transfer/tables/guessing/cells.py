"""What a single cell looks like."""

import re
from datetime import date

from clickcounter.transfer.tables.counting.numbers import decimal_signs

_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[ T,].*)?|\d{8}T\d{4,6}Z?")
_YMD = re.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}\.?(?:[ T,].*)?")
_DAY_MONTH = re.compile(r"(\d{1,2})([./-]) ?(\d{1,2})\2 ?(?:\d{4}|\d{2})\.?(?:,? .*)?")
_WORDS = re.compile(r"(?:[^\W\d]+,? )?(?:[^\W\d]{3,}\.? \d{1,2}|\d{1,2}\.? [^\W\d]{3,}\.?),? \d{4}(?:,? .*)?")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:[ \u202f\u00a0]?[AaPp]\.?[Mm]\.?)?")
_HAS_CLOCK = re.compile(r"[ T\u202f,]\d{1,2}[:.]\d\d")
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
EARLIEST, LATEST = 946_684_800, 4_102_444_800  # epoch seconds of 2000 and 2100: other numbers are amounts
EMPTY: frozenset[str] = frozenset()


def date_forms(cell: str) -> frozenset[str]:
    """The forms of plan.DATES in which a cell can be a date, but serial numbers: they look like any number."""
    text = cell.strip()
    if _ISO.fullmatch(text):
        return frozenset({"iso"})
    if _YMD.fullmatch(text):
        return frozenset({"ymd"})
    if found := _DAY_MONTH.fullmatch(text):
        return _day_month(int(found[1]), int(found[3]), found[2])
    if text.isdecimal():
        return _epoch(text)
    return frozenset({"dmy", "mdy", "ymd"}) if _WORDS.fullmatch(text) else EMPTY


def is_serial(cell: str) -> bool:
    """Whether it can be a spreadsheet's number of a day from 1954 to 2118."""
    return _SERIAL.fullmatch(cell.strip()) is not None


def is_clock(cell: str) -> bool:
    """Whether it is a time of day."""
    return _CLOCK.fullmatch(cell.strip()) is not None


def has_clock(cell: str) -> bool:
    """Whether a date is followed by a time of day."""
    return _HAS_CLOCK.search(cell) is not None


def is_number(cell: str) -> bool:
    """Whether it is an amount, however it is written."""
    return bool(decimal_signs(cell))


def _day_month(first: int, second: int, sign: str) -> frozenset[str]:
    forms = {"dmy"} if first <= 31 and second <= 12 else set()
    if first <= 12 and second <= 31 and sign != ".":  # nobody writes a month first with dots
        forms.add("mdy")
    return frozenset(forms)


def _epoch(text: str) -> frozenset[str]:
    if len(text) in (9, 10) and EARLIEST <= int(text) < LATEST:
        return frozenset({"epoch_s"})
    if len(text) in (12, 13) and EARLIEST <= int(text) // 1000 < LATEST:
        return frozenset({"epoch_ms"})
    return frozenset({"iso"}) if len(text) == 8 and _is_day(text) else EMPTY


def _is_day(text: str) -> bool:
    try:
        return 2000 <= date.fromisoformat(text).year < 2100
    except ValueError:
        return False
