"""What an import writes, within one transaction: counters, devices and rounds first, then clicks in batches."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute_many
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.counter_settings import CounterSettings, settings_columns
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.ledger import rollups, rounds
from clickcounter.ledger.transaction import device_ids
from clickcounter.transfer.exporter import SETTINGS
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.import_parser import Fact

_FROM_CLICK = ("key", "kind", "amount", "pressed_at", "saved_at", "takes_back", "reason", "time_adjusted", "round_unknown")


class ImportWriter:
    """One import. `into` is the counter whose current round takes clicks that name no round."""

    def __init__(self, connection: Connection, into: str | None) -> None:
        self._connection = connection
        self._into = into
        self._now = now_ms()
        self._devices: dict[int | None, int] = {}
        self._rounds: dict[int | None, tuple[int, int]] = {}  # the file's id → the counter's id and the id here
        self._totals: dict[int, int] = {}
        self._added: Counter[int] = Counter()  # by round
        self._changed: set[int] = set()  # counters
        self.written = 0

    def prepare(
        self, counters: Mapping[str, Fact], devices: Mapping[int, Fact], all_rounds: Mapping[int, Fact], first: int | None
    ) -> None:
        """Make what the clicks will name. Raises NotDone."""
        self._connection.execute(sql.LOCK_ALL_COUNTERS).all()
        self._make_devices(devices)
        for slug, fact in counters.items():
            self._make_rounds(slug, fact, [r for r in all_rounds.values() if r["counter"] == slug])
        if self._into is not None:
            self._make_plain(self._into, first)
        chosen = select(tables.ROUNDS.c.id, tables.ROUNDS.c.total)
        for _, round_id in self._rounds.values():
            row = self._connection.execute(chosen.where(tables.ROUNDS.c.id == round_id)).one()
            self._totals[row.id] = row.total

    def write(self, found: Sequence[tuple[int, Fact]]) -> None:
        """Write those whose keys are not here yet. Raises BadLine."""
        by_counter: dict[int, list[tuple[int, Fact]]] = {}
        for number, fact in found:
            by_counter.setdefault(self._rounds[fact["round"]][0], []).append((number, fact))
        for counter_id, some in by_counter.items():
            keys = sorted({fact["key"] for _, fact in some})
            asked = {"counter_id": counter_id, "keys": keys}
            known = set(self._connection.execute(sql.read_keys(self._connection), asked).scalars())
            rows: list[Any] = list(self._rows(counter_id, some, known))
            if rows:
                execute_many(self._connection, sql.INSERT_CLICKS, rows)
                rollups.add(self._connection, rows, max(row["saved_at"] for row in rows))
                self._changed.add(counter_id)
                self.written += len(rows)

    def _rows(self, counter_id: int, some: Iterable[tuple[int, Fact]], known: set[str]) -> Iterable[dict[str, Any]]:
        for number, fact in some:
            if fact["key"] in known:
                continue
            known.add(fact["key"])
            _, round_id = self._rounds[fact["round"]]
            self._totals[round_id] += fact["amount"]
            self._added[round_id] += fact["amount"]
            if abs(self._totals[round_id]) > MAX_VALUE:
                raise BadLine(number, "large")
            place = {"counter_id": counter_id, "round_id": round_id, "device_id": self._devices[fact["device"]]}
            yield place | {"total": self._totals[round_id]} | {name: fact[name] for name in _FROM_CLICK}

    def finish(self) -> None:
        """Raise the totals and, where something came, the counters' revisions."""
        for round_id, amount in sorted(self._added.items()):
            self._connection.execute(sql.RAISE_ROUND, {"which": round_id, "added": amount})
        chosen = select(tables.COUNTERS.c.id, tables.COUNTERS.c.round_id, tables.COUNTERS.c.revision).order_by(
            tables.COUNTERS.c.id
        )
        for row in self._connection.execute(chosen).all():
            if row.id in self._changed:
                change = {"added": self._added[row.round_id], "next_revision": rounds.next_revision(row.revision)}
                self._connection.execute(sql.RAISE_COUNTER, change | {"which": row.id, "by": None, "account": None})

    def _make_devices(self, devices: Mapping[int, Fact]) -> None:
        """A device without the hash of its secret is known again by its number and the time of its making."""
        secrets = {
            number: fact["secret_sha256"] or hashlib.sha256(f"{number} {fact['created_at']}".encode()).hexdigest()
            for number, fact in devices.items()
        }
        rows = [
            {"secret_sha256": secrets[n], "label": f["label"], "created_at": f["created_at"]} for n, f in devices.items()
        ]
        if rows:
            rows.sort(key=lambda row: str(row["secret_sha256"]))
            self._connection.execute(sql.insert_new(self._connection, tables.DEVICES), rows)
        chosen = select(tables.DEVICES.c.id).where(tables.DEVICES.c.secret_sha256 == bindparam("secret"))
        for number, secret in secrets.items():
            self._devices[number] = self._connection.execute(chosen, {"secret": secret}).scalar_one()

    def _make_rounds(self, slug: str, fact: Fact, its: list[Fact]) -> None:
        current = next(r["id"] for r in its if r["ended_at"] is None)
        counter = self._counter(slug)
        known = {r.id for r in self._rounds_of(counter.id)} if counter else set()
        fresh = not known & {r["id"] for r in its} and (counter is None or self._untouched(counter.id))
        counter_id = self._take_settings(counter, slug, fact, current) if fresh else counter.id
        new = [r for r in its if r["id"] not in known]
        for number, round_ in enumerate(new, 1):  # out of the way of the numbers that are taken
            ended_at = round_["ended_at"] if fresh else round_["ended_at"] or self._now
            facts = {
                "id": round_["id"],
                "started_at": round_["started_at"],
                "ended_at": ended_at,
                "number": round_["number"] if fresh else -number,
            }
            by = self._devices.get(round_["ended_by"]) if round_["ended_by"] else None
            self._connection.execute(insert(tables.ROUNDS), facts | {"counter_id": counter_id, "total": 0, "ended_by": by})
        if new and not fresh:
            self._number(counter_id, counter.round_id)
        self._rounds |= {r["id"]: (counter_id, r["id"]) for r in its}

    def _take_settings(self, counter: Any, slug: str, fact: Fact, current: int) -> int:
        """Make the counter, or give one that nobody pressed what the file says of it. Returns its id."""
        about = CounterSettings(**{name: fact[name] for name in SETTINGS}, archived_at=fact["archived_at"])
        revision = rounds.next_revision(counter.revision if counter else 0)
        values = {"round_id": current, "revision": revision} | settings_columns(about, revision)
        if counter is None:
            made = insert(tables.COUNTERS).values(slug=slug, value=0, created_at=fact["created_at"], **values)
            return int(self._connection.execute(made.returning(tables.COUNTERS.c.id)).scalar_one())
        self._connection.execute(delete(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter.id))
        self._connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id).values(values))
        return int(counter.id)

    def _number(self, counter_id: int, current: int) -> None:
        """Number the rounds by their beginning, the current one last."""
        ids = [r.id for r in sorted(self._rounds_of(counter_id), key=lambda r: (r.id == current, r.started_at, r.id))]
        # No two may have one number at any moment: first below all that may stand there, then where they belong.
        for first in (-2 * len(ids), 1):
            for value, round_id in enumerate(ids, first):
                self._connection.execute(update(tables.ROUNDS).where(tables.ROUNDS.c.id == round_id).values(number=value))

    def _make_plain(self, slug: str, first: int | None) -> None:
        """The counter whose current round takes the lines of a table, and the device that stands for their app."""
        if self._counter(slug) is None:
            current = rounds.new_round_id()
            rounds.create(self._connection, slug, CounterSettings(name=slug), current)
            began = update(tables.ROUNDS).where(tables.ROUNDS.c.id == current)
            self._connection.execute(began.values(started_at=self._now if first is None else first))
        counter = self._counter(slug)
        self._rounds[None] = (counter.id, counter.round_id)
        secret = hashlib.sha256(f"table for {slug}".encode()).hexdigest()
        self._devices[None] = device_ids(self._connection, {secret}, self._now)[secret]

    def _counter(self, slug: str) -> Any:
        row = self._connection.execute(select(tables.COUNTERS).where(tables.COUNTERS.c.slug == slug)).first()
        if row is not None and row.deleted_at is not None:
            raise BadFile("deleted", slug=slug)
        return row

    def _rounds_of(self, counter_id: int) -> Sequence[Any]:
        return self._connection.execute(select(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter_id)).all()

    def _untouched(self, counter_id: int) -> bool:
        """One round, and no click."""
        clicks = select(func.count()).select_from(tables.CLICKS).where(tables.CLICKS.c.counter_id == counter_id)
        return len(self._rounds_of(counter_id)) == 1 and self._connection.execute(clicks).scalar_one() == 0
