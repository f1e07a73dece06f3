"""Checks of single values that anybody can send, shared by sockets, dialogs and HTTP."""

import hashlib
import re
from typing import TypeGuard

from clickcounter.errors import CounterNotFound, Malformed

_HEX_32 = re.compile(r"[0-9a-f]{32}", re.ASCII)
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
    return isinstance(value, str) and len(value) == 32 and _HEX_32.fullmatch(value) is not None


def is_whole(value: object) -> TypeGuard[int]:
    """A whole number that a browser holds exactly."""
    return type(value) is int and -_BIG < value < _BIG


def is_clean_text(value: object, longest: int) -> TypeGuard[str]:
    """A string that a database can hold: not empty, not too long, no NUL, no lone surrogate."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        return False
    return value.isascii() or _SURROGATE.search(value) is None
