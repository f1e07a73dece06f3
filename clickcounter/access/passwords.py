"""Hash and verify passwords with Argon2id, in a thread of their own, so that many tries never hold up the event loop."""

from functools import partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clickcounter.pools import PASSWORDS

MEMORY_KIB, PASSES, THREADS = 19_456, 2, 1  # the minimum that OWASP recommends
UNKNOWN_HASH = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={THREADS}${'A' * 22}${'A' * 43}"  # matches no password

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=THREADS)


async def hashed(password: str, salt: bytes | None = None) -> str:
    """The hash to store of a password, with a random salt unless one is given. Raises Later if too many are waiting."""
    return await PASSWORDS.run(partial(_hasher.hash, salt=salt), password)


async def matches(password: str, stored: str | None) -> bool:
    """Whether the password has this hash. Without a hash: False, after the same time. Raises Later if too many wait."""
    return await PASSWORDS.run(_verify, password, stored or UNKNOWN_HASH)


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
