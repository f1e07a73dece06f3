"""The part of a counter's address that comes from its name, whatever alphabet that is written in.

Which of the candidates are taken is for the database to say: a slug is never used again, not even after its counter is gone.
"""

import re
import secrets
from collections.abc import Iterator

from anyascii import anyascii

LONGEST = 64
NAMELESS = "count"  # for a name without a single letter or digit that can be written in ASCII
# They mean something else in an address, now or later; `counter` is the default counter's.
RESERVED = frozenset({"admin", "all", "api", "c", "counter", "counters", "display", "history", "login", "new", "settings"})
_LAST_NUMBER = 9  # past it a random tail: each number is a try at the database
_OTHERS = re.compile(r"[^a-z0-9]+", re.ASCII)


def candidates(name: str) -> Iterator[str]:
    """Slugs for a counter of this name, the nicest first, without end. Each is 1 to 64 of a-z, 0-9 and -."""
    stem = slug_of(name)
    if stem not in RESERVED:
        yield stem
    for number in range(2, _LAST_NUMBER + 1):
        yield _with_tail(stem, str(number))
    while True:
        yield _with_tail(stem, secrets.token_hex(4))


def slug_of(name: str) -> str:
    """The name in lower-case ASCII words; it may be reserved."""
    words = _OTHERS.sub("-", anyascii(name).lower()).strip("-")
    return _cut(words, LONGEST) or NAMELESS


def _with_tail(stem: str, tail: str) -> str:
    return f"{_cut(stem, LONGEST - len(tail) - 1)}-{tail}"


def _cut(words: str, longest: int) -> str:
    """At the end of a word, where there is one in the second half."""
    if len(words) <= longest:
        return words
    end = words.rfind("-", longest // 2, longest + 1)
    return words[: end if end > 0 else longest].strip("-")
