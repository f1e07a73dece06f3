"""Orders of any kind, in any order, on a real database: the ledger does what a plain model of it does."""

from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from sqlalchemy import Engine

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks as facts
from clickcounter.domain.clicks import CLICK, CLOCK_SLACK, CORRECTION, UNDO, Caller, Click, Order
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.history import participants, verify
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.ledger.additions import DEVICES, HOUR, Additions, devices
from tests.ledger.model import COLUMNS, Model, Round, Row

EXAMPLES, STEPS = 20, 25
WIDTHS = (60_000, 900_000, 14_400_000)  # ms

wishes = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([CLICK, CLICK, UNDO]),
        "amount": st.sampled_from([1, 1, 1, 1, -1, 5, -7, 25, 0, MAX_AMOUNT, -MAX_AMOUNT, MAX_AMOUNT + 1]),
        "round": st.sampled_from(["current", "current", "current", "closed", "closed", "first", "unknown", "another's"]),
        "anchor": st.sampled_from(["now", "now", "start", "end", "end", "end", "archiving", "past", "future"]),
        "offset": st.sampled_from([0, -1, 1, CLOCK_SLACK, CLOCK_SLACK + 1, -HOUR, HOUR]),
        "claimed": st.sampled_from([None, None, 0, 1, -1, -CLOCK_SLACK, CLOCK_SLACK, -HOUR]),
        "again": st.sampled_from([False] * 7 + [True]),  # a key that was sent before
        "which": st.integers(0, 2),  # of the newest clicks: the one that is sent again or taken back
    }
)
orders = st.lists(st.tuples(devices, st.lists(wishes, min_size=1, max_size=4)), min_size=1, max_size=3)


class Story(Additions):
    """A ledger and its model, given the same orders at the same time."""

    ledger: Ledger
    engine: Engine

    @initialize()
    def begin(self) -> None:
        self.by = Caller(None, DEVICES[0])
        self.sent: list[Click] = []
        first, another = rounds.new_round_id(), rounds.new_round_id()
        self.slug, self.other = (self.change(counters.create, {"name": "Door"}, id_, self.by) for id_ in (first, another))
        [(self.id, self.revision)] = self.ask(f"SELECT id, revision FROM counter WHERE slug = '{self.slug}'")
        self.unknown, self.anothers = rounds.new_round_id(), another
        self.model = Model(DEVICES[0], [Round(first, self.clock.now)])

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self.check_roll_ups()

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def change(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self.ledger.transact(lambda connection: work(connection, *arguments))

    @rule(wanted=orders)
    def press(self, wanted: list[tuple[str, list[dict[str, Any]]]]) -> None:
        self.write([(device, [self.click(**wish) for wish in wishes]) for device, wishes in wanted])

    @rule(wanted=orders)
    def press_more(self, wanted: list[tuple[str, list[dict[str, Any]]]]) -> None:
        self.press(wanted)

    @rule(device=devices, wish=wishes, value=st.integers(-50, 300) | st.sampled_from([MAX_VALUE, MAX_VALUE + 1]))
    def correct(self, device: str, wish: dict[str, Any], value: int) -> None:
        self.write([(device, [self.click(**wish | {"kind": CORRECTION, "amount": value})])])

    @rule(what=st.sampled_from(["reset", "reset", "archive", "wait"]), ms=st.sampled_from([1, HOUR, 40 * 24 * HOUR]))
    def administer(self, what: str, ms: int) -> None:
        self.clock.now += ms
        if what != "wait":
            getattr(self, what)()

    def reset(self) -> None:
        snapshot, closed = self.ledger.reset(self.slug, self.model.current.id, self.by)
        assert closed
        self.model.current.ended = self.clock.now
        self.model.rounds.append(Round(snapshot.round, self.clock.now))
        self.check(changed=True)

    def archive(self) -> None:
        self.model.archived_at = self.clock.now if self.model.archived_at is None else None
        self.change(counters.archive, self.slug, self.model.archived_at is not None, self.by)
        self.check(changed=True)

    @rule(space=st.sampled_from([(None, None), (0, None), (1, None), (None, 0), (None, 1), (1, 0), (0, 1), (10, 10)]))
    def limit(self, space: tuple[int | None, int | None]) -> None:
        """Leave this much space below and above the number that is shown."""
        below, above = space
        total = self.model.total(self.model.current.id)
        limits = {
            "lower": None if below is None else min(max(total - below, -MAX_VALUE), MAX_VALUE - 1),
            "upper": None if above is None else max(min(total + above, MAX_VALUE), 1 - MAX_VALUE),
        }
        self.model.lower, self.model.upper = limits["lower"], limits["upper"]
        self.change(counters.update_settings, self.slug, limits, self.by)
        self.check(changed=True)

    def anchored(self, anchor: str) -> int:
        """A moment that matters to the counter."""
        model, now = self.model, self.clock.now
        closed = model.rounds[-2] if len(model.rounds) > 1 else model.current
        time = {"now": now, "start": closed.started, "end": closed.ended, "archiving": model.archived_at, "past": 1}
        return time.get(anchor, 2 * now) or now

    def click(self, kind: str, amount: int, **wish: Any) -> Click:
        model, claimed = self.model, wish["claimed"]
        earlier = dict(enumerate(reversed(self.sent))).get(wish["which"])
        self.keys += 1
        closed = model.rounds[-2] if len(model.rounds) > 1 else model.current
        named = {"current": model.current.id, "closed": closed.id, "first": model.rounds[0].id, "unknown": self.unknown}
        pressed_at = self.anchored(wish["anchor"]) + wish["offset"]
        return Click(
            earlier.key if wish["again"] and earlier else f"{self.keys:032x}",
            amount,
            pressed_at,
            named.get(wish["round"], self.anothers),
            time_adjusted=claimed is not None,
            kind=kind,
            of=(earlier.key if earlier else "f" * 32) if kind == UNDO else None,
            claimed_at=None if claimed is None else pressed_at + claimed,
        )

    def write(self, wanted: list[tuple[str, list[Click]]]) -> None:
        before = set(self.model.rows)
        outcomes = self.ledger.write([Order(self.slug, device, tuple(of_device)) for device, of_device in wanted])
        for (device, of_device), outcome in zip(wanted, outcomes, strict=True):
            expected = {click.key: self.model.send(click, device, self.clock.now) for click in of_device}
            assert outcome.codes == expected
            self.sent += [click for click in of_device if click.kind == CLICK]
        new = [row for key, row in self.model.rows.items() if key not in before]
        self.check(changed=bool(new))
        for row in new:
            self.check_promises(row)

    def check_promises(self, row: Row) -> None:
        """No accepted row takes the current round where it must not be, whatever round and time it names."""
        model = self.model
        if row.round == model.current.id:
            assert model.archived_at is None or row.pressed_at < model.archived_at
            if row.kind == CLICK:
                assert row.amount < 0 or model.upper is None or row.total <= model.upper
                assert row.amount > 0 or model.lower is None or row.total >= model.lower
        else:
            assert not row.round_unknown, "only a closed round that it names"
            [named] = [one for one in model.rounds if one.id == row.round]
            assert named.ended is not None
            assert named.started <= row.pressed_at <= named.ended

    def check(self, *, changed: bool) -> None:
        """Value and totals are the sums of the ledger, whose rows are the model's; the revision grows with every change."""
        rows = [Row(*row) for row in self.ask(f"SELECT {COLUMNS} FROM click WHERE counter_id = {self.id} ORDER BY id")]
        assert rows == list(self.model.rows.values())
        totals = {one.id: sum(row.amount for row in rows if row.round == one.id) for one in self.model.rounds}
        ends = {one.id: one.ended for one in self.model.rounds}
        stored = self.ask(f"SELECT id, total, ended_at FROM round WHERE counter_id = {self.id}")
        assert {id_: (total, ended) for id_, total, ended in stored} == {id_: (totals[id_], ends[id_]) for id_ in totals}
        [(value, round_id, revision)] = self.ask(f"SELECT value, round_id, revision FROM counter WHERE id = {self.id}")
        assert (value, round_id) == (totals[round_id], self.model.current.id)
        assert revision > self.revision if changed else revision == self.revision
        self.revision = revision
        assert self.ask(f"SELECT value FROM counter WHERE slug = '{self.other}'") == [(0,)]

    def check_roll_ups(self) -> None:
        """Sums by device and by time; `verify` agrees with the whole database."""
        assert verify.verify(self.engine)[1] == []
        of_all, of_devices = defaultdict(lambda: (0, 0)), defaultdict(lambda: (0, 0))
        ids = dict(self.ask("SELECT secret_sha256, id FROM device"))
        parts = [(row, part) for row in self.model.rows.values() for part in self.model.parts(row)]
        for row, (at, amount, presses) in parts:
            spans = [(row.round, width, at - at % width) for width in WIDTHS]
            keys: list[tuple[Any, Any]] = [(of_all, span) for span in spans]
            keys += [(of_devices, (*span, ids[self.model.devices[row.key]])) for span in spans[1:]]
            for sums, key in keys:
                sums[key] = (sums[key][0] + amount, sums[key][1] + presses)
        for table, expected, more in (("activity", of_all, ""), ("device_activity", of_devices, ", device_id")):
            chosen = f"SELECT up + down + corrected, clicks, round_id, width, start{more} FROM {table}"
            mine = f"{chosen} WHERE round_id IN (SELECT id FROM round WHERE counter_id = {self.id})"
            assert {tuple(key): (amount, count) for amount, count, *key in self.ask(mine)} == expected
        for device in DEVICES:
            mine = participants.own_totals(self.engine, self.slug, Caller(None, device))
            own = [
                row
                for row in self.model.rows.values()
                if (self.model.devices[row.key], row.round, row.kind) == (device, self.model.current.id, CLICK)
                and not self.model.is_undone(row.key)
            ]
            assert mine.up == sum(row.amount for row in own if row.amount > 0)
            assert mine.down == sum(row.amount for row in own if row.amount < 0)
            assert (mine.last and (mine.last.key, mine.last.amount)) == ((own[-1].key, own[-1].amount) if own else None)


def test_the_ledger_does_what_a_plain_model_does(db_url: str, monkeypatch: pytest.MonkeyPatch):
    clock = SimpleNamespace(now=facts.now_ms())
    clock.time_ns = lambda: clock.now * 1_000_000
    monkeypatch.setattr(facts, "time", clock)  # time passes in the story's steps alone
    ledger, engine = Ledger(db_url), open_engine(db_url)
    story = type("Story", (Story,), {"ledger": ledger, "engine": engine, "clock": clock})
    try:
        run_state_machine_as_test(story, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS))
    finally:
        ledger.close()
        engine.dispose()
