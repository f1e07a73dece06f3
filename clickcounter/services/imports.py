"""A file of clicks that somebody imports.

It is checked in a process of its own and written in slices, between which presses are saved. It goes on to its end even if
the browser has left.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError

from clickcounter.access import authorization, rate_limits
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import ClickCounterError, Later, Refused
from clickcounter.live.pipeline import DEFAULT_COUNTER, running
from clickcounter.pools import LONG
from clickcounter.services import publishing
from clickcounter.transfer import import_process, importer
from clickcounter.transfer.import_survey import Survey, check_counter
from clickcounter.transfer.importer import Import, ImportResult, Say, Slice

Charge = Callable[[int], None]  # counts bytes; raises TooMany, Refused


async def admit(who: Caller, address: str, counter: str | None) -> Charge:
    """Decide before a file is read what can be decided: who imports it, and whether they may import it into this counter.

    Returns what counts the bytes of the file. Raises Refused, NotDone and Later.
    """
    if counter is not None:
        check_counter(counter)
    signed_in = await running().read(lambda engine: _is_admitted(engine, who, counter))
    if signed_in:
        return lambda count: None
    return lambda count: rate_limits.current().import_bytes(who.scope(address), address, count)


def _is_admitted(engine: Engine, who: Caller, counter: str | None) -> bool:
    """Whether the caller is signed in. Raises Refused, NotDone."""
    with read_only(engine).begin() as connection:
        sessions = {who.session} if who.session else set()
        signed_in = bool(authorization.signed_in_users(connection, sessions, now_ms()))
    if not signed_in and who.device is None:
        raise Refused("import_who")
    if counter is not None:
        Survey(who).look_at_table(engine, counter)
    return signed_in


async def import_file(
    who: Caller, address: str, file: BinaryIO, counter: str | None, zone: ZoneInfo, say: Say
) -> ImportResult:
    """Import an open file, a table's clicks into `counter`. `say` is called in other threads.

    Raises NotDone, Refused, TooMany and Later; except for CutOff, nothing was changed then. What `who` may do is decided
    inside each transaction.
    """
    into = DEFAULT_COUNTER if counter is None else counter
    with contextlib.ExitStack() as stack:
        pieces = await LONG.run(stack.enter_context, import_process.reading(file, into, zone), go_on=True)
        importing = Import(pieces, into, who, say)
        try:
            while await LONG.run(importing.check, go_on=True):
                pass
            limits = rate_limits.current()
            new_counters = await running().read(lambda engine: importing.survey(engine, limits.counters_per_hour))
            if new_counters:
                limits.imported_counters(who.scope(address), address, new_counters)
            await _write(importing)
        except (ClickCounterError, IntegrityError, DataError) as error:
            raise importing.failure(error) from None
        finally:
            publishing.reread()
    return importing.result


async def _write(importing: Import) -> None:
    while (part := await LONG.run(importing.next_slice, go_on=True)) is not None:
        began = time.monotonic()
        importing.wrote(part, await _commit(part))
        await asyncio.sleep(importer.rest_after(time.monotonic() - began))
        with contextlib.suppress(Later):  # the next slice will do
            await running().read(importing.checkpoint, LONG)


async def _commit(part: Slice) -> int:
    began = time.monotonic()
    while True:
        running()  # raises Later if the server is stopping: then nothing is tried again
        try:
            return await publishing.with_ledger(lambda ledger: ledger.transact(part.work))
        except Later as later:
            await asyncio.sleep(importer.pause_after(later, began))
