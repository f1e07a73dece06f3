"""Writes an import in slices, each within a transaction of the ledger: counters, then rounds, then clicks.

After each slice every total is right, and presses go on between them. What is written already is recognized by its slug, id
or key, so that a slice may be written twice, and an import that was cut off goes on when it is started again.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Connection, delete, insert, select, update

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute
from clickcounter.database.rows import CounterRow, LedgerRow
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.counter_settings import CounterSettings, settings_columns, settings_from_row
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.domain.schedule import with_planned_end
from clickcounter.errors import CounterNotFound
from clickcounter.ledger import groups, ownership, rounds
from clickcounter.ledger.counters import lock
from clickcounter.transfer import import_rights, sum_limits
from clickcounter.transfer.file_format import (
    ClickRecord,
    CounterPiece,
    Device,
    NumberedClick,
    PartsPiece,
    RoundRecord,
    RoundsPiece,
    settings_of,
)
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.import_survey import is_untouched, require_numberable, require_same_kind

FROM_CLICK = (  # columns that are as in the file
    "key", "kind", "amount", "pressed_at", "saved_at", "takes_back", "reason", "time_adjusted", "round_unknown", "until",
)  # fmt: skip


class ImportWriter:
    """Writes for `by`, who must manage the counters and becomes the owner of new ones; None is the terminal."""

    def __init__(self, by: Caller | None) -> None:
        self._by = by
        self._now = now_ms()
        self._planned: dict[str, int | None] = {}  # when the rounds of new groups end, by slug

    def write_counter(self, connection: Connection, piece: CounterPiece) -> int:
        """Create the counter with its current round; give one that nobody has pressed the file's settings."""
        slug = piece["record"]["slug"]
        counter = self.lock(connection, slug)
        if counter is not None:
            require_same_kind(slug, counter.is_group, piece["record"]["group"])
        if counter is None:
            self._create(connection, piece)
        elif counter.round_id != piece["current"]["id"] and is_untouched(connection, counter.id):
            self._take_over(connection, counter, piece)
        return 0

    def write_rounds(self, connection: Connection, piece: RoundsPiece) -> int:
        """Add the rounds that are not here: with the file's numbers if they fit, else numbered by when they began."""
        counter = self.need(connection, piece["counter"])
        of_counter = select(tables.ROUNDS.c.id, tables.ROUNDS.c.number).where(tables.ROUNDS.c.counter_id == counter.id)
        ids = [record["id"] for record, _ in piece["rounds"]]
        here = {row.id for row in connection.execute(of_counter.where(tables.ROUNDS.c.id.in_(ids)))}
        new = [(record, device) for record, device in piece["rounds"] if record["id"] not in here]
        if not new:
            return 0
        require_numberable(connection, counter.id, piece, len(new))
        numbers = [record["number"] for record, _ in new]
        fits = counter.round_id == piece["current"] and len(set(numbers)) == len(numbers)
        fits = fits and not connection.execute(of_counter.where(tables.ROUNDS.c.number.in_(numbers))).first()
        devices = self.device_ids(connection, [device for _, device in new if device is not None])
        for index, (record, device) in enumerate(new, 1):
            ended_by = devices[device[0]] if device is not None else None
            number, ended_at = (record["number"], record["ended_at"]) if fits else (-index, record["ended_at"] or self._now)
            total = record["total"] if counter.is_group else 0
            _insert_round(connection, counter.id, record, number, ended_at, ended_by, total)
        if not fits:
            rounds.renumber(connection, counter)
        return 0

    def write_new(
        self, connection: Connection, counter: CounterRow, devices: Sequence[Device], new: Sequence[NumberedClick]
    ) -> None:
        """Write clicks whose keys are not here to a counter that is locked. Raises BadLine if a sum gets too large."""
        require_same_kind(counter.slug, counter.is_group, False)
        import_rights.require_own(connection, self._by, import_rights.undos(counter.slug, devices, new))
        before = read_totals(connection, counter.id, {click["round"] for _, click in new})
        totals = before.copy()
        ids = self.device_ids(connection, [devices[i] for i in {click["device"] for _, click in new}])
        rows: list[LedgerRow] = []
        for number, click in new:
            round_id = click["round"]
            totals[round_id] += click["amount"]
            if abs(totals[round_id]) > MAX_VALUE:
                raise BadLine(number, "large")
            rows.append(_ledger_row(counter.id, round_id, ids[devices[click["device"]][0]], totals[round_id], click))
        too_large = sum_limits.insert_clicks(connection, rows)
        if too_large is not None:
            raise BadLine(new[rows.index(too_large)][0], "large")
        added = {round_id: totals[round_id] - total for round_id, total in sorted(before.items())}
        for round_id, amount in added.items():
            execute(connection, sql.ADD_TO_ROUND, {"which": round_id, "added": amount})
        groups.add_to_counter(connection, counter, added.get(counter.round_id, 0))

    def write_parts(self, connection: Connection, piece: PartsPiece) -> int:
        """Put counters into a group: those that are here, and that the caller may manage."""
        changes = {
            slug: sign for slug, sign in piece["parts"].items() if import_rights.may_manage(connection, self._by, slug)
        }
        if changes:
            groups.change_parts(connection, piece["group"], changes, self._by)
        if piece["group"] in self._planned:  # not before: it ends the rounds of its counters, too
            planned = update(tables.COUNTERS).where(tables.COUNTERS.c.slug == piece["group"])
            connection.execute(planned.values(ends_at=self._planned[piece["group"]]))
        return 0

    def lock(self, connection: Connection, slug: str) -> CounterRow | None:
        """The counter, if there is one, locked. Raises BadFile if it was deleted, Refused."""
        try:
            counter = lock(connection, slug)
        except CounterNotFound:
            if connection.execute(select(tables.COUNTERS.c.id).where(tables.COUNTERS.c.slug == slug)).first():
                raise BadFile("gone", slug=slug) from None
            return None
        authorization.require(connection, counter, self._by, "manage")
        return counter

    def need(self, connection: Connection, slug: str) -> CounterRow:
        """The same, where it must be there. Raises BadFile, Refused."""
        counter = self.lock(connection, slug)
        if counter is None:
            raise BadFile("gone", slug=slug)
        return counter

    def device_ids(self, connection: Connection, devices: Sequence[Device]) -> dict[str, int]:
        """The ids of these devices by their hash; unknown ones are created as the file says."""
        secrets = sorted({device[0] for device in devices})
        known = execute(connection, sql.READ_DEVICES, {"secrets": secrets}) if secrets else ()
        ids = {row.secret_sha256: row.id for row in known}
        new = {device[0]: device for device in devices if device[0] not in ids}
        if new:  # sorted: all processes lock devices in this order
            rows = [
                {"secret_sha256": s, "label": label, "created_at": at or self._now} for s, label, at in sorted(new.values())
            ]
            connection.execute(sql.insert_new(connection.dialect.name, tables.DEVICES), rows)
            ids |= {row.secret_sha256: row.id for row in execute(connection, sql.READ_DEVICES, {"secrets": sorted(new)})}
        return ids

    def _create(self, connection: Connection, piece: CounterPiece) -> None:
        record, current = piece["record"], piece["current"]
        settings = with_planned_end(settings_of(record, owned=self._will_own(connection)), self._now)
        if settings.group:
            self._planned[record["slug"]] = settings.ends_at
            settings = replace(settings, ends_at=None)
        values = _columns(settings, current["id"], rounds.next_revision(0))
        new = insert(tables.COUNTERS).values(slug=record["slug"], value=0, created_at=record["created_at"], **values)
        counter_id = connection.execute(new.returning(tables.COUNTERS.c.id)).scalar_one()
        _insert_round(connection, counter_id, current, current["number"])
        self.set_owner(connection, record["slug"])

    def _take_over(self, connection: Connection, counter: CounterRow, piece: CounterPiece) -> None:
        """Who may view and press a counter that exists is never changed: that takes another right than an import."""
        settings = with_planned_end(settings_of(piece["record"], owned=True), self._now)
        settings = replace(settings, visibility=counter.visibility, press=counter.press)
        if counter.is_group:  # so it is with the rounds of its counters
            settings = replace(settings, schedule=counter.schedule, ends_at=counter.ends_at)
        current = piece["current"]
        values = _columns(settings, current["id"], rounds.next_revision(counter.revision))
        connection.execute(delete(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter.id))
        connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id).values(values))
        _insert_round(connection, counter.id, current, current["number"])

    def _will_own(self, connection: Connection) -> bool:
        """Whether a new counter will belong to somebody: the account that is signed in, or the browser."""
        by = self._by
        if by is None or by.device is not None:
            return by is not None
        return by.session is not None and bool(authorization.signed_in_users(connection, {by.session}, now_ms()))

    def set_owner(self, connection: Connection, slug: str) -> None:
        """Make whoever imports the owner of a new counter. Raises Refused."""
        if self._by is not None:
            counter = groups.lock(connection, slug, ending=True)  # what is due ends afterwards
            ownership.set_first_owner(connection, counter, self._by, settings_from_row(counter))


def read_totals(connection: Connection, counter_id: int, ids: set[int]) -> dict[int, int]:
    """The totals of these rounds of a counter. Raises BadFile if one belongs to another."""
    rows = execute(connection, sql.READ_ROUNDS, {"counter_id": counter_id, "ids": sorted(ids)})
    if len(rows) != len(ids):
        raise BadFile("apart")  # a round belongs to another counter here
    return {row.id: row.total for row in rows}


def _ledger_row(counter_id: int, round_id: int, device_id: int, total: int, click: ClickRecord) -> LedgerRow:
    values = cast("dict[str, Any]", click)
    ids = {"counter_id": counter_id, "round_id": round_id, "device_id": device_id, "account_id": None}
    return cast("LedgerRow", {name: values[name] for name in FROM_CLICK} | ids | {"total": total})


def _columns(settings: CounterSettings, current: int, revision: int) -> dict[str, Any]:
    return {"round_id": current, "revision": revision} | settings_columns(settings, revision)


def _insert_round(
    connection: Connection,
    counter_id: int,
    record: RoundRecord,
    number: int,
    ended_at: int | None = None,
    ended_by: int | None = None,
    total: int = 0,
) -> None:
    row = {"id": record["id"], "counter_id": counter_id, "number": number, "started_at": record["started_at"]}
    ended = {"ended_at": ended_at, "ended_by": ended_by, "by_schedule": record["by_schedule"]}
    connection.execute(insert(tables.ROUNDS), row | ended | {"total": total})
