"""What programs send and get, for the OpenAPI document and for checking what they send. Times are ms since 1970."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from clickcounter.domain.clicks import ENTRY
from clickcounter.domain.counter_settings import COLOURS, LONGEST_DESCRIPTION, LONGEST_NAME
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.domain.past import KINDS
from clickcounter.domain.rights import PRESS_POLICIES, VISIBILITIES
from clickcounter.domain.schedule import LONGEST as LONGEST_SCHEDULE
from clickcounter.services.forms import LONGEST_REASON
from clickcounter.services.presses.programs import LONGEST_NAME as LONGEST_KEY
from clickcounter.services.presses.validation import MAX_CLICKS

Whole = Annotated[int, Field(strict=True, ge=-MAX_VALUE, le=MAX_VALUE)]
Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, description="The same key is carried out once.")]
Round = Annotated[
    Whole | None, Field(default=None, description="The round whose number the program saw; null is the current one.")
]


class Shape(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(extra="ignore")


class Problem(Shape):
    """Why a request was refused (RFC 9457): our code, and a sentence in English or Russian."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None
    retry_after: int | None = Field(default=None, description="Seconds.")


class Shown(Shape):
    """What a counter shows."""

    counter: str
    value: int
    revision: int
    round: int


class Counter(Shown):
    """A counter with its settings."""

    name: str
    description: str
    colour: str
    step: int
    lower: int | None
    upper: int | None
    goal: int | None
    warn_at: list[int]
    archived: bool
    day_start: int
    tells_who: bool
    visibility: str
    press: str
    schedule: str
    ends_at: int | None = Field(description="When the schedule ends the current round.")
    group: bool = Field(description="It is the sum of other counters.")
    lets_leave: bool
    lets_add: bool


class Part(Shape):
    """A counter of a group: 1 if it is added, -1 if it is subtracted."""

    counter: str
    name: str
    sign: int
    value: int
    archived: bool


class Parts(Shape):
    """The counters of a group that you may see; `hidden` is how many others it has."""

    parts: list[Part]
    hidden: int


class PartChanges(Shape):
    """The sign of each counter to put into a group: 1 or -1; 0 takes it out."""

    changes: dict[str, Annotated[int, Field(strict=True, ge=-1, le=1)]] = Field(min_length=1)


class ListedCounter(Shape):
    """A counter in a list. `manage` is whether the caller may change it."""

    counter: str
    name: str
    colour: str
    value: int
    revision: int
    upper: int | None
    goal: int | None
    warn_at: list[int]
    archived: bool
    manage: bool


class CounterList(Shape):
    """A page of counters, newest first; `next` is the cursor of the next page."""

    counters: list[ListedCounter]
    total: int
    next: str | None


class Settings(Shape):
    """Settings of a counter, each as in its dialog."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=4 * LONGEST_NAME)
    description: str = Field(default="", max_length=LONGEST_DESCRIPTION)
    colour: str = Field(default="", json_schema_extra={"enum": list(COLOURS)})
    step: Whole = 1
    lower: Whole | None = 0
    upper: Whole | None = None
    goal: Whole | None = None
    warn_at: list[Whole] = [80]
    day_start: Whole = 0
    tells_who: bool = Field(default=True, strict=True)
    visibility: str = Field(default="listed", json_schema_extra={"enum": list(VISIBILITIES)})
    press: str = Field(default="anyone", json_schema_extra={"enum": list(PRESS_POLICIES)})
    lets_leave: bool = Field(
        default=False, strict=True, description="Presses that subtract count below the lower limit, too."
    )
    lets_add: bool = Field(
        default=False,
        strict=True,
        description="Whoever may press may also add past entries and notes, not only owners.",
    )
    schedule: str = Field(
        default="",
        max_length=LONGEST_SCHEDULE,
        description="When rounds end by themselves: each day, on a weekday, or once.",
        examples=["day 04:00 Europe/Berlin", "monday 04:00 Europe/Berlin", "2026-12-24 18:00 Europe/Berlin"],
    )


class NewCounter(Settings):
    """A counter to make."""

    name: str = Field(min_length=1, max_length=4 * LONGEST_NAME)
    group: bool = Field(default=False, strict=True, description="It shall be the sum of other counters.")
    opening: Whole = Field(default=0, description="An amount carried over from elsewhere: an opening entry.")
    key: Key | None = None


class Press(Shape):
    """A press."""

    amount: Any = Field(default=1, json_schema_extra={"type": "integer", "minimum": -1_000_000, "maximum": 1_000_000})
    key: Key | None = None
    pressed_at: Whole | None = Field(default=None, description="When it was pressed, if not now.")
    round: Round


class Presses(Press):
    """One press, or up to 200 in `presses`. `sent_at` is what the program's clock shows now, in case it is wrong."""

    sent_at: Whole | None = None
    presses: list[Press] | None = Field(default=None, min_length=1, max_length=MAX_CLICKS)


class SentPress(Shape):
    """What became of a press; a code and a sentence say why it was not saved. `key` is the ledger's."""

    key: str
    saved: bool
    code: str | None
    detail: str | None


class Pressed(Shown):
    """What the counter shows with the presses: of one its key, of several what became of each."""

    key: str | None = None
    saved: bool | None = None
    code: str | None = None
    detail: str | None = None
    presses: list[SentPress] | None = None


class Undo(Shape):
    """Which press to undo: the key that it was sent with, or got."""

    key: Key
    round: Round


class Correction(Shape):
    """The number that the counter should show, and why."""

    value: Whole
    reason: str = Field(min_length=1, max_length=4 * LONGEST_REASON)
    key: Key | None = None
    round: Round


class PastEntry(Shape):
    """What is added afterwards: how much was counted at a time, an opening amount (`opening`) or a note (`note`)."""

    kind: str = Field(default=ENTRY, json_schema_extra={"enum": list(KINDS)})
    amount: Whole | None = Field(default=None, description="Not of a note.")
    since: Whole | None = Field(default=None, description="When; null is now. An opening amount has no time.")
    until: Whole | None = Field(default=None, description="When it ends, if it was counted over a stretch of time.")
    text: str = Field(default="", max_length=4 * LONGEST_REASON, description="The note.")
    key: Key | None = None


class Added(Shown):
    """What the counter shows with it; `key` is the ledger's, by which it can be taken back."""

    key: str


class EndOfRound(Shape):
    """Which round to end."""

    key: Key | None = None
    round: Round


class Reset(Shown):
    """What the counter shows; `closed` is whether this very request ended the round."""

    closed: bool
