"""Checks of single values that anybody can send, shared by sockets, dialogs and HTTP."""

import hashlib
import re
from typing import TypeGuard

from clickcounter.domain.numbers import MOST_PARTS
from clickcounter.errors import CounterNotFound, Malformed
from clickcounter.history.entries import AnyCursor
from clickcounter.history.group_entries import Position

_is_hex_32 = re.compile(r"[0-9a-f]{32}", re.ASCII).fullmatch
_SURROGATE = re.compile("[\ud800-\udfff]")
_BIG = 2**53


def slug_of(counter: object) -> str:
    """A counter's shared token. Raises CounterNotFound."""
    if not is_clean_text(counter, 64):
        raise CounterNotFound
    return counter


def secret_sha256(device: object) -> str:
    """The SHA-256 of a device's secret; the secret itself is not kept. Raises Malformed."""
    if not is_hex(device):
        raise Malformed("device must be 32 hexadecimal digits")
    return hashlib.sha256(device.encode()).hexdigest()


def is_hex(value: object) -> TypeGuard[str]:
    """32 hexadecimal digits: a key, or a device's secret."""
    return isinstance(value, str) and _is_hex_32(value) is not None


def is_whole(value: object) -> TypeGuard[int]:
    """A whole number that a browser holds exactly."""
    return type(value) is int and -_BIG < value < _BIG


def is_clean_text(value: object, longest: int) -> TypeGuard[str]:
    """A string that a database can hold: not empty, not too long, no NUL, no lone surrogate."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        return False
    return value.isascii() or _SURROGATE.search(value) is None


def number_of(value: object) -> int | None:
    """A round, a device, a person or a moment; None stands for all. Raises Malformed."""
    if value is not None and not is_whole(value):
        raise Malformed("a round, a device, a person and a moment are numbers, or null")
    return value


def cursor_of(after: object) -> tuple[int, int, int] | None:
    """Where a page or a slice of the ledger ended; None begins with the first. Raises Malformed."""
    if after is None:
        return None
    if not isinstance(after, list) or len(after) != 3 or not all(map(is_whole, after)):
        raise Malformed("after must be the cursor of a page, or null")
    return after[0], after[1], after[2]


def page_cursor_of(after: object) -> AnyCursor | None:
    """The same, or where a page of a group's entries ended: a position for each of its counters. Raises Malformed."""
    if not isinstance(after, list) or not after or not isinstance(after[0], list):
        return cursor_of(after)
    if len(after) > MOST_PARTS or not all(map(_is_position, after)):
        raise Malformed("after must be the cursor of a page, or null")
    return tuple(Position(*numbers) for numbers in after)


def _is_position(numbers: object) -> bool:
    return isinstance(numbers, list) and len(numbers) == len(Position._fields) and all(map(is_whole, numbers))
