"""What may be said of a counter: read from its row, checked, and written back."""

import unicodedata
from typing import Any

from clickcounter.domain.clicks import About
from clickcounter.domain.rights import PRESSES, VISIBILITIES
from clickcounter.domain.rules import MAX_AMOUNT, MAX_VALUE
from clickcounter.errors import Refused

COLOURS = ("", "amber", "rose", "violet", "blue", "teal", "green")  # the first is the sun's own
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 500
MOST_WARNINGS = 5


def about_of(row: Any) -> About:
    """From a row of the table; None for `archived_at` is a counter in use."""
    return About(
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


def columns(about: About, revision: int) -> dict[str, Any]:
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
        "search": folded(about.name),
        "visibility": about.visibility,
        "press": about.press,
    }


def folded(text: str) -> str:
    """A text as it is looked for: letters alike in all their forms."""
    return unicodedata.normalize("NFKC", text).casefold()[:800]


def check(about: About, *, named: bool) -> None:
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
