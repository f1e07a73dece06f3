"""Hash and verify passwords with Argon2id, in a thread of their own.

A single thread: an attacker who tries many passwords keeps one core busy, never the event loop, and uses 19 MiB, never more.
Its queue is bounded.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clickcounter.errors import Later

T = TypeVar("T")

MOST_WAITING = 100
MEMORY_KIB, PASSES, THREADS = 19_456, 2, 1  # the minimum that OWASP recommends
UNKNOWN_HASH = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={THREADS}${'A' * 22}${'A' * 43}"  # matches no password

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=THREADS)
_waiting = 0


async def hashed(password: str, salt: bytes | None = None) -> str:
    """The hash to store of a password, with a random salt unless one is given. Raises Later if the queue is full."""
    return await _queue(partial(_hasher.hash, salt=salt), password)


async def matches(password: str, stored: str | None) -> bool:
    """Whether the password has this hash. Without a hash: False, after the same time. Raises Later if the queue is full."""
    return await _queue(_verify, password, stored or UNKNOWN_HASH)


def hashed_now(password: str) -> str:
    """Like `hashed`, but at once and in the calling thread, for the terminal."""
    return _hasher.hash(password)


def is_old(stored: str) -> bool:
    """Whether a hash was computed with other parameters than the current ones."""
    return _hasher.check_needs_rehash(stored)


def _verify(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _thread() -> ThreadPoolExecutor:
    """Created at first use, in the process that uses it."""
    return ThreadPoolExecutor(1, "passwords")


async def _queue(work: Callable[..., T], *arguments: str) -> T:
    global _waiting
    if _waiting >= MOST_WAITING:
        raise Later("too many passwords are waiting to be checked")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_thread(), work, *arguments)
    finally:
        _waiting -= 1
