"""The second factor: codes of an authenticator app, each accepted once, and recovery codes.

A session remembers when a code was given in it; /admin/ asks for one again after a while. Every function works inside the
caller's transaction, and the rows' own conditions decide, so that no code is accepted twice.
"""

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from clickcounter.access.entry import recovery_codes, totp
from clickcounter.database.tables import RECOVERY_CODES, SECOND_FACTORS, SESSIONS
from clickcounter.errors import Refused, SecondFactorNeeded, SecondFactorWrong

LASTS = 12 * 3600 * 1000  # ms until /admin/ asks again
LONGEST_CODE = 100  # characters that are looked at
_f, _r = SECOND_FACTORS.c, RECOVERY_CODES.c


def is_set(connection: Connection, account_id: int) -> bool:
    """Whether the account has a second factor."""
    return connection.execute(select(_f.account_id).where(_f.account_id == account_id)).first() is not None


def codes_left(connection: Connection, account_id: int) -> int:
    """How many recovery codes were not used."""
    left = select(func.count()).select_from(RECOVERY_CODES).where(_r.account_id == account_id, _r.used_at.is_(None))
    return int(connection.execute(left).scalar_one())


def set_up(connection: Connection, account_id: int, secret: str, code: object, codes: list[str], now: int) -> None:
    """Begin to ask for codes of this secret, of which one proves that the app has it. Raises Refused, SecondFactorWrong.

    Asked for again with the same secret and codes, it changes nothing.
    """
    hashes = [str(recovery_codes.read_code(one)) for one in codes]
    known = connection.execute(select(_f.secret).where(_f.account_id == account_id)).scalar()
    if known == secret and _unused(connection, account_id) >= set(hashes):
        return
    if known is not None:
        raise Refused("second_factor_set")
    step = totp.step_of(secret, _typed(code), now)
    if step is None:
        raise SecondFactorWrong()
    row = {"account_id": account_id, "secret": secret, "last_step": step, "created_at": now}
    connection.execute(insert(SECOND_FACTORS), row)
    replace_codes(connection, account_id, codes)


def replace_codes(connection: Connection, account_id: int, codes: list[str]) -> None:
    """Replace all recovery codes."""
    connection.execute(delete(RECOVERY_CODES).where(_r.account_id == account_id))
    rows = [{"account_id": account_id, "code_sha256": recovery_codes.read_code(one)} for one in codes]
    connection.execute(insert(RECOVERY_CODES), rows)


def renew_codes(connection: Connection, account_id: int, code: object, key: str, now: int) -> list[str]:
    """New recovery codes in place of the old ones, for a code; asked for again with the same key, the same ones.

    Raises Refused, SecondFactorNeeded, SecondFactorWrong.
    """
    secret = connection.execute(select(_f.secret).where(_f.account_id == account_id)).scalar()
    if secret is None:
        raise Refused("second_factor_off")
    codes = recovery_codes.new_codes(secret, key)
    if not _unused(connection, account_id) >= {str(recovery_codes.read_code(one)) for one in codes}:
        require(connection, account_id, code, now)
        replace_codes(connection, account_id, codes)
    return codes


def remove(connection: Connection, account_id: int) -> None:
    """Ask for no more codes."""
    connection.execute(delete(RECOVERY_CODES).where(_r.account_id == account_id))
    connection.execute(delete(SECOND_FACTORS).where(_f.account_id == account_id))


def require(connection: Connection, account_id: int, code: object, now: int) -> bool:
    """Use up a code if the account has a second factor; whether it has. Raises SecondFactorNeeded, SecondFactorWrong."""
    secret = connection.execute(select(_f.secret).where(_f.account_id == account_id)).scalar()
    if secret is None:
        return False
    typed = _typed(code)
    if not typed:
        raise SecondFactorNeeded()
    step = totp.step_of(secret, typed, now)
    if step is None:
        _use_recovery_code(connection, account_id, typed, now)
        return True
    using = update(SECOND_FACTORS).where(_f.account_id == account_id, _f.last_step < step).values(last_step=step)
    if not connection.execute(using).rowcount:
        raise SecondFactorWrong("second_factor_used")
    return True


def remember(connection: Connection, session: str | None, now: int) -> None:
    """A code was given in this session."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.token_sha256 == session).values(factor_at=now))


def is_fresh(connection: Connection, session: str | None, now: int) -> bool:
    """Whether a code was given in this session not long ago."""
    recent = exists().where(SESSIONS.c.token_sha256 == session, SESSIONS.c.factor_at > now - LASTS)
    return bool(connection.execute(select(recent)).scalar())


def _use_recovery_code(connection: Connection, account_id: int, typed: str, now: int) -> None:
    unused = (_r.account_id == account_id, _r.code_sha256 == recovery_codes.read_code(typed), _r.used_at.is_(None))
    if not connection.execute(update(RECOVERY_CODES).where(*unused).values(used_at=now)).rowcount:
        raise SecondFactorWrong()


def _unused(connection: Connection, account_id: int) -> set[str]:
    unused = select(_r.code_sha256).where(_r.account_id == account_id, _r.used_at.is_(None))
    return set(connection.execute(unused).scalars())


def _typed(code: object) -> str:
    """A code without the spaces that apps show in it."""
    typed = "".join(code[:LONGEST_CODE].split()) if isinstance(code, str) else ""
    return typed if typed.isascii() else "?"  # which no code is
