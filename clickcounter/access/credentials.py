"""Validate and normalize the names and passwords that people type."""

import re
import unicodedata
from collections.abc import Callable

from clickcounter.domain.visible_text import JOINERS, is_invisible, mixes_alphabets
from clickcounter.errors import Refused

LONGEST_NAME = 40  # characters
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128  # characters; of a new one, entry/password_rules.py asks more
LONGEST_TYPED = 4 * LONGEST_PASSWORD  # before normalization, which may lengthen or shorten it

_INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_BIDI_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")  # a name must not reorder the text around it


def read_name(value: object) -> str:
    """A new name as displayed: one line, NFC, nothing invisible, one alphabet in each word. Raises Refused."""
    name = read_typed_name(value)
    if any(is_invisible(char) and char not in JOINERS for char in name) or mixes_alphabets(name):
        raise Refused("account_name_letters")
    return name


def read_typed_name(value: object) -> str:
    """A name as typed to sign in; older accounts may have one that read_name refuses. Raises Refused."""
    if not isinstance(value, str) or len(value) > LONGEST_TYPED:
        raise Refused("account_name")
    name = unicodedata.normalize("NFC", " ".join(value.split()))
    bad = any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in name) or _BIDI_CONTROLS.search(name)
    if bad or not 1 <= len(name) <= LONGEST_NAME or not fold(name):
        raise Refused("account_name")
    return name


def fold(name: str) -> str:
    """The name as compared: NFKC, case-folded, without invisible characters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", folded))[: 4 * LONGEST_NAME]


def read_password(value: object) -> str:
    """The password in the form that is hashed: NFKC, so that every keyboard produces the same one. Raises Refused."""
    if not isinstance(value, str) or len(value) > LONGEST_TYPED:
        raise Refused("password_length")
    password = unicodedata.normalize("NFKC", value)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or _has_surrogate(password):
        raise Refused("password_length")
    return password


def read_or_empty(read: Callable[[object], str], value: object) -> str:
    """The value in its stored form; "" if it is invalid, which matches nobody."""
    try:
        return read(value)
    except Refused:
        return ""


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
