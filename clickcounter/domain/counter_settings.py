"""A counter's settings: read from its row, checked, and written back."""

import unicodedata
from dataclasses import dataclass
from typing import Protocol

from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.domain.rights import ANYONE, LISTED, PRESS_POLICIES, VISIBILITIES
from clickcounter.errors import Refused

COLOURS = ("", "amber", "rose", "violet", "blue", "teal", "green")  # the first is the default
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 500
MOST_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class CounterSettings:
    """What people can set on a counter. `revision` is the counter's revision that last changed it.

    `lower` and `upper` limit the clicks of the current round; `goal` limits nothing. Warnings appear at `warn_at` percent of
    the way to `upper`, or to `goal` if there is no upper limit. Days start at the hour `day_start` of the viewer's clock.
    With `tells_who`, pages show who pressed last. Who may view and press: domain/rights.py.
    A `group` is the sum of other counters; it stays what it was created as. With `lets_leave`, clicks that subtract pass
    `lower`: whoever leaves has come, even if the click that says so has not arrived yet.
    With `tells_who`, pages show who pressed last. Who may view and press: domain/rights.py. `ends_at` is when the `schedule`
    (domain/schedule.py) ends the current round. With `lets_add`, whoever may press may also add past entries and notes.
    """

    name: str = ""
    description: str = ""
    colour: str = ""
    step: int = 1
    lower: int | None = 0
    upper: int | None = None
    goal: int | None = None
    warn_at: tuple[int, ...] = (80,)
    archived_at: int | None = None
    revision: int = 0
    day_start: int = 0
    tells_who: bool = True
    visibility: str = LISTED
    press: str = ANYONE
    group: bool = False
    lets_leave: bool = False
    schedule: str = ""
    ends_at: int | None = None
    lets_add: bool = False


class SettingsRow(Protocol):
    """The columns of a counter's row that hold its settings."""

    name: str
    description: str
    colour: str
    step: int
    lower: int | None
    upper: int | None
    goal: int | None
    warn_at: str
    archived_at: int | None
    about_revision: int
    day_start: int
    tells_who: bool
    visibility: str
    press: str
    is_group: bool
    lets_leave: bool
    schedule: str
    ends_at: int | None
    lets_add: bool


def settings_from_row(row: SettingsRow) -> CounterSettings:
    """The settings in a counter's row."""
    return CounterSettings(
        row.name,
        row.description,
        row.colour,
        row.step,
        row.lower,
        row.upper,
        row.goal,
        tuple(int(percent) for percent in row.warn_at.split(",") if percent),
        row.archived_at,
        row.about_revision,
        row.day_start,
        bool(row.tells_who),  # SQLite's driver returns 0 or 1
        row.visibility,
        row.press,
        bool(row.is_group),
        bool(row.lets_leave),
        row.schedule,
        row.ends_at,
        bool(row.lets_add),
    )


def settings_columns(settings: CounterSettings, revision: int) -> dict[str, object]:
    """The column values that store the settings, as changed by the commit of this revision."""
    return {
        "name": settings.name,
        "description": settings.description,
        "colour": settings.colour,
        "step": settings.step,
        "lower": settings.lower,
        "upper": settings.upper,
        "goal": settings.goal,
        "warn_at": ",".join(map(str, settings.warn_at)),
        "archived_at": settings.archived_at,
        "about_revision": revision,
        "day_start": settings.day_start,
        "tells_who": settings.tells_who,
        "search": fold(settings.name),
        "visibility": settings.visibility,
        "press": settings.press,
        "is_group": settings.group,
        "lets_leave": settings.lets_leave,
        "schedule": settings.schedule,
        "ends_at": settings.ends_at,
        "lets_add": settings.lets_add,
    }


def fold(text: str) -> str:
    """A text normalized for search, so that all forms of a letter match."""
    return unicodedata.normalize("NFKC", text).casefold()[:800]


def check_settings(settings: CounterSettings, *, named: bool) -> None:
    """Check all settings. A name is required only if one is being given (`named`): the default counter starts without.

    Raises Refused with the code about_name, about_description, about_colour, about_access, about_day or about_numbers.
    """
    visible = any(char.isprintable() and not char.isspace() for char in settings.name)
    if (named and not visible) or len(settings.name) > LONGEST_NAME:
        raise Refused("about_name")
    if len(settings.description) > LONGEST_DESCRIPTION:
        raise Refused("about_description")
    if settings.colour not in COLOURS:
        raise Refused("about_colour")
    if settings.visibility not in VISIBILITIES or settings.press not in PRESS_POLICIES:
        raise Refused("about_access")
    if not 0 <= settings.day_start <= 23:
        raise Refused("about_day")
    if not _valid_numbers(settings):
        raise Refused("about_numbers")


def _valid_numbers(settings: CounterSettings) -> bool:
    lower, upper, warn_at = settings.lower, settings.upper, settings.warn_at
    return (
        1 <= settings.step <= MAX_AMOUNT
        and all(n is None or abs(n) <= MAX_VALUE for n in (lower, upper, settings.goal))
        and (lower is None or upper is None or lower < upper)
        and len(warn_at) <= MOST_WARNINGS
        and all(1 <= percent <= 100 for percent in warn_at)
    )
