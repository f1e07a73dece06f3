"""What an export writes and an import reads: JSON Lines, one record per line, told apart by "type".

The first line is the header, the last one says how many clicks came before it. A counter, its devices and its rounds come
before the clicks that name them. In the file times are ISO 8601; an import's records hold them as UTC ms.
"""

from typing import Literal, TypedDict

from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.domain.rights import ANYONE, LINK, LISTED, MEMBERS
from clickcounter.transfer.table_import.shapes import RowsPiece, TablePiece

FORMAT = 1  # raised when an older version could no longer read the file
SETTINGS = (
    "name",
    "description",
    "colour",
    "step",
    "lower",
    "upper",
    "goal",
    "warn_at",
    "day_start",
    "tells_who",
    "lets_leave",
    "schedule",
    "lets_add",
)
ACCESS = ("visibility", "press")


class Header(TypedDict):
    """The first line."""

    type: Literal["export"]
    format: int


class CounterRecord(TypedDict):
    """A counter and its settings."""

    type: Literal["counter"]
    slug: str
    name: str
    description: str
    colour: str
    step: int
    lower: int | None
    upper: int | None
    goal: int | None
    warn_at: tuple[int, ...]
    day_start: int
    tells_who: bool
    lets_leave: bool
    created_at: int
    archived_at: int | None
    visibility: str | None  # files of older versions have neither this nor `press`
    press: str | None
    group: bool
    parts: dict[str, int]  # of a group: the sign of each counter, by slug
    schedule: str
    ends_at: int | None
    lets_add: bool


class DeviceRecord(TypedDict):
    """A device; its hash is only in files that an operator exported in the terminal."""

    type: Literal["device"]
    number: int
    label: str
    created_at: int
    secret_sha256: str | None


class RoundRecord(TypedDict):
    """A round; the one without an end is its counter's current one."""

    type: Literal["round"]
    counter: str  # slug
    id: int
    number: int
    started_at: int
    ended_at: int | None
    ended_by: int | None  # a device's number
    total: int  # of a group's closed round: what it showed when it ended; other totals follow from the clicks
    by_schedule: bool


class ClickRecord(TypedDict):
    """An entry of the ledger."""

    type: Literal["click"]
    round: int  # id
    device: int  # number
    key: str
    kind: str
    amount: int
    pressed_at: int
    saved_at: int
    takes_back: str | None
    reason: str
    time_adjusted: bool
    round_unknown: bool
    until: int | None


class End(TypedDict):
    """The last line of a file that is not cut off."""

    type: Literal["end"]
    clicks: int


Record = Header | CounterRecord | DeviceRecord | RoundRecord | ClickRecord | End
NumberedRecord = tuple[int, Record]  # with the number of its line; the first is 1
NumberedClick = tuple[int, ClickRecord]


class Checking(TypedDict):
    """How much of a file is checked, in bytes."""

    type: Literal["checking"]
    done: int
    whole: int


class Checked(TypedDict):
    """The file is fine. A table has no counters and rounds of its own."""

    type: Literal["checked"]
    table: bool
    clicks: int


class ExportPiece(TypedDict):
    """The whole file, if it is an export."""

    type: Literal["export"]
    file_sha256: str


class CounterPiece(TypedDict):
    """A counter and its current round."""

    type: Literal["counter"]
    record: CounterRecord
    current: RoundRecord


class RoundsPiece(TypedDict):
    """Some rounds of a counter, each with the device that ended it; `current` is the id of the current one."""

    type: Literal["rounds"]
    counter: str  # slug
    current: int
    rounds: list[tuple[RoundRecord, "Device | None"]]


class UndosPiece(TypedDict):
    """Some of the lines that take presses back, by counter."""

    type: Literal["undos"]
    lines: list["UndoLine"]


class ClicksPiece(TypedDict):
    """Some clicks of a counter, each with the number of its line. Their `device` is an index into `devices`.

    `taken_back` has the keys of those that the file takes back, each with the key of the entry that does.
    """

    type: Literal["clicks"]
    counter: str  # slug
    devices: list["Device"]
    clicks: list[NumberedClick]
    taken_back: dict[str, str]


class PartsPiece(TypedDict):
    """The counters of a group; all of those in the file are there now, with their clicks."""

    type: Literal["parts"]
    group: str  # slug
    parts: dict[str, int]


class Surveyed(TypedDict):
    """All counters, rounds and undos were handed out once."""

    type: Literal["surveyed"]


UndoLine = tuple[str, int, str, str, str]  # counter's slug, number of the line, its key, the press's key, device's SHA-256
Device = tuple[str, str, int | None]  # SHA-256 of its secret, label, creation in UTC ms; None is now
_OfExport = ExportPiece | CounterPiece | RoundsPiece | UndosPiece | Surveyed | ClicksPiece | PartsPiece
Piece = Checking | Checked | TablePiece | RowsPiece | _OfExport


def new_clicks_piece(slug: str) -> ClicksPiece:
    """One without clicks yet."""
    return {"type": "clicks", "counter": slug, "devices": [], "clicks": [], "taken_back": {}}


def settings_of(record: CounterRecord, *, owned: bool) -> CounterSettings:
    """The settings that a counter's record holds; all others have their defaults.

    A record of an older version does not say who may view and press. Without an owner (`owned`), the usual access might open
    a counter that was for members only: such a counter is not listed, and nobody can press until a superuser allows it.
    """
    visibility, press = (LISTED, ANYONE) if owned else (LINK, MEMBERS)
    return CounterSettings(
        name=record["name"],
        description=record["description"],
        colour=record["colour"],
        step=record["step"],
        lower=record["lower"],
        upper=record["upper"],
        goal=record["goal"],
        warn_at=tuple(record["warn_at"]),  # a list, if it comes from another process
        archived_at=record["archived_at"],
        day_start=record["day_start"],
        tells_who=record["tells_who"],
        lets_leave=record["lets_leave"],
        visibility=record["visibility"] or visibility,
        press=record["press"] or press,
        group=record["group"],
        schedule=record["schedule"],
        ends_at=record["ends_at"],
        lets_add=record["lets_add"],
    )
