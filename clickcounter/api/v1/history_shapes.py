"""What programs get of a counter's history. Times are ms since 1970."""

from pydantic import Field

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
    until: int | None = Field(description="Of what was added afterwards: when its time, which begins at pressed_at, ends.")
    taken_back: bool
    counter: str = Field(description="Where it was made: in a group's history one of its counters.")


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
    by_schedule: bool


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


class Day(Shape):
    """A day, or a week: `number` is that of its last round."""

    number: int
    total: int
    started_at: int
    ended_at: int | None


class Days(Shape):
    """Days that ended by themselves, newest first, at most 35; or weeks. The first is the current one.

    `course` is the current one's total after each `step` of milliseconds; `before_course` that of the same day a week ago
    (or of last week), `typical_course` what was usual in the 28 days (or 8 weeks) before. `so_far` is at the time of day
    that it is now, to a quarter of an hour.
    """

    counter: str
    unit: str | None = Field(description="day or week; null if none ends by itself, and all else is empty then.")
    step: int
    days: list[Day]
    course: list[int]
    so_far: int
    before: Day | None
    before_course: list[int]
    before_so_far: int | None
    typical: int | None
    typical_course: list[int]
    typical_so_far: int | None
