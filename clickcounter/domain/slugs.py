"""Slugs: the part of a counter's address that is made from its name, in any alphabet.

The database decides which candidates are taken: a slug is never reused, not even after its counter is deleted.
"""

import re
import secrets
from collections.abc import Iterator

from anyascii import anyascii

LONGEST = 64
DEFAULT_COUNTER = "counter"
NAMELESS = "count"  # for a name without a letter or digit that has an ASCII form
# These mean something else in an address, now or in the future; `counter` belongs to the default counter.
RESERVED = frozenset({"admin", "all", "api", "c", "counter", "counters", "display", "history", "login", "new", "settings"})
_LAST_NUMBER = 9  # then random suffixes: each number costs one attempt to insert
_SEPARATORS = re.compile(r"[^a-z0-9]+", re.ASCII)


def candidates(name: str) -> Iterator[str]:
    """Slugs for a counter of this name, the nicest first, without end. Each is 1 to 64 characters of a-z, 0-9 and -."""
    stem = slug_of(name)
    if stem not in RESERVED:
        yield stem
    for number in range(2, _LAST_NUMBER + 1):
        yield _with_suffix(stem, str(number))
    while True:
        yield _with_suffix(stem, secrets.token_hex(4))


def slug_of(name: str) -> str:
    """The name as lower-case ASCII words joined by hyphens. It may be reserved."""
    words = _SEPARATORS.sub("-", anyascii(name).lower()).strip("-")
    return _cut(words, LONGEST) or NAMELESS


def _with_suffix(stem: str, suffix: str) -> str:
    return f"{_cut(stem, LONGEST - len(suffix) - 1)}-{suffix}"


def _cut(words: str, longest: int) -> str:
    """Shorten to `longest` characters, at the end of a word if one ends in the second half."""
    if len(words) <= longest:
        return words
    end = words.rfind("-", longest // 2, longest + 1)
    return words[: end if end > 0 else longest].strip("-")
