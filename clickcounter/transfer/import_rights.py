"""Whose presses an import may take back."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection, select

from clickcounter.access import authorization
from clickcounter.database import tables
from clickcounter.database.rows import CounterRow
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import CounterNotFound
from clickcounter.transfer.file_format import Device, NumberedClick, UndoLine
from clickcounter.transfer.import_errors import BadLine


def require_own(connection: Connection, by: Caller | None, lines: Sequence[UndoLine]) -> None:
    """Only an owner, or the terminal, imports a line that takes back a press which another device made here.

    Lines that are here already do not matter. Raises BadLine. `lines` are ordered by counter.
    """
    if by is None:
        return
    for slug, of_counter in groupby(lines, key=lambda line: line[0]):
        try:
            counter = authorization.read_counter(connection, slug)
        except CounterNotFound:
            continue  # the import creates it
        number = _first_of_others(connection, counter, list(of_counter))
        if number is not None and not authorization.grants(connection, [(counter, by)], now_ms())[0].rights.admit:
            raise BadLine(number, "others")


def may_manage(connection: Connection, by: Caller | None, slug: str) -> bool:
    """Whether there is such a counter, no group, that the caller may manage; None is the terminal."""
    try:
        counter = authorization.read_counter(connection, slug)
    except CounterNotFound:
        return False
    if by is None or counter.is_group:
        return not counter.is_group
    return authorization.grants(connection, [(counter, by)], now_ms())[0].rights.manage


def undos(slug: str, devices: Sequence[Device], clicks: Sequence[NumberedClick]) -> list[UndoLine]:
    """Those of a counter's clicks that take presses back."""
    return [
        (slug, number, click["key"], click["takes_back"], devices[click["device"]][0])
        for number, click in clicks
        if click["takes_back"] is not None
    ]


def _first_of_others(connection: Connection, counter: CounterRow, lines: Sequence[UndoLine]) -> int | None:
    clicks, devices = tables.CLICKS.c, tables.DEVICES.c
    keys = {key for _, _, own, press, _ in lines for key in (own, press)}
    query = select(clicks.key, devices.secret_sha256).join_from(
        tables.CLICKS, tables.DEVICES, devices.id == clicks.device_id
    )
    query = query.where(clicks.counter_id == counter.id, clicks.key.in_(sorted(keys)))
    here = {row.key: row.secret_sha256 for row in connection.execute(query)}
    others = (line[1] for line in lines if line[2] not in here and here.get(line[3], line[4]) != line[4])
    return next(others, None)
