"""Random actions from several devices, in any order: the ledger agrees with a plain Python model of it."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CLICK, CLOCK_SLACK, CORRECTION, UNDO, Caller, Click, Order, now_ms
from clickcounter.history import participants, queries, verify
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key
from tests.sql import ask

STEPS = 80
SPAN = 3 * 3_600_000  # ms over which presses are spread
WIDTHS = (60_000, 900_000, 14_400_000)  # ms
DEVICES = ["a" * 64, "b" * 64, "c" * 64]
Query = Callable[[str], list[tuple]]


@dataclass
class Entry:
    device: str
    kind: str
    amount: int
    round: int
    of: str | None = None
    pressed_at: int = 0


@dataclass
class Model:
    """The counter in plain Python, without the code under test."""

    rounds: list[int]
    entries: dict[str, Entry] = field(default_factory=dict)
    lower: int | None = 0
    upper: int | None = None
    archived: bool = False
    ended: dict[int, int] = field(default_factory=dict)  # when each closed round ended

    def total(self, round_id: int) -> int:
        return sum(entry.amount for entry in self.entries.values() if entry.round == round_id)

    def taken_back(self, key: str) -> bool:
        return any(entry.of == key for entry in self.entries.values())

    def decide(self, key: str, device: str, kind: str, amount: int, round_id: int, of: str | None, pressed_at: int) -> str:
        """The code of a click, which is added if it counts. `pressed_at` is after the round's start."""
        if key in self.entries:
            return "saved"
        joins = round_id if round_id in self.rounds else self.rounds[-1]
        if kind != CORRECTION and pressed_at > self.ended.get(joins, pressed_at) + CLOCK_SLACK:
            joins = self.rounds[-1]
        if kind == UNDO:
            target = self.entries.get(of or "")
            if not target or target.kind != CLICK or (target.device, target.round) != (device, joins):
                return "undo"
            if self.taken_back(str(of)):
                return "undone"
            amount = -target.amount
        if kind == CORRECTION:
            amount -= self.total(joins)
        if joins == self.rounds[-1]:
            after = self.total(joins) + amount
            if self.archived:
                return "archived"
            if kind == CLICK and amount > 0 and self.upper is not None and after > self.upper:
                return "full"
            if kind == CLICK and amount < 0 and self.lower is not None and after < self.lower:
                return "floor"
        self.entries[key] = Entry(device, kind, amount, joins, of, min(pressed_at, self.ended.get(joins, pressed_at)))
        return "saved"


class Story:
    """A ledger and its model, given the same actions."""

    def __init__(self, url: str, seed: int) -> None:
        self.rng, self.ledger, self.engine, self.url = random.Random(seed), Ledger(url), open_engine(url), url
        self.model = Model([queries.snapshot_of(self.engine, "counter").round])
        self.sent: list[tuple[str, Click]] = []
        self.start_earlier()

    def start_earlier(self) -> None:
        """Allow presses from before now: a round takes none from before its start."""
        ask(self.url, f"UPDATE round SET started_at = started_at - {SPAN} WHERE id = {self.model.rounds[-1]}")

    def some_time(self) -> int:
        """A recent moment; now if the counter is archived, because it takes earlier presses."""
        return now_ms() - (0 if self.model.archived else self.rng.randrange(SPAN))

    def step(self) -> None:
        what = self.rng.choices(
            [self.press, self.undo, self.correct, self.again, self.reset, self.archive, self.limit], [40, 20, 5, 10, 3, 4, 6]
        )[0]
        what()
        self.check()

    def send(self, device: str, *clicks: Click) -> None:
        expected = {
            click.key: self.model.decide(
                click.key, device, click.kind, click.amount, click.round, click.of, click.pressed_at
            )
            for click in clicks
        }
        outcome = self.ledger.write([Order("counter", device, clicks)])[0]
        assert outcome.codes == expected
        self.sent += [(device, click) for click in clicks]

    def press(self) -> None:
        amounts = [1, 1, 1, -1, 5, -7, 25]
        rounds = [*self.model.rounds, *[self.model.rounds[-1]] * 6, 123]  # sometimes late, or of an unknown round
        clicks = [
            Click(new_key(), self.rng.choice(amounts), self.some_time(), self.rng.choice(rounds))
            for _ in range(self.rng.randint(1, 4))
        ]
        self.send(self.rng.choice(DEVICES), *clicks)

    def undo(self) -> None:
        if self.sent:
            device, click = self.rng.choice(self.sent[-8:])
            device = self.rng.choice([device, device, self.rng.choice(DEVICES)])
            self.send(device, Click(new_key(), -click.amount, self.some_time(), click.round, kind=UNDO, of=click.key))

    def correct(self) -> None:
        wish = Click(
            new_key(), self.rng.randint(-50, 300), self.some_time(), self.rng.choice(self.model.rounds[-2:]), kind=CORRECTION
        )
        self.send(self.rng.choice(DEVICES), wish)

    def again(self) -> None:
        """Send a click again, as after a lost answer."""
        known = [(device, click) for device, click in self.sent if click.key in self.model.entries]
        if known:
            device, click = self.rng.choice(known)
            self.send(device, click)

    def reset(self) -> None:
        snapshot, news = self.ledger.reset("counter", self.model.rounds[-1], Caller(None, DEVICES[0]))
        assert news
        closed = self.model.rounds[-1]  # half of the presses that name it come from after its end
        ask(self.url, f"UPDATE round SET ended_at = ended_at - {SPAN // 2} WHERE id = {closed}")
        [(self.model.ended[closed],)] = ask(self.url, f"SELECT ended_at FROM round WHERE id = {closed}")
        self.model.rounds.append(snapshot.round)
        self.start_earlier()

    def archive(self) -> None:
        self.model.archived = not self.model.archived
        self.ledger.transact(lambda connection: counters.archive(connection, "counter", self.model.archived, None))

    def limit(self) -> None:
        model = self.model
        model.lower = self.rng.choice([None, 0, -10])
        model.upper = self.rng.choice([None, 20, 200])
        fields = {"lower": model.lower, "upper": model.upper}
        self.ledger.transact(lambda connection: counters.update_settings(connection, "counter", fields, None))

    def check(self) -> None:
        """Check everything that always holds."""
        clicks, differences = verify.verify(self.engine)
        assert (clicks, differences) == (len(self.model.entries), [])
        now = queries.snapshot_of(self.engine, "counter")
        assert (now.value, now.round) == (self.model.total(self.model.rounds[-1]), self.model.rounds[-1])
        device = self.rng.choice(DEVICES)
        mine = participants.own_totals(self.engine, "counter", Caller(None, device))
        own = [
            (key, entry.amount)
            for key, entry in self.model.entries.items()
            if (entry.device, entry.round, entry.kind) == (device, now.round, CLICK) and not self.model.taken_back(key)
        ]
        assert mine.up == sum(amount for _, amount in own if amount > 0)
        assert mine.down == sum(amount for _, amount in own if amount < 0)
        assert (mine.last and (mine.last.key, mine.last.amount)) == (own[-1] if own else None)
        self.check_activity()

    def check_activity(self) -> None:
        """Check the sums by time and device against the model: amounts and rows."""
        of_all, of_devices = defaultdict(lambda: (0, 0)), defaultdict(lambda: (0, 0))
        ids = dict(ask(self.url, "SELECT secret_sha256, id FROM device"))
        for entry in self.model.entries.values():
            spans = [(width, entry.pressed_at - entry.pressed_at % width) for width in WIDTHS]
            keys = [(of_all, (entry.round, *span)) for span in spans]
            keys += [(of_devices, (entry.round, *span, ids[entry.device])) for span in spans[1:]]
            for sums, key in keys:
                amount, rows = sums[key]
                sums[key] = (amount + entry.amount, rows + 1)
        sums = "up + down + corrected, clicks"
        stored = {row[:3]: row[3:] for row in ask(self.url, f"SELECT round_id, width, start, {sums} FROM activity")}
        assert stored == of_all
        query = f"SELECT round_id, width, start, device_id, {sums} FROM device_activity"
        assert {row[:4]: row[4:] for row in ask(self.url, query)} == of_devices


@pytest.mark.parametrize("seed", [1, random.randrange(10**6)], ids=["1", "random"])
def test_every_promise_holds_after_every_step(db_url: str, query: Query, seed: int):
    print(f"seed {seed}")
    story = Story(db_url, seed)
    try:
        for _ in range(STEPS):
            story.step()
    finally:
        story.ledger.close()
        story.engine.dispose()
    ends = query("SELECT ended_at IS NOT NULL, ended_by IS NOT NULL FROM round ORDER BY number")
    assert [tuple(map(bool, row)) for row in ends] == [(True, True)] * (len(ends) - 1) + [(False, False)]
