"""What programs send and get, for the OpenAPI document and for checking what they send. Times are ms since 1970."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from clickcounter.domain.counter_settings import COLOURS, LONGEST_DESCRIPTION, LONGEST_NAME
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.domain.rights import PRESS_POLICIES, VISIBILITIES
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


class NewCounter(Settings):
    """A counter to make."""

    name: str = Field(min_length=1, max_length=4 * LONGEST_NAME)
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


class EndOfRound(Shape):
    """Which round to end."""

    key: Key | None = None
    round: Round


class Reset(Shown):
    """What the counter shows; `closed` is whether this very request ended the round."""

    closed: bool
