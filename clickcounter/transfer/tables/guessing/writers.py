"""Apps whose tables are known by the names of their columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clickcounter.transfer.tables.guessing.headings import plain


@dataclass(frozen=True, slots=True)
class Writer:
    """An app, the columns by which it is known, and what they mean."""

    name: str
    columns: Mapping[str, str]  # role -> heading
    others: tuple[str, ...] = ()  # headings that are there, too
    dates: str = ""  # "" = found out
    meaning: str = "amounts"
    only: bool = field(default=False)  # no other columns

    def columns_in(self, headings: list[str]) -> dict[str, int] | None:
        """The columns of a table by this app; None if it is by another."""
        places = {plain(heading): index for index, heading in reversed(list(enumerate(headings))) if heading.strip()}
        needed = {*self.columns.values(), *self.others}
        if not needed <= places.keys() or (self.only and len(needed) != len(places)):
            return None
        return {role: places[heading] for role, heading in self.columns.items()}


WRITERS = (
    Writer(
        "own",
        {"time": "pressed_utc", "amount": "amount", "counter": "counter", "label": "label", "note": "reason",
         "action": "kind", "key": "key"},
        ("total", "takes_back"), "iso",
    ),
    Writer(
        "track_and_graph",
        {"counter": "featurename", "time": "timestamp", "amount": "value", "label": "label", "note": "note"}, dates="iso",
    ),
    Writer(
        "track_and_graph", {"counter": "featurename", "time": "timestamp", "amount": "value", "note": "note"}, dates="iso"
    ),
    Writer(
        "home_assistant", {"counter": "entity_id", "total": "state", "time": "last_changed"}, dates="iso", meaning="totals"
    ),
    Writer("home_assistant_statistics", {"counter": "statistic_id", "total": "state", "time": "start"}, meaning="totals"),
    Writer("home_assistant_statistics", {"counter": "statistic_id", "total": "sum", "time": "start"}, meaning="totals"),
    Writer("people_counter", {"counter": "art", "date": "datum", "clock": "uhrzeit"}, ("jahr", "monat", "tag"), "",
           "presses"),
    Writer(
        "flutter_tally", {"time": "timestamp", "counter": "counter_title", "action": "action", "amount": "change"},
        ("resulting_count",), "iso",
    ),
    Writer("react_tally", {"date": "date", "clock": "time", "action": "type", "amount": "amount"}, ("total",), only=True),
    Writer("react_tally", {"counter": "mark_name", "total": "total_count"}, ("start_date", "unit"), meaning="opening"),
    Writer("esp32", {"date": "date", "clock": "time", "total": "counter"}, dates="", meaning="totals", only=True),
)  # fmt: skip
MEASUREMENTS = frozenset({"statistic_id", "start", "mean"})


def writer_of(headings: list[str]) -> tuple[Writer, dict[str, int]] | None:
    """The app that writes these headings, and its columns."""
    for writer in WRITERS:
        if (columns := writer.columns_in(headings)) is not None:
            return writer, columns
    return None
