"""Writes an import within one transaction: counters, devices and rounds first, then clicks in batches."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute_many
from clickcounter.database.rows import LedgerRow
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.counter_settings import CounterSettings, settings_columns
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.ledger import rollups, rounds
from clickcounter.ledger.devices import device_ids
from clickcounter.transfer import sum_limits
from clickcounter.transfer.file_format import CounterRecord, DeviceRecord, NumberedClick, RoundRecord, settings_of
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.rows import CounterRow, RoundRow


class _Target(NamedTuple):
    """Where the clicks of one of the file's rounds go."""

    counter_id: int
    round_id: int


class ImportWriter:
    """One import. Clicks that name no round go to the current round of the counter `csv_counter`.

    New counters will be `owned` by somebody, or by nobody.
    """

    def __init__(self, connection: Connection, csv_counter: str | None, *, owned: bool) -> None:
        self._connection = connection
        self._csv_counter = csv_counter
        self._owned = owned
        self._now = now_ms()
        self._devices: dict[int | None, int] = {}  # the file's number → the id here; None is the device of a CSV
        self._targets: dict[int | None, _Target] = {}  # by the file's round id; None is a CSV
        self._totals: dict[int, int] = {}  # by round id
        self._added: Counter[int] = Counter()  # by round id
        self._changed: set[int] = set()  # ids of counters
        self.written = 0

    def prepare(
        self,
        counters: Mapping[str, CounterRecord],
        devices: Mapping[int, DeviceRecord],
        all_rounds: Mapping[int, RoundRecord],
        first_press: int | None,
    ) -> None:
        """Find or create everything that the clicks will name. Raises NotDone."""
        self._connection.execute(sql.LOCK_ALL_COUNTERS).all()
        self._find_or_create_devices(devices)
        for slug, record in counters.items():
            self._find_or_create_counter(record, [r for r in all_rounds.values() if r["counter"] == slug])
        if self._csv_counter is not None:
            self._prepare_csv(self._csv_counter, first_press)
        totals = select(tables.ROUNDS.c.id, tables.ROUNDS.c.total)
        for target in self._targets.values():
            row = self._connection.execute(totals.where(tables.ROUNDS.c.id == target.round_id)).one()
            self._totals[row.id] = row.total

    def write(self, clicks: Sequence[NumberedClick]) -> None:
        """Write the clicks whose keys are not here yet, at most sum_limits.MAX_BATCH. Raises BadLine."""
        by_counter: dict[int, list[NumberedClick]] = {}
        for number, click in clicks:
            by_counter.setdefault(self._targets[click["round"]].counter_id, []).append((number, click))
        for counter_id, of_counter in by_counter.items():
            keys = sorted({click["key"] for _, click in of_counter})
            parameters = {"counter_id": counter_id, "keys": keys}
            known = set(self._connection.execute(sql.read_keys(self._connection), parameters).scalars())
            rows = list(self._new_rows(of_counter, known))
            if rows and (too_large := self._write_rows(counter_id, rows)):
                raise BadLine(next(number for number, c in of_counter if c["key"] == too_large["key"]), "large")

    def finish(self) -> None:
        """Raise the rounds' totals, and the values and revisions of counters that got clicks."""
        for round_id, amount in sorted(self._added.items()):
            self._connection.execute(sql.ADD_TO_ROUND, {"which": round_id, "added": amount})
        counters = select(tables.COUNTERS.c.id, tables.COUNTERS.c.round_id, tables.COUNTERS.c.revision)
        for row in self._connection.execute(counters.order_by(tables.COUNTERS.c.id)).all():
            if row.id in self._changed:
                change = {"added": self._added[row.round_id], "next_revision": rounds.next_revision(row.revision)}
                self._connection.execute(sql.ADD_TO_COUNTER, change | {"which": row.id, "by": None, "account": None})

    def _write_rows(self, counter_id: int, rows: Sequence[LedgerRow]) -> LedgerRow | None:
        """Write the rows. Returns one that makes a sum too large, if there is one."""
        execute_many(self._connection, sql.INSERT_CLICKS, rows)
        try:
            rollups.add(self._connection, rows, max(row["saved_at"] for row in rows))
        except OverflowError:
            return sum_limits.first_too_large(self._connection, rows) or rows[0]
        self._changed.add(counter_id)
        self.written += len(rows)
        return sum_limits.first_too_large(self._connection, rows)

    def _new_rows(self, clicks: Sequence[NumberedClick], known: set[str]) -> Iterator[LedgerRow]:
        """Rows for the clicks whose keys are not `known`; adds their keys. Raises BadLine if a total gets too large."""
        for number, click in clicks:
            if click["key"] in known:
                continue
            known.add(click["key"])
            counter_id, round_id = self._targets[click["round"]]
            self._totals[round_id] += click["amount"]
            self._added[round_id] += click["amount"]
            if abs(self._totals[round_id]) > MAX_VALUE:
                raise BadLine(number, "large")
            yield {
                "counter_id": counter_id,
                "round_id": round_id,
                "device_id": self._devices[click["device"]],
                "total": self._totals[round_id],
                "key": click["key"],
                "kind": click["kind"],
                "amount": click["amount"],
                "pressed_at": click["pressed_at"],
                "saved_at": click["saved_at"],
                "takes_back": click["takes_back"],
                "reason": click["reason"],
                "time_adjusted": click["time_adjusted"],
                "round_unknown": click["round_unknown"],
                "account_id": None,
            }

    def _find_or_create_devices(self, devices: Mapping[int, DeviceRecord]) -> None:
        """A file without hashes gets made-up ones from number and time of creation: imported again, it finds its devices."""
        hashes = {
            number: device["secret_sha256"] or hashlib.sha256(f"{number} {device['created_at']}".encode()).hexdigest()
            for number, device in devices.items()
        }
        rows = [
            {"secret_sha256": hashes[number], "label": device["label"], "created_at": device["created_at"]}
            for number, device in devices.items()
        ]
        if rows:
            rows.sort(key=lambda row: str(row["secret_sha256"]))  # all processes lock devices in this order
            self._connection.execute(sql.insert_new(self._connection, tables.DEVICES), rows)
        query = select(tables.DEVICES.c.id).where(tables.DEVICES.c.secret_sha256 == bindparam("secret"))
        for number, secret in hashes.items():
            self._devices[number] = self._connection.execute(query, {"secret": secret}).scalar_one()

    def _find_or_create_counter(self, record: CounterRecord, file_rounds: Sequence[RoundRecord]) -> None:
        """Give a counter the file's rounds; if it is new here, or has no clicks, its settings too."""
        counter = self._read_counter(record["slug"])
        existing = {row.id for row in self._read_rounds(counter.id)} if counter else set()
        new = [r for r in file_rounds if r["id"] not in existing]
        if counter is None or (len(new) == len(file_rounds) and self._has_no_clicks(counter.id)):
            current = next(r["id"] for r in file_rounds if r["ended_at"] is None)
            counter_id = self._take_over(counter, record, current)
            for round_ in new:
                self._insert_round(counter_id, round_, round_["number"], round_["ended_at"])
        else:
            counter_id = counter.id
            for number, round_ in enumerate(new, 1):  # negative for now: the numbers of the file may be taken here
                self._insert_round(counter_id, round_, -number, round_["ended_at"] or self._now)
            if new:
                self._renumber_rounds(counter_id, counter.round_id)
        self._targets |= {r["id"]: _Target(counter_id, r["id"]) for r in file_rounds}

    def _take_over(self, counter: CounterRow | None, record: CounterRecord, current: int) -> int:
        """Create the counter, or give the one without clicks what the file says of it. Returns its id.

        Who may view and press a counter that exists is never changed: that takes another right than an import.
        """
        settings = settings_of(record, owned=self._owned)
        if counter is not None:
            settings = replace(settings, visibility=counter.visibility, press=counter.press)
        revision = rounds.next_revision(counter.revision if counter else 0)
        values = {"round_id": current, "revision": revision} | settings_columns(settings, revision)
        if counter is None:
            new = insert(tables.COUNTERS).values(slug=record["slug"], value=0, created_at=record["created_at"], **values)
            return int(self._connection.execute(new.returning(tables.COUNTERS.c.id)).scalar_one())
        self._connection.execute(delete(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter.id))
        self._connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id).values(values))
        return counter.id

    def _insert_round(self, counter_id: int, record: RoundRecord, number: int, ended_at: int | None) -> None:
        row = {
            "id": record["id"],
            "counter_id": counter_id,
            "number": number,
            "total": 0,
            "started_at": record["started_at"],
            "ended_at": ended_at,
            "ended_by": self._devices.get(record["ended_by"]) if record["ended_by"] else None,
        }
        self._connection.execute(insert(tables.ROUNDS), row)

    def _renumber_rounds(self, counter_id: int, current: int) -> None:
        """Number the rounds in the order in which they began, the current one last."""
        rows = sorted(self._read_rounds(counter_id), key=lambda r: (r.id == current, r.started_at, r.id))
        # A number must be unique at every moment: first move all below any that is in use, then to their places.
        for first in (-2 * len(rows), 1):
            for number, row in enumerate(rows, first):
                self._connection.execute(update(tables.ROUNDS).where(tables.ROUNDS.c.id == row.id).values(number=number))

    def _prepare_csv(self, slug: str, first_press: int | None) -> None:
        """Find or create the counter that a CSV goes to, and a device that stands for the app it comes from."""
        counter = self._read_counter(slug)
        if counter is None:
            current = rounds.new_round_id()
            rounds.create(self._connection, slug, CounterSettings(name=slug), current)
            started_at = self._now if first_press is None else first_press
            change = update(tables.ROUNDS).where(tables.ROUNDS.c.id == current).values(started_at=started_at)
            self._connection.execute(change)
            counter = cast("CounterRow", self._read_counter(slug))
        self._targets[None] = _Target(counter.id, counter.round_id)
        secret = hashlib.sha256(f"table for {slug}".encode()).hexdigest()
        self._devices[None] = device_ids(self._connection, {secret}, self._now)[secret]

    def _read_counter(self, slug: str) -> CounterRow | None:
        """Raises BadFile if the counter was deleted: slugs are not used again."""
        query = select(tables.COUNTERS).where(tables.COUNTERS.c.slug == slug)
        counter = cast("CounterRow | None", self._connection.execute(query).first())
        if counter is not None and counter.deleted_at is not None:
            raise BadFile("deleted", slug=slug)
        return counter

    def _read_rounds(self, counter_id: int) -> Sequence[RoundRow]:
        query = select(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter_id)
        return cast("Sequence[RoundRow]", self._connection.execute(query).all())

    def _has_no_clicks(self, counter_id: int) -> bool:
        """No click, and no reset either: one round."""
        clicks = select(func.count()).select_from(tables.CLICKS).where(tables.CLICKS.c.counter_id == counter_id)
        return len(self._read_rounds(counter_id)) == 1 and self._connection.execute(clicks).scalar_one() == 0
