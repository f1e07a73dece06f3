"""What a preview answers, for the OpenAPI document. Times are ms since 1970."""

from typing import Any

from pydantic import Field

from clickcounter.api.v1.shapes import Shape


class Choice(Shape):
    """A value of a setting: an example from the file, and how many rows the value fits."""

    value: str
    example: str
    rows: int


class Question(Shape):
    """A setting of the table, its possible values, and the one that is used, or that is likeliest."""

    setting: str
    value: str
    choices: list[Choice]


class CounterOfFile(Shape):
    """What the file holds for one counter: its name there, and the counter here, which may be `new`."""

    name: str
    slug: str
    new: bool
    rows: int
    first: int | None
    last: int | None
    sum: int


class RowOfFile(Shape):
    """A row as it would be counted."""

    line: int
    counter: str
    at: int | None
    amount: int
    note: str
    opening: bool


class LeftOutRow(Shape):
    """A row that would not be counted, and why, by language."""

    line: int
    why: dict[str, str]
    unreadable: bool


class LeftOutRows(Shape):
    """How many rows would not be counted, how many of them because they cannot be read, and the first of them."""

    count: int
    unreadable: int
    rows: list[LeftOutRow]


class KnownImport(Shape):
    """The import that brought the same file before, by whoever asks."""

    number: int = Field(alias="import")
    at: int
    undone: bool


class Preview(Shape):
    """A file before it is imported. `questions` must be answered first; `settings` can be changed. An export has no plan."""

    export: bool
    plan: dict[str, Any] | None
    questions: list[Question]
    settings: list[Question]
    counters: list[CounterOfFile]
    rows: list[RowOfFile]
    left_out: LeftOutRows
    known: KnownImport | None
