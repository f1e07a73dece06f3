"""Understands which report somebody asks for, in an address or in the terminal."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clickcounter.errors import Malformed
from clickcounter.history.report.facts import ReportQuery

LONGEST_NUMBER = 15  # digits


def query_of(counter: str, zone: ZoneInfo | None, asked: Mapping[str, str | None], address: str = "") -> ReportQuery:
    """The report for a `day`, a `round`, or from `since` to `until`. Raises Malformed.

    Moments are UTC ms, or times such as 2026-11-28T18:00, in the zone if they do not name their own.
    """
    day, round_, since, until = (asked.get(name) or None for name in ("day", "round", "since", "until"))
    try:
        return ReportQuery(
            counter,
            zone,
            date.fromisoformat(day) if day else None,
            _number(round_) if round_ else None,
            _moment(since, zone) if since else None,
            _moment(until, zone) if until else None,
            address,
        )
    except (ValueError, OverflowError):
        raise Malformed("a day is written 2026-11-28, a moment 2026-11-28T18:00, a round is a number") from None


def _number(text: str) -> int:
    if len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return int(text)


def _moment(text: str, zone: ZoneInfo | None) -> int:
    if text.isdecimal():
        return _number(text)
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=zone or ZoneInfo("UTC"))).timestamp() * 1000)
