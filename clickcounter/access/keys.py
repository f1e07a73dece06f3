"""API keys: how programs say who they are.

A key is shown once, when it is made; the database holds its SHA-256. It is random enough that a plain hash is safe. Nothing
is cached: a key that was revoked, has expired or whose maker lost the right to it stops with the next transaction.
"""

import hashlib
import re
import secrets
import string
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from clickcounter.access.sessions import User
from clickcounter.database.compiled_sqlite import execute, parts
from clickcounter.database.tables import ACCOUNTS, API_KEYS
from clickcounter.domain.clicks import Caller
from clickcounter.errors import Refused

READ, PRESS, MANAGE = "read", "press", "manage"
SCOPES = (READ, PRESS, MANAGE)  # each allows what those before it allow
USES_EVERY = 60_000  # ms; that a key was used is written no more often

_ALPHABET = string.ascii_letters + string.digits
_RANDOM = 32  # characters: 190 bits
_TEXT = re.compile(rf"cc_[{''.join(scope[0] for scope in SCOPES)}]_[A-Za-z0-9]{{{_RANDOM}}}", re.ASCII)

_k = API_KEYS.c
_maker_counts = or_(_k.account_id.is_(None), and_(ACCOUNTS.c.blocked_at.is_(None), ACCOUNTS.c.deleted_at.is_(None)))
READ_KEYS = (
    select(
        _k.secret_sha256,
        _k.scope,
        _k.counter_id,
        _k.account_id,
        _k.device_id,
        _k.in_address,
        _k.used_at,
        ACCOUNTS.c.name,
        ACCOUNTS.c.superuser,
    )
    .select_from(API_KEYS.outerjoin(ACCOUNTS, ACCOUNTS.c.id == _k.account_id))
    .where(
        _k.secret_sha256.in_(bindparam("keys", expanding=True)),
        _k.revoked_at.is_(None),
        or_(_k.expires_at.is_(None), _k.expires_at > bindparam("now")),
        _maker_counts,
    )
)
_uses: dict[str, int] = {}  # when valid keys were used, by hash, until `take_uses`


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is not revoked and has not expired. It is for one counter, or for all that its maker's account reaches."""

    scope: str
    counter: int | None
    maker: User | None  # an account that is not blocked
    device: int | None  # the browser that made it, if no account did; with neither maker nor device, the terminal made it
    in_address: bool

    def allows(self, scope: str) -> bool:
        """Whether its own scope includes this one."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


def new_text(scope: str, seed: str = "") -> str:
    """A new key's text, such as `cc_p_…`, with its scope's letter. The same secret seed gives the same text."""
    if not seed:
        return f"cc_{scope[0]}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    number, digits = int.from_bytes(hashlib.sha512(seed.encode()).digest()), []
    for _ in range(_RANDOM):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return f"cc_{scope[0]}_" + "".join(digits)


def sha256_of(text: str) -> str:
    """The hash of a key's text, as stored. Raises Refused if no key looks like that."""
    if _TEXT.fullmatch(text) is None:
        raise Refused("key_invalid")
    return hashlib.sha256(text.encode()).hexdigest()


def device_of(key_sha256: str) -> str:
    """The hash of the secret of the key's own device, which its presses belong to. Nobody knows the secret."""
    return hashlib.sha256(f"device of {key_sha256}".encode()).hexdigest()


def caller_with(text: str) -> Caller:
    """The caller who sent this key; whether it is valid is decided in each transaction. Raises Refused."""
    key = sha256_of(text)
    return Caller(None, device_of(key), key)


def valid_keys(connection: Connection, keys: set[str], now: int, *, in_use: bool = True) -> dict[str, Key]:
    """Those of these keys that are valid, by their hash. `in_use` if programs sent them, which their owners are shown.

    What a key may then do: access/grants.py.
    """
    found: dict[str, Key] = {}
    for some in parts(sorted(keys)) if keys else ():
        for row in execute(connection, READ_KEYS, {"keys": some, "now": now}):
            maker = None if row.account_id is None else User(row.account_id, row.name, bool(row.superuser))
            found[row.secret_sha256] = Key(row.scope, row.counter_id, maker, row.device_id, bool(row.in_address))
            if in_use and (row.used_at is None or now - row.used_at >= USES_EVERY):
                _uses[row.secret_sha256] = now
    return found


def take_uses() -> dict[str, int]:
    """When keys were used whose last use is to be written."""
    taken = {}
    while _uses:
        key, at = _uses.popitem()
        taken[key] = at
    return taken


def write_uses(connection: Connection, uses: dict[str, int]) -> None:
    """Write when these keys were used, unless another process has just done so."""
    for key, at in sorted(uses.items()):
        due = or_(_k.used_at.is_(None), _k.used_at <= at - USES_EVERY)
        connection.execute(update(API_KEYS).where(_k.secret_sha256 == key, due).values(used_at=at))
