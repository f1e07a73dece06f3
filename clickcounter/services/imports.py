"""Files of clicks that somebody imports, looks at before, or undoes.

A file is checked in a process of its own and written in slices, between which presses are saved; so is an undo. Both
go on to their end even if the browser has left.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError

from clickcounter.access import authorization, rate_limits
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import ClickCounterError, CounterNotFound, Later, Malformed, Refused
from clickcounter.ledger import imports
from clickcounter.ledger.imports import Imported
from clickcounter.ledger.taking_back import Cursor
from clickcounter.live.pipeline import DEFAULT_COUNTER, running
from clickcounter.pools import LONG
from clickcounter.services import publishing
from clickcounter.transfer import import_process, importer
from clickcounter.transfer.import_survey import Survey, check_counter
from clickcounter.transfer.importer import Import, ImportResult
from clickcounter.transfer.progress import Progress, Say
from clickcounter.transfer.table_import import naming

T = TypeVar("T")
Charge = Callable[[int], None]  # counts bytes; raises TooMany, Refused
MOST_ANSWERS, LONGEST_ANSWER = 30, 200
QUIET = 1.0  # seconds without a press

_looking = asyncio.Lock()  # one file at a time is looked at


def is_quiet() -> bool:
    """Whether nobody has pressed for a moment. Raises Later."""
    return time.monotonic() - running().pressed_at > QUIET


async def admit(who: Caller, address: str, counter: str | None) -> Charge:
    """Decide before a file is read what can be decided: who brings it, and whether they may import it into this counter.

    Returns what counts the bytes of the file. Raises Refused, NotDone and Later.
    """
    if counter is not None:
        check_counter(counter)
    if await running().read(lambda engine: _admit(engine, who, counter)):
        return lambda count: None
    return lambda count: rate_limits.current().import_bytes(who.scope(address), address, count)


def answers_of(settings: object) -> dict[str, str]:
    """What somebody chose, from texts such as `dates=dmy`. Raises Malformed."""
    if not isinstance(settings, list) or len(settings) > MOST_ANSWERS:
        raise Malformed(f"at most {MOST_ANSWERS} settings can be chosen")
    found = {}
    for text in settings:
        setting, separator, value = str(text).partition("=")
        if not separator or len(text) > LONGEST_ANSWER:
            raise Malformed("a setting is chosen as SETTING=VALUE")
        found[setting] = value
    return found


def _admit(engine: Engine, who: Caller, counter: str | None) -> bool:
    """Whether an account stands behind the caller: signed in, or the maker of the key. Raises Refused, NotDone."""
    with read_only(engine).begin() as connection:
        known = authorization.identify(connection, [who], now_ms())
        if who.key is not None:
            known.counter(who.key)  # raises Refused if the key is not valid
            signed_in = known.keys[who.key].device is None  # the terminal's may do the same
        else:
            signed_in = known.user(who.session, None) is not None
    if not signed_in and who.device is None:
        raise Refused("import_who")
    if counter is not None:
        Survey(who).look_at_table(engine, counter)
    return signed_in


async def preview(
    who: Caller, file: BinaryIO, counter: str | None, zone: ZoneInfo, answers: Mapping[str, str]
) -> dict[str, Any]:
    """What an open file holds, and which counters here its rows would go to. Raises NotDone, Refused, Later."""
    into = DEFAULT_COUNTER if counter is None else counter
    async with _looking:
        found = await import_process.preview(file, into, zone, answers)
    return await running().read(lambda engine: naming.with_counters(engine, found, into, who), LONG)


async def import_file(
    who: Caller,
    address: str,
    file: BinaryIO,
    counter: str | None,
    zone: ZoneInfo,
    answers: Mapping[str, str],
    file_name: str,
    say: Say,
) -> ImportResult:
    """Import an open file; rows of a table that name no counter go to `counter`. `say` is called in other threads.

    Raises NotDone, Refused, TooMany and Later; except for CutOff, nothing was changed then. What `who` may do is decided
    inside each transaction.
    """
    into = DEFAULT_COUNTER if counter is None else counter
    with contextlib.ExitStack() as stack:
        pieces = await LONG.run(stack.enter_context, import_process.reading(file, into, zone, answers), go_on=True)
        importing = Import(pieces, who, say, file_name)
        try:
            while await LONG.run(importing.check, go_on=True):
                pass
            limits = rate_limits.current()
            new_counters = await running().read(lambda engine: importing.survey(engine, limits.counters_per_hour), LONG)
            if new_counters:
                limits.imported_counters(who.scope(address), address, new_counters)
            await _write(importing)
        except (ClickCounterError, IntegrityError, DataError) as error:
            raise importing.failure(error) from None
        finally:
            publishing.reread()
    return importing.result


async def begin_undo(who: Caller, number: int) -> Imported:
    """Let nothing more be added to an import, and say what there is to undo. Raises Refused, Later.

    Run again, it does the same.
    """
    return await _commit(lambda connection: imports.begin_undo(connection, number, who))


async def undo(who: Caller, number: int, begun: Imported, say: Say) -> Imported:
    """Take back all rows of an import, slice by slice, as open tabs see. Returns what was taken back. Raises Refused, Later.

    Run again after it was cut off, it goes on.
    """
    rows, amount = 0, 0
    try:
        for slug in begun.counters:
            cursor: Cursor | None = None
            while True:
                began = time.monotonic()
                try:
                    part = await _commit(lambda c: imports.undo_slice(c, number, slug, who, cursor))  # noqa: B023
                except CounterNotFound:
                    break  # somebody has just deleted it
                publishing.publish(part.snapshot)
                rows, amount, cursor = rows + part.presses, amount + part.amount, part.next
                if cursor is None:
                    break
                say(Progress(rows, begun.rows))
                await asyncio.sleep(importer.rest_after(time.monotonic() - began))
    finally:
        publishing.reread()
    return Imported(rows, amount, begun.counters)


async def _write(importing: Import) -> None:
    while (part := await LONG.run(importing.next_slice, go_on=True)) is not None:
        began = time.monotonic()
        importing.wrote(part, await _commit(part.work))
        importing.quiet = is_quiet()
        await asyncio.sleep(importer.rest_after(time.monotonic() - began, quiet=importing.quiet))
        with contextlib.suppress(Later):  # the next slice will do
            await running().read(importing.checkpoint, LONG)


async def _commit(work: Callable[[Connection], T]) -> T:
    began = time.monotonic()
    while True:
        running()  # raises Later if the server is stopping: then nothing is tried again
        try:
            return await publishing.with_ledger(lambda ledger: ledger.transact(work))
        except Later as later:
            await asyncio.sleep(importer.pause_after(later, began))
