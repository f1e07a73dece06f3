"""What programs get of a counter's history. Times are ms since 1970."""

from clickcounter.api.v1.shapes import Shape


class Entry(Shape):
    """An entry of the ledger; `total` is its round's total after it."""

    id: int
    round: int
    key: str
    kind: str
    amount: int
    total: int
    pressed_at: int
    saved_at: int
    device: int
    label: str
    person: str
    takes_back: str | None
    reason: str
    time_adjusted: bool
    round_unknown: bool
    by_person: str
    by_device: int | None
    by_label: str


class History(Shape):
    """Entries, newest first; `next` is the cursor of the next page."""

    counter: str
    entries: list[Entry]
    next: str | None


class RoundOfCounter(Shape):
    """A round: its number, its id, and when it ended, if it has."""

    number: int
    id: int
    total: int
    clicks: int
    started_at: int
    ended_at: int | None
    ended_by: int | None
    ended_by_label: str


class Rounds(Shape):
    """Rounds, newest first; `next` is the cursor of the next page."""

    counter: str
    rounds: list[RoundOfCounter]
    next: str | None


class Bar(Shape):
    """How much was counted from `start` to before `end`, in how many clicks; `total` is the sum before `end`."""

    start: int
    end: int
    amount: int
    clicks: int
    total: int


class Part(Shape):
    """What one of the most active counted in each bar: a device with its number and label, or a person."""

    device: int | None
    label: str
    person: str
    amounts: list[int]


class Series(Shape):
    """A chart: bars of one width (minute, quarter, hour, day, week, month or year)."""

    counter: str
    span: str
    width: str
    bars: list[Bar]
    parts: list[Part]


class Leader(Shape):
    """A device or a person: what they added, what they subtracted, and in how many clicks."""

    number: int | None
    label: str
    up: int
    down: int
    clicks: int
    person: str
    account: int | None


class Leaders(Shape):
    """Who counted most; `at` is when that was found, if not now."""

    counter: str
    span: str
    leaders: list[Leader]
