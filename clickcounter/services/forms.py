"""What dialogs send, read strictly, because anyone can send anything.

Each field is checked alone here; domain/counter_settings.py decides whether the fields go together.
"""

from collections.abc import Mapping
from typing import Any

from clickcounter.domain.counter_settings import LONGEST_DESCRIPTION, LONGEST_NAME
from clickcounter.domain.schedule import read_schedule
from clickcounter.domain.visible_text import without_invisible
from clickcounter.errors import Malformed, Refused
from clickcounter.services.validation import is_clean_text, is_hex, is_whole

LONGEST_LABEL = 40  # characters
LONGEST_REASON = 200  # characters
MOST_PERCENTS = 20  # that are looked at; domain/counter_settings.py allows fewer


def read_fields(fields: object) -> dict[str, Any]:
    """Some of a counter's settings. Raises Malformed, Refused."""
    if not isinstance(fields, Mapping) or not fields:
        raise Malformed("fields must be an object")
    if unknown := fields.keys() - READERS.keys():
        raise Malformed(f"there are no such fields: {sorted(map(str, unknown))[:5]}")
    return {name: READERS[name](value) for name, value in fields.items()}


def read_opening(fields: object) -> tuple[int, object]:
    """The amount with which a new counter opens, 0 without one, and its other fields. Raises Refused."""
    if not isinstance(fields, Mapping) or "opening" not in fields:
        return 0, fields
    return _number_or_none(fields["opening"]) or 0, {name: value for name, value in fields.items() if name != "opening"}


def read_key(key: object) -> str:
    """What a browser names a request that it may send again; "" without one. Raises Malformed."""
    if key is None:
        return ""
    if not is_hex(key):
        raise Malformed("key must be 32 hexadecimal digits")
    return key


def read_label(label: object) -> str:
    """A device's label, which may be empty. Raises Refused."""
    return _line(label, LONGEST_LABEL, "label")


def read_key_name(name: object) -> str:
    """An API key's name. Raises Refused."""
    line = _line(name, LONGEST_LABEL, "key_name")
    if not line:
        raise Refused("key_name")
    return line


def read_reason(reason: object) -> str:
    """Why a number was corrected. Raises Refused."""
    line = _line(reason, LONGEST_REASON, "reason")
    if not line:
        raise Refused("reason")
    return line


def read_note(note: object) -> str:
    """A note's text, or what is noted with a past entry, which may be empty. Raises Refused."""
    return _line(note, LONGEST_REASON, "note_long")


def _line(value: object, longest: int, code: str) -> str:
    """One line of text, with single spaces and none at its ends."""
    if value == "":
        return ""
    if not is_clean_text(value, 4 * longest):
        raise Refused(code)
    line = " ".join(without_invisible(value).split())
    if len(line) > longest:
        raise Refused(code)
    return line


def _text(value: object) -> str:
    if value != "" and not is_clean_text(value, LONGEST_DESCRIPTION):
        raise Refused("about_description")
    return without_invisible(str(value)).strip()


def _number(value: object) -> int:
    if not is_whole(value):
        raise Refused("about_numbers")
    return value


def _number_or_none(value: object) -> int | None:
    return None if value is None else _number(value)


def _percents(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > MOST_PERCENTS:
        raise Refused("about_numbers")
    return tuple(sorted({_number(percent) for percent in value}))


def _choice(value: object) -> str:
    if not isinstance(value, str):
        raise Refused("about_access")
    return value


def _colour(value: object) -> str:
    if not isinstance(value, str):
        raise Refused("about_colour")
    return value


def _hour(value: object) -> int:
    if not is_whole(value):
        raise Refused("about_day")
    return value


def _schedule(value: object) -> str:
    if not isinstance(value, str):
        raise Refused("schedule_wrong")
    if value:
        read_schedule(value)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Malformed("a switch is true or false")
    return value


READERS = {
    "name": lambda value: _line(value, LONGEST_NAME, "about_name"),
    "description": _text,
    "colour": _colour,
    "step": _number,
    "lower": _number_or_none,
    "upper": _number_or_none,
    "goal": _number_or_none,
    "warn_at": _percents,
    "day_start": _hour,
    "tells_who": _flag,
    "visibility": _choice,
    "press": _choice,
    "group": _flag,
    "lets_leave": _flag,
    "schedule": _schedule,
    "lets_add": _flag,
}
