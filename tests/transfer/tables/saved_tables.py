"""Tables of three columns, saved in any way that spreadsheets and apps save them."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import strategies as st

from tests.transfer.tables.reading import BERLIN

START, END = datetime(2001, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
FORMS = {
    "iso": "%Y-%m-%d %H:%M:%S",
    "iso with T": "%Y-%m-%dT%H:%M:%S",
    "dmy": "%d.%m.%Y %H:%M:%S",
    "dmy with slashes": "%d/%m/%Y %H:%M:%S",
    "mdy": "%m/%d/%Y %I:%M:%S %p",
    "ymd": "%Y/%m/%d %H:%M:%S",
    "words": "%b %d, %Y %H:%M:%S",
    "epoch_s": "",
    "epoch_ms": "",
}
HEADINGS = [("when", "amount", "counter"), ("Zeitpunkt", "Anzahl", "Zähler"), ("Дата", "Количество", "Счётчик")]
WINDOWS = {"when": "cp1252", "Zeitpunkt": "cp1252", "Дата": "cp1251"}
NAMES = ["Door", "North, south; west", 'The "big" one', "Two\nlines", "7"]
TELLING = (1_772_006_400, 5, "Door")  # 25 February: a day above twelve, so that nothing has to be asked
Moment = tuple[int, int, str]  # of a row: epoch seconds, amount, counter

moments = st.integers(int(START.timestamp()), int(END.timestamp()))
amounts = st.integers(-1_000_000, 1_000_000).filter(bool)


class Saving(NamedTuple):
    """How a table is saved."""

    form: str
    style: str
    separator: str
    headings: tuple[str, str, str]
    case: Callable[[str], str]
    columns: Sequence[int]
    ends: str
    encoding: str
    is_reversed: bool
    names_separator: bool

    @property
    def keeps_the_hour(self) -> bool:
        """Whether the hour that comes twice in autumn can be told from the other."""
        return self.form.startswith("epoch")

    def table(self, rows: Sequence[Moment]) -> bytes:
        """The file, with one more row, TELLING."""
        rows = [*rows, TELLING]
        text = io.StringIO()
        if self.names_separator:
            text.write(f"sep={self.separator}{self.ends}")
        writer = csv.writer(text, delimiter=self.separator, lineterminator=self.ends)
        writer.writerow(self.case(self.headings[place]) for place in self.columns)
        for moment, amount, name in reversed(rows) if self.is_reversed else rows:
            cells = written(moment, self.form), number(amount, self.style), name
            writer.writerow(cells[place] for place in self.columns)
        return text.getvalue().encode(WINDOWS[self.headings[0]] if self.encoding == "windows" else self.encoding)


PLAIN = Saving("iso", "plain", ",", HEADINGS[0], str, (0, 1, 2), "\n", "utf-8", is_reversed=False, names_separator=False)
savings = st.builds(
    Saving,
    form=st.sampled_from(sorted(FORMS)),
    style=st.sampled_from(["plain", "point", "comma", "spaces"]),
    separator=st.sampled_from(",;\t|"),
    headings=st.sampled_from(HEADINGS),
    case=st.sampled_from([str, str.upper, str.title]),
    columns=st.permutations([0, 1, 2]),
    ends=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows"]),
    is_reversed=st.booleans(),
    names_separator=st.booleans(),
)


def tables(moments: st.SearchStrategy[int], most: int) -> st.SearchStrategy[list[Moment]]:
    """Some rows."""
    return st.lists(st.tuples(moments, amounts, st.sampled_from(NAMES)), min_size=1, max_size=most)


def written(moment: int, form: str) -> str:
    if form.startswith("epoch"):
        return str(moment * (1000 if form == "epoch_ms" else 1))
    return f"{datetime.fromtimestamp(moment, BERLIN):{FORMS[form]}}"


def number(amount: int, style: str) -> str:
    grouped = {
        "plain": str(amount),
        "point": f"{amount}.0",
        "comma": f"{amount},0",
        "spaces": f"{amount:,}".replace(",", " "),
    }
    return grouped[style]


def as_local(moment: int) -> int:
    """What is left of a moment that is written as local time: an hour comes twice in autumn."""
    return round(datetime.fromtimestamp(moment, BERLIN).replace(fold=0).timestamp())
