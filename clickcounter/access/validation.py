"""Names and passwords as people type them, brought into one form and checked."""

import re
import unicodedata
from typing import Any

from clickcounter.errors import Refused

LONGEST_NAME = 40  # characters
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128  # characters
LONGEST_TYPED = 4 * LONGEST_PASSWORD  # before it is brought into one form, which may be longer or shorter

_UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_TURNS_AROUND = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")  # a name must not rearrange what is around it


def read_name(value: Any) -> str:
    """A name as it is shown: one line. Raises Refused."""
    if not isinstance(value, str) or len(value) > LONGEST_TYPED:
        raise Refused("account_name")
    name = unicodedata.normalize("NFC", " ".join(value.split()))
    bad = any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in name) or _TURNS_AROUND.search(name)
    if bad or not 1 <= len(name) <= LONGEST_NAME or not fold(name):
        raise Refused("account_name")
    return name


def fold(name: str) -> str:
    """A name as it is compared: letters alike in all their forms, and without what cannot be seen."""
    once = unicodedata.normalize("NFKC", name).casefold()
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", once))[: 4 * LONGEST_NAME]


def read_password(value: Any) -> str:
    """A password in the form in which it is hashed, so that every keyboard types the same one. Raises Refused."""
    if not isinstance(value, str) or len(value) > LONGEST_TYPED:
        raise Refused("password_length")
    password = unicodedata.normalize("NFKC", value)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or _cannot_be_encoded(password):
        raise Refused("password_length")
    return password


def _cannot_be_encoded(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
