"""Presses at counters of groups, in any order, on a real database: a group is the sum of its counters, its limits hold."""

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Connection, Engine

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks as facts
from clickcounter.domain.clicks import CLICK, CORRECTION, UNDO, Caller, Click, Order
from clickcounter.history import verify
from clickcounter.ledger import counters, groups, rounds
from clickcounter.ledger.ledger import Ledger
from tests.ledger.model import Model, Round
from tests.ledger.second_process import SecondProcess, Work

EXAMPLES, STEPS = 8, 20
HOUR = 3_600_000  # ms
DEVICES = ["a" * 64, "b" * 64, "c" * 64]  # the first owns everything
OWNER = Caller(None, DEVICES[0])
PARTS, GROUPS = range(4), range(2)

which = st.sampled_from(PARTS)
of_group = st.sampled_from(GROUPS)
wishes = st.fixed_dictionaries(
    {
        "part": which,
        "device": st.sampled_from(DEVICES),
        "kind": st.sampled_from([CLICK, CLICK, CLICK, CLICK, UNDO, CORRECTION]),
        "amount": st.sampled_from([1, 1, 1, -1, 3, -4, 25]),
        "late": st.booleans(),  # made in the round before
        "again": st.sampled_from([False] * 5 + [True]),
    }
)


def find(connection: Connection, slug: str) -> None:
    """Come by, as a press does."""
    counters.lock(connection, slug)


class Story(RuleBasedStateMachine):
    """Four counters and two groups, in a ledger and in a plain model."""

    ledgers: tuple[Any, Any]  # as two processes have them, in turn
    engine: Engine
    clock: SimpleNamespace

    @initialize()
    def begin(self) -> None:
        self.keys, self.sent = 0, [[Click("f" * 32, 1, 0, 0)] for _ in PARTS]
        self.models = [Model(DEVICES[0], [Round(rounds.new_round_id(), self.clock.now)], lower=None) for _ in PARTS]
        self.slugs = [self.create(model.current.id, {"lower": None}) for model in self.models]
        self.groups = [self.create(rounds.new_round_id(), {"group": True, "lower": None}) for _ in GROUPS]
        self.signs: list[dict[int, int]] = [{}, {}]
        self.limits: list[dict[str, int | None]] = [{"lower": None, "upper": None} for _ in GROUPS]
        self.put_aside = [False, False]
        for part, model in enumerate(self.models):
            model.groups_refuse = lambda kind, amount, part=part: self.refusal(part, kind, amount)  # type: ignore[misc]
        self.choose(0, dict.fromkeys(PARTS, 1))
        self.choose(1, {0: 1, 1: -1})

    @property
    def ledger(self) -> Ledger:
        self.ledgers = (self.ledgers[1], self.ledgers[0])
        return self.ledgers[0]

    def change(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self.ledger.transact(Work(work, arguments))

    def create(self, first: int, fields: dict[str, Any]) -> str:
        return self.change(counters.create, {"name": "Door"} | fields, first, OWNER)

    def value(self, part: int) -> int:
        return self.models[part].total(self.models[part].current.id)

    def sum(self, group: int) -> int:
        return sum(sign * self.value(part) for part, sign in self.signs[group].items())

    def refusal(self, part: int, kind: str, amount: int) -> str | None:
        for group in GROUPS:
            added = self.signs[group].get(part, 0) * amount
            lower, upper = self.limits[group]["lower"], self.limits[group]["upper"]
            if not added or kind != CLICK or self.put_aside[group]:
                continue
            if added > 0 and upper is not None and self.sum(group) + added > upper:
                return "group_full"
            if added < 0 and lower is not None and self.sum(group) + added < lower:
                return "group_floor"
        return None

    @rule(wanted=st.lists(wishes, min_size=1, max_size=6))
    def press(self, wanted: list[dict[str, Any]]) -> None:
        self.clock.now += 1
        made = [(wish, self.click(**wish)) for wish in wanted]
        orders = [Order(self.slugs[wish["part"]], wish["device"], (click,)) for wish, click in made]
        outcomes = self.ledger.write(orders)
        for (wish, click), outcome in zip(made, outcomes, strict=True):
            before = [self.sum(group) for group in GROUPS]
            assert outcome.codes == {click.key: self.models[wish["part"]].send(click, wish["device"], self.clock.now)}
            if click.kind == CLICK:
                self.sent[wish["part"]].append(click)
                for group in GROUPS:
                    self.check_limits(group, before[group])
        told = {snapshot.counter: snapshot.value for outcome in outcomes for snapshot in outcome.groups}
        assert told.items() <= {slug: self.sum(group) for group, slug in enumerate(self.groups)}.items()
        self.check()

    def check_limits(self, group: int, before: int) -> None:
        """No press takes the sum past a limit, or further past one."""
        lower, upper, after = self.limits[group]["lower"], self.limits[group]["upper"], self.sum(group)
        if not self.put_aside[group]:
            assert upper is None or after <= max(before, upper)
            assert lower is None or after >= min(before, lower)

    def click(self, part: int, kind: str, amount: int, late: bool, again: bool, device: str) -> Click:
        self.keys += 1
        of_part, last = self.models[part].rounds, self.sent[part][-1]
        named = of_part[-2] if late and len(of_part) > 1 else of_part[-1]
        pressed_at = named.ended or self.clock.now
        if again and kind == CLICK:
            return last
        of = last.key if kind == UNDO else None
        return Click(f"{self.keys:032x}", amount, pressed_at, named.id, kind=kind, of=of)

    @rule(part=which)
    def reset_one(self, part: int) -> None:
        self.clock.now += HOUR
        snapshot, closed = self.ledger.reset(self.slugs[part], self.models[part].current.id, OWNER)
        assert closed
        self.begin_round(part, snapshot.round)
        self.check()

    @rule(group=of_group)
    def reset_all(self, group: int) -> None:
        self.clock.now += HOUR
        new = rounds.new_round_id()
        for _ in range(2):  # the second time by the same key, after an answer was lost
            snapshot, closed = self.ledger.reset(self.groups[group], None, OWNER, new)
            assert (snapshot.value, closed) == (0, True)
        for part in self.signs[group]:
            self.begin_round(part, self.row(self.slugs[part])[1])
        self.check()

    @rule(group=of_group)
    def end_by_schedule(self, group: int) -> None:
        """A day of the group ends: whoever comes next to one of its counters finds it ended."""
        if self.put_aside[group] or not self.signs[group]:
            return
        house, door = self.groups[group], self.slugs[min(self.signs[group])]
        planned = self.plan(house, "day 04:00 UTC")
        assert planned is not None
        self.clock.now = planned
        self.change(find, door)
        for part in self.signs[group]:
            self.begin_round(part, self.row(self.slugs[part])[1])
        self.plan(house, "")
        self.check()

    def plan(self, house: str, schedule: str) -> int | None:
        fields = {"schedule": schedule}
        return self.change(counters.update_settings, house, fields, OWNER).settings.ends_at

    def begin_round(self, part: int, round_id: int) -> None:
        self.models[part].current.ended = self.clock.now
        self.models[part].rounds.append(Round(round_id, self.clock.now))

    @rule(group=of_group, below=st.sampled_from([None, 0, 1, 5]), above=st.sampled_from([None, 0, 1, 3]))
    def limit(self, group: int, below: int | None, above: int | None) -> None:
        """Leave this much space below and above the sum."""
        total = self.sum(group)
        space = {"lower": None if below is None else total - below, "upper": None if above is None else total + above}
        self.limits[group] = space if space["lower"] != space["upper"] or below is None else {"lower": None, "upper": None}
        self.change(counters.update_settings, self.groups[group], dict(self.limits[group]), OWNER)
        self.check()

    @rule(group=of_group, signs=st.dictionaries(which, st.sampled_from([-1, 0, 1]), min_size=1))
    def choose(self, group: int, signs: dict[int, int]) -> None:
        changes = {self.slugs[part]: sign for part, sign in signs.items()}
        self.change(groups.change_parts, self.groups[group], changes, OWNER)
        self.signs[group] = {part: sign for part, sign in (self.signs[group] | signs).items() if sign}
        self.check()

    @rule(part=which)
    def archive_part(self, part: int) -> None:
        self.clock.now += 1
        model = self.models[part]
        model.archived_at = self.clock.now if model.archived_at is None else None
        self.change(counters.archive, self.slugs[part], model.archived_at is not None, OWNER)
        self.check()

    @rule(group=of_group)
    def archive_group(self, group: int) -> None:
        self.put_aside[group] = not self.put_aside[group]
        self.change(counters.archive, self.groups[group], self.put_aside[group], OWNER)
        self.check()

    def row(self, slug: str) -> tuple[int, int]:
        return self.rows()[slug]

    def rows(self) -> dict[str, tuple[int, int]]:
        with self.engine.begin() as connection:
            found = connection.exec_driver_sql("SELECT slug, value, round_id FROM counter")
            return {slug: (value, round_id) for slug, value, round_id in found}

    def check(self) -> None:
        rows = self.rows()
        assert {slug: rows[slug] for slug in self.slugs} == self.expected()
        assert [rows[slug][0] for slug in self.groups] == [self.sum(group) for group in GROUPS]

    def expected(self) -> dict[str, tuple[int, int]]:
        return {slug: (self.value(part), self.models[part].current.id) for part, slug in enumerate(self.slugs)}

    def teardown(self) -> None:
        assert verify.verify(self.engine)[1] == []


class TwoProcesses(Story):
    """The same with one of the ledgers in another process, and with presses that both write at the same time."""

    here: Ledger
    there: SecondProcess

    @rule(wanted=st.tuples(wishes, wishes))
    def press_at_once(self, wanted: tuple[dict[str, Any], dict[str, Any]]) -> None:
        self.clock.now += 1
        sent = [self.click(**wish) for wish in wanted]
        orders = [Order(self.slugs[wish["part"]], wish["device"], (one,)) for wish, one in zip(wanted, sent, strict=True)]
        end = self.there.begin("write", orders[1:])
        outcomes = [*self.here.write(orders[:1]), *end()]
        codes, rows, before = [outcome.codes for outcome in outcomes], self.rows(), self.models
        for turns in ((0, 1), (1, 0)):  # one came first; nobody knows which
            self.models = copy.deepcopy(before)
            said = {n: self.models[wanted[n]["part"]].send(sent[n], wanted[n]["device"], self.clock.now) for n in turns}
            if codes == [{one.key: said[n]} for n, one in enumerate(sent)] and self.expected().items() <= rows.items():
                break
        self.check()
        assert codes == [{one.key: said[n]} for n, one in enumerate(sent)]
        for wish, one in zip(wanted, sent, strict=True):
            if one.kind == CLICK:
                self.sent[wish["part"]].append(one)


def test_a_group_is_the_sum_of_its_counters(db_url: str, monkeypatch: pytest.MonkeyPatch):
    clock = SimpleNamespace(now=facts.now_ms())
    clock.time_ns = lambda: clock.now * 1_000_000
    monkeypatch.setattr(facts, "time", clock)
    ledgers, engine = (Ledger(db_url), Ledger(db_url)), open_engine(db_url)
    story = type("Story", (Story,), {"ledgers": ledgers, "engine": engine, "clock": clock})
    try:
        run_state_machine_as_test(story, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS))
    finally:
        [ledger.close() for ledger in ledgers]
        engine.dispose()


def test_a_group_is_the_sum_of_counters_that_two_processes_write(db_url: str, monkeypatch: pytest.MonkeyPatch):
    clock = SimpleNamespace(now=facts.now_ms())
    clock.time_ns = lambda: clock.now * 1_000_000
    monkeypatch.setattr(facts, "time", clock)
    here, there, engine = Ledger(db_url), SecondProcess(db_url, clock), open_engine(db_url)
    given = {"ledgers": (here, there), "here": here, "there": there, "engine": engine, "clock": clock}
    try:
        run_state_machine_as_test(
            type("Story", (TwoProcesses,), given), settings=settings(max_examples=6, stateful_step_count=15)
        )
    finally:
        here.close()
        there.close()
        engine.dispose()
