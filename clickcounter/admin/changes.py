"""What superusers change in `/admin/`: the same functions as the pages', so the ledger holds and open tabs follow.

Who asks goes along into each transaction, which looks once more whether they may.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from clickcounter.access import administration
from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.pages import id_of
from clickcounter.database import tables
from clickcounter.domain.clicks import Caller, Snapshot, now_ms
from clickcounter.errors import Refused
from clickcounter.ledger import counters as ledger_counters
from clickcounter.live.pipeline import running
from clickcounter.services import counters
from clickcounter.services.changes import commit
from clickcounter.services.forms import read_label
from clickcounter.socket import rooms

WHOLE = re.compile(r"[-+\u2212]?[0-9]{1,16}")
SPACES = re.compile(r"[\s\u00a0\u202f]")


def _asker(visit: Visit) -> Caller:
    """A superuser here is a device of its own in the ledger. No browser's secret has this hash: it is of another form."""
    return Caller(visit.session, hashlib.sha256(f"/admin/ of account {visit.who.account_id}".encode()).hexdigest())


def _slug(visit: Visit) -> str:
    return visit.part("slug")


def _counter(visit: Visit) -> str:
    return f"/admin/counters/{quote(_slug(visit), safe='')}"


def _number(visit: Visit, name: str) -> int:
    """A whole number as people type it. Raises Refused."""
    typed = SPACES.sub("", visit.form.get(name, "")[:100])
    if not WHOLE.fullmatch(typed):
        raise Refused("whole_number")
    return int(typed.replace("\u2212", "-"))


async def rename_counter(visit: Visit) -> str:
    """Another name."""
    await counters.update_settings(_asker(visit), _slug(visit), {"name": visit.form.get("name", "")})
    return _counter(visit)


async def set_access(visit: Visit) -> str:
    """Who sees it, and who presses."""
    fields = {name: visit.form[name] for name in ("visibility", "press") if name in visit.form}
    await counters.update_settings(_asker(visit), _slug(visit), fields)
    return _counter(visit)


async def archive(visit: Visit) -> str:
    """Out of use."""
    await counters.archive(_asker(visit), _slug(visit), True)
    return _counter(visit)


async def restore(visit: Visit) -> str:
    """Back into use."""
    await counters.archive(_asker(visit), _slug(visit), False)
    return _counter(visit)


async def reset(visit: Visit) -> str:
    """A new round in place of the one that the form showed."""
    if not (await counters.reset(_asker(visit), _slug(visit), _number(visit, "round")))["closed"]:
        raise Refused("round_over")
    return _counter(visit)


async def correct(visit: Visit) -> str:
    """The true number, with a reason."""
    value, round_id = _number(visit, "value"), _number(visit, "round")
    await counters.correct(_asker(visit), _slug(visit), round_id, visit.form.get("key"), value, visit.form.get("reason", ""))
    return _counter(visit)


async def delete_counter(visit: Visit) -> str:
    """Away for good; its name was typed."""
    await counters.delete(_asker(visit), _slug(visit), visit.form.get("name", ""))
    return "/admin/"


def of_account(change: Callable[..., Any], *more: Any) -> Callable[[Visit], Any]:
    """A change of administration.py to the account that the address names, with what else it takes."""

    async def do(visit: Visit) -> str:
        account_id = id_of(visit, "no_account")
        given = (visit.form.get("name", ""),) if change in NAMED else more
        try:
            ended = await commit(lambda c: change(c, visit.session, account_id, *given, now_ms()))
        except IntegrityError:  # somebody else took the name in the same moment
            raise Refused("account_taken") from None
        _part(ended or [])
        await _tell(tables.COUNTERS.c.last_account, account_id)
        return "/admin/accounts" if change is administration.delete_account else f"/admin/accounts/{account_id}"

    return do


NAMED = (administration.rename, administration.delete_account)


async def end_session(visit: Visit) -> str:
    """Signed out there."""
    session_id = queries.parse_id(visit.part("id")) or 0
    _part(await commit(lambda c: administration.end_session(c, visit.session, session_id, now_ms())))
    return "/admin/sessions"


async def label_device(visit: Visit) -> str:
    """Another label."""
    device_id, label = id_of(visit, "no_device"), read_label(visit.form.get("label", ""))
    await running().read(lambda engine: queries.device(engine, device_id))

    def work(connection: Connection) -> None:
        administration.require_superuser(connection, visit.session, now_ms())
        ledger_counters.label_device(connection, device_id, label)

    await commit(work)
    await _tell(tables.COUNTERS.c.last_by, device_id)
    return f"/admin/devices/{device_id}"


def _part(ended: list[str]) -> None:
    """These sessions are nobody's any more: their open tabs learn it, and leave what is not for everybody."""
    rooms.current().sign_out(ended)
    running().reread_now()


async def _tell(column: Any, value: int) -> None:
    """Counters that name somebody who has another name now, so that open tabs follow."""

    def work(connection: Connection) -> list[Snapshot]:
        slugs = queries.counters_shown_by(connection, column, value)
        return [ledger_counters.touch(connection, ledger_counters.lock(connection, slug)) for slug in slugs]

    for snapshot in await commit(work):
        running().publish(snapshot)
