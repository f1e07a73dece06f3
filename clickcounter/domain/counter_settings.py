"""What may be said of a counter: read from its row, checked, and written back."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.domain.rights import ANYONE, LISTED, PRESSES, VISIBILITIES
from clickcounter.errors import Refused

COLOURS = ("", "amber", "rose", "violet", "blue", "teal", "green")  # the first is the sun's own
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 500
MOST_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class CounterSettings:
    """What people said of a counter. `revision` is the one that changed it last.

    `lower` and `upper` bind the clicks of the current round, `goal` binds nothing; warnings are due at `warn_at` percent of
    the way to `upper`, or to `goal` where there is no upper limit. Days begin at the hour `day_start` of the viewer's clock.
    Pages show who pressed last where it `tells_who`. Who may look on and press is in domain/rights.py.
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


def settings_from_row(row: Any) -> CounterSettings:
    """From a row of the table; None for `archived_at` is a counter in use."""
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
        bool(row.tells_who),
        row.visibility,
        row.press,
    )


def settings_columns(about: CounterSettings, revision: int) -> dict[str, Any]:
    """The same as values of the table's columns, changed by the commit of this revision."""
    return {
        "name": about.name,
        "description": about.description,
        "colour": about.colour,
        "step": about.step,
        "lower": about.lower,
        "upper": about.upper,
        "goal": about.goal,
        "warn_at": ",".join(map(str, about.warn_at)),
        "archived_at": about.archived_at,
        "about_revision": revision,
        "day_start": about.day_start,
        "tells_who": about.tells_who,
        "search": fold(about.name),
        "visibility": about.visibility,
        "press": about.press,
    }


def fold(text: str) -> str:
    """A text as it is looked for: letters alike in all their forms."""
    return unicodedata.normalize("NFKC", text).casefold()[:800]


def check_settings(about: CounterSettings, *, named: bool) -> None:
    """Raises Refused, which says what is wrong: about_ and name, description, colour, access, day or numbers.

    Where nobody is giving a name it may be missing, as the default counter's is at first.
    """
    visible = any(char.isprintable() and not char.isspace() for char in about.name)
    if (named and not visible) or len(about.name) > LONGEST_NAME:
        raise Refused("about_name")
    if len(about.description) > LONGEST_DESCRIPTION:
        raise Refused("about_description")
    if about.colour not in COLOURS:
        raise Refused("about_colour")
    if about.visibility not in VISIBILITIES or about.press not in PRESSES:
        raise Refused("about_access")
    if not 0 <= about.day_start <= 23:
        raise Refused("about_day")
    numbers = [n for n in (about.lower, about.upper, about.goal) if n is not None]
    if not 1 <= about.step <= MAX_AMOUNT or any(abs(n) > MAX_VALUE for n in numbers):
        raise Refused("about_numbers")
    if about.lower is not None and about.upper is not None and about.lower >= about.upper:
        raise Refused("about_numbers")
    if len(about.warn_at) > MOST_WARNINGS or any(not 1 <= percent <= 100 for percent in about.warn_at):
        raise Refused("about_numbers")
