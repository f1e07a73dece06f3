"""Passkeys (WebAuthn): keys that a device keeps, and with which it signs in after it has recognised its person.

A passkey is for one host name, its RP ID: that of the page that asked for it, which web/origins.py has accepted as one of
ours. Each ceremony begins with a challenge, which is stored by its SHA-256, works once, for five minutes, and only for a
page of the same origin. py_webauthn checks the cryptography.
"""

import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from clickcounter.database.tables import PASSKEY_CHALLENGES, PASSKEYS
from clickcounter.errors import Refused

VALID_FOR = 5 * 60 * 1000  # ms
MOST = 20  # of one account
_p, _c = PASSKEYS.c, PASSKEY_CHALLENGES.c


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as it is stored. Ids and keys are base64url."""

    id: int
    account_id: int
    credential_id: str
    public_key: str
    rp_id: str
    sign_count: int
    name: str
    created_at: int
    used_at: int | None


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a device has proved to have."""

    credential_id: str
    public_key: str
    rp_id: str
    sign_count: int


def rp_id_of(origin: str) -> str:
    """The host name for which a page may ask for passkeys. Raises Refused for an address in numbers, which has none."""
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        host = ""
    if not host or ":" in host or host.replace(".", "").isdigit():
        raise Refused("passkey_host")
    return host


def handle_of(account_id: int, created_at: int) -> bytes:
    """What a device knows the account by: always the same, and it says nothing about the person."""
    return hashlib.sha256(f"clickcounter account {account_id} of {created_at}".encode()).digest()


def new_challenge(connection: Connection, challenge: bytes, origin: str, account_id: int | None, now: int) -> None:
    """Store a challenge for a page of this origin; for an account's new passkey, or with None to sign in."""
    connection.execute(delete(PASSKEY_CHALLENGES).where(_c.expires_at <= now))
    row = {"challenge_sha256": _sha256(challenge), "origin": origin, "account_id": account_id, "expires_at": now + VALID_FOR}
    connection.execute(insert(PASSKEY_CHALLENGES), row)


def use_challenge(connection: Connection, challenge: bytes, origin: str, account_id: int | None, now: int) -> None:
    """Use a challenge up. Raises Refused."""
    of_account = _c.account_id.is_(None) if account_id is None else _c.account_id == account_id
    stored = (_c.challenge_sha256 == _sha256(challenge), _c.origin == origin, of_account, _c.expires_at > now)
    if not connection.execute(delete(PASSKEY_CHALLENGES).where(*stored)).rowcount:
        raise Refused("passkey_late")


def of_account(connection: Connection, account_id: int) -> list[Passkey]:
    """An account's passkeys, the newest first."""
    rows = connection.execute(select(PASSKEYS).where(_p.account_id == account_id).order_by(_p.id.desc()).limit(MOST))
    return [_passkey(row) for row in rows.mappings()]


def with_id(connection: Connection, credential_id: str) -> Passkey | None:
    """The passkey with this id."""
    found = select(PASSKEYS).where(_p.credential_sha256 == _sha256(credential_id.encode()))
    row = connection.execute(found).mappings().first()
    return _passkey(row) if row else None


def add(connection: Connection, account_id: int, new: NewPasskey, name: str, now: int) -> None:
    """Add a passkey. Raises Refused where the account has enough, or where some account has this one."""
    count = select(func.count()).select_from(PASSKEYS).where(_p.account_id == account_id)
    if connection.execute(count).scalar_one() >= MOST:
        raise Refused("passkey_many")
    if with_id(connection, new.credential_id) is not None:
        raise Refused("passkey_known")
    row = {"account_id": account_id, "credential_sha256": _sha256(new.credential_id.encode()), "name": name}
    row |= {"credential_id": new.credential_id, "public_key": new.public_key, "rp_id": new.rp_id}
    connection.execute(insert(PASSKEYS), row | {"sign_count": new.sign_count, "created_at": now})


def count_use(connection: Connection, passkey: Passkey, sign_count: int, now: int) -> None:
    """Store the device's counter, which only rises, or stays 0 where there is none. Raises Refused: it may be a copy."""
    rises = _p.sign_count < sign_count if sign_count else _p.sign_count == 0
    using = update(PASSKEYS).where(_p.id == passkey.id, rises).values(sign_count=sign_count, used_at=now)
    if not connection.execute(using).rowcount:
        raise Refused("passkey_wrong")


def remove(connection: Connection, account_id: int, passkey_id: int) -> None:
    """Remove one of an account's passkeys; one that is gone stays so."""
    connection.execute(delete(PASSKEYS).where(_p.id == passkey_id, _p.account_id == account_id))


def remove_all(connection: Connection, account_id: int) -> None:
    """Remove all of an account's passkeys."""
    connection.execute(delete(PASSKEY_CHALLENGES).where(_c.account_id == account_id))
    connection.execute(delete(PASSKEYS).where(_p.account_id == account_id))


def random_challenge() -> bytes:
    """A new challenge."""
    return secrets.token_bytes(32)


def _passkey(row: RowMapping) -> Passkey:
    return Passkey(**{name: row[name] for name in Passkey.__slots__})


def _sha256(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
