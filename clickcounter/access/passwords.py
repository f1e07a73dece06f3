"""Passwords hashed and compared with Argon2id, in a thread of their own.

One thread: whoever tries many passwords keeps one core busy, never the event loop, and holds 19 MiB, never more. The line in
front of it is bounded.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clickcounter.errors import Later

T = TypeVar("T")

MOST_WAITING = 100
MEMORY, TURNS, LANES = 19_456, 2, 1  # KiB, passes, threads: what OWASP asks for at least
NOBODYS = f"$argon2id$v=19$m={MEMORY},t={TURNS},p={LANES}${'A' * 22}${'A' * 43}"  # no password has this hash

_hasher = PasswordHasher(time_cost=TURNS, memory_cost=MEMORY, parallelism=LANES)
_waiting = 0


async def hashed(password: str) -> str:
    """What is stored of a password. Raises Later when too many wait."""
    return await _in_line(_hasher.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Whether this password has this hash. Without a hash the answer is no, after the same time. Raises Later."""
    return await _in_line(_verify, password, stored or NOBODYS)


def hashed_now(password: str) -> str:
    """The same as `hashed` for the terminal, where nobody else waits."""
    return _hasher.hash(password)


def is_old(stored: str) -> bool:
    """True where a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _verify(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _thread() -> ThreadPoolExecutor:
    """Made when it is first needed, in the process that needs it."""
    return ThreadPoolExecutor(1, "passwords")


async def _in_line(work: Callable[..., T], *arguments: str) -> T:
    global _waiting
    if _waiting >= MOST_WAITING:
        raise Later("too many passwords wait")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_thread(), work, *arguments)
    finally:
        _waiting -= 1
