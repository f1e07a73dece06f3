"""Which column means what, by its name and by what is in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clickcounter.transfer.tables.counting.actions import ACTIONS
from clickcounter.transfer.tables.guessing.cells import date_forms, has_clock, is_clock, is_number, is_serial
from clickcounter.transfer.tables.guessing.headings import is_id, may_count, role_by_name
from clickcounter.transfer.tables.guessing.numbered import comes_again, is_running

TICKS = frozenset({"YES_MANUAL", "YES_AUTO", "NO", "SKIP", "UNKNOWN"})  # of Loop Habit Tracker
MOST = 0.8  # of a column's cells look like what it is


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the first rows of a table."""

    index: int
    heading: str
    cells: tuple[str, ...]  # but empty ones

    def mostly(self, looks: Callable[[str], object]) -> bool:
        """Whether most of its cells look so."""
        return bool(self.cells) and sum(1 for cell in self.cells if looks(cell)) >= MOST * len(self.cells)

    def looks_like(self, looks: Callable[[str], object], *roles: str) -> bool:
        """Whether most of its cells look so, or any if its name says the same."""
        return any(map(looks, self.cells)) if self.role in roles else self.mostly(looks)

    @property
    def role(self) -> str:
        """What its name says."""
        return role_by_name(self.heading)

    def is_date(self) -> bool:
        """A date, with a time of day or without."""
        if self.looks_like(date_forms, "time", "date"):
            return True
        return self.role in ("time", "date", "clock") and self.mostly(is_serial)


def header_line(lines: Sequence[tuple[int, list[str]]]) -> int:
    """The line of the column names; 0 if there is none. Lines above it are a title."""
    for number, cells in lines[:20]:
        written = [cell for cell in cells if cell.strip()]
        if any(date_forms(cell) or is_number(cell) for cell in written):
            return 0
        if len(written) > 1 or (len(cells) == 1 and written and role_by_name(written[0])):
            return number
    return 0


def columns_of(lines: Sequence[tuple[int, list[str]]], header: int) -> list[Column]:
    """The columns of these lines; they are called by the header's cells."""
    headings = next((cells for number, cells in lines if number == header), [])
    below = [cells for number, cells in lines if number > header]
    width = max((len(cells) for cells in (headings, *below)), default=0)
    return [
        Column(
            index,
            headings[index].strip() if index < len(headings) else "",
            tuple(cells[index] for cells in below if index < len(cells) and cells[index].strip()),
        )
        for index in range(width)
    ]


def counters_among(columns: Sequence[Column]) -> list[Column]:
    """The columns that may each be a counter, if no other column says how much and whose: numbers under unknown names."""
    if any(column.role in ("amount", "total", "action", "counter") for column in columns):
        return []
    return [c for c in columns if c.heading and not c.role and not is_id(c.heading) and c.mostly(_is_number_or_tick)]


def guess_roles(columns: Sequence[Column]) -> dict[str, int]:
    """Roles -> index."""
    found = _times(columns)
    _add(found, "action", columns, lambda c: c.role in ("action", "amount", "") and c.mostly(_is_action))
    _add(found, "amount", columns, lambda c: c.role == "amount" and any(map(is_number, c.cells)))
    _add(found, "total", columns, lambda c: c.role == "total" and c.mostly(is_number))
    _add_numbered(found, columns)
    if not found.keys() & {"amount", "total", "action"}:
        _add(found, "amount", columns, lambda c: _is_amount(c) and c.role != "counter")
    _add_by_name(found, columns)
    if "counter" not in found:
        _add(found, "counter", columns, lambda c: c.role == "counter" and not c.mostly(is_number))
    for role in ("label", "note"):
        _add(found, role, columns, lambda c, role=role: c.role == role)  # type: ignore[misc]
    if "counter" not in found:
        _add(found, "counter", columns, lambda c: not c.heading and _is_name(c))
    return found


def _add_numbered(found: dict[str, int], columns: Sequence[Column]) -> None:
    """Numbers in a column that is called “counter”: what a counter showed, or the names of counters, such as 2024."""
    counters = [column for column in columns if column.role == "counter" and column.cells]
    numbered = next((c for c in counters if c.mostly(is_number) and c.index not in found.values()), None)
    if numbered is None:
        return
    if all(column.mostly(is_number) for column in counters) and _are_names(numbered, found, columns):
        found["counter"] = numbered.index
    else:
        found.setdefault("total", numbered.index)


def _are_names(numbered: Column, found: Mapping[str, int], columns: Sequence[Column]) -> bool:
    if not found.keys() & {"time", "date"} or not may_count(numbered.heading):
        return True
    if "amount" in found:
        return not is_running(numbered.cells, columns[found["amount"]].cells)
    if "total" in found:
        return True
    if "action" in found:
        return False  # it is asked
    others = [c for c in columns if c.index not in found.values() and c.role != "counter" and _is_amount(c)]
    return bool(others) and comes_again(numbered.cells) and not is_running(numbered.cells, others[0].cells)


def _is_amount(column: Column) -> bool:
    return column.mostly(is_number) and not is_id(column.heading) and not column.mostly(date_forms)


def _add_by_name(found: dict[str, int], columns: Sequence[Column]) -> None:
    """What has a name but nothing that can be read: each line will say so."""
    if not found.keys() & {"time", "date"}:
        _add(found, "time", columns, lambda c: c.role in ("time", "date"))
    if not found.keys() & {"amount", "total", "action"}:
        _add(found, "amount", columns, lambda c: c.role == "amount")


def _times(columns: Sequence[Column]) -> dict[str, int]:
    dates = [column for column in columns if column.is_date() and not is_id(column.heading)]
    clocks = [column for column in columns if column.mostly(is_clock) and not column.mostly(date_forms)]
    if not dates:
        return {}
    named = {"time": 0, "date": 1, "clock": 1}
    with_clock = [c for c in dates if c.mostly(has_clock) or not c.mostly(lambda cell: date_forms(cell) & _NEED_CLOCK)]
    best = min(with_clock or dates, key=lambda c: (named.get(c.role, 2), c.index))
    if best in with_clock or not clocks:
        return {"time": best.index}
    return {"date": best.index, "clock": min(clocks, key=lambda c: (c.role != "clock", c.index)).index}


_NEED_CLOCK = frozenset({"iso", "dmy", "mdy", "ymd"})


def _add(found: dict[str, int], role: str, columns: Sequence[Column], fits: Callable[[Column], bool]) -> None:
    index = next((column.index for column in columns if column.index not in found.values() and fits(column)), None)
    if index is not None:
        found[role] = index


def _is_number_or_tick(cell: str) -> bool:
    return (is_number(cell) and not date_forms(cell)) or cell.strip() in TICKS


def _is_action(cell: str) -> bool:
    word = cell.strip().lower()
    return word in ACTIONS and not word.lstrip("+-").isdecimal()


def _is_name(column: Column) -> bool:
    """Text that comes again and again, or one name for each number."""
    return not column.mostly(is_number) and not column.mostly(is_clock) and all(len(cell) <= 100 for cell in column.cells)
