"""A made-up night at the doors of a house, on which the clocks are put back, and what its ledger says by counting it all."""

import random
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from clickcounter.domain.clicks import ANY_ROUND, CORRECTION, UNDO, Caller, Click, Order
from clickcounter.history.report.facts import ReportQuery
from clickcounter.history.slices import Sums
from clickcounter.ledger import taking_back
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.taking_back import Selection
from tests.ledger.test_group_limits import make_group
from tests.moved_clock import HOUR, Clock, Query, ms
from tests.raw import new_key

BERLIN = ZoneInfo("Europe/Berlin")
SINCE, UNTIL = ms("2026-10-24T22:00+02:00"), ms("2026-10-25T05:00+01:00")
LIMIT = 30
REASON = "counted heads; two left by the garden"
FORGED = "a child played with it"


def night(ledger: Ledger, clock: Clock) -> tuple[str, dict[str, int]]:
    """The group's slug, and the signs of its counters: two ways in, and one out whose presses are subtracted."""
    random.seed(20)
    clock.now = SINCE - 2 * HOUR
    house, (north, south, way_out) = make_group(ledger, {"North": 1, "South": 1, "Way out": -1}, upper=LIMIT, lower=0)
    devices = {north: "a" * 64, south: "b" * 64, way_out: "c" * 64}
    inside = _send(ledger, clock, north, devices[north], 5)  # they came before the report begins
    clock.now = SINCE
    _send(ledger, clock, south, "e" * 64, 24)
    everything = Selection(device=ledger.transact(lambda c: _number_of(c, "e" * 64)))
    clock.now += 60_000
    ledger.transact(lambda c: taking_back.take_back(c, south, everything, FORGED, None))
    while clock.now < UNTIL - HOUR:
        clock.now += random.randint(30_000, 200_000)
        door = random.choice([north, north, south] if random.random() < 0.72 else [way_out])
        if door == way_out and inside <= 0:
            continue
        amount = random.choice([1, 1, 2]) if door == way_out else random.choice([1, 1, 2, -1])
        pressed = clock.now - random.choice([0, 0, 0, 900_000])  # some arrive late
        saved = _send(ledger, clock, door, devices[door], amount, pressed, undone=random.random() < 0.06)
        inside += saved * (-1 if door == way_out else 1)
    clock.now = ms("2026-10-25T02:30+01:00")
    _send(ledger, clock, north, devices[north], 3, kind=CORRECTION, reason=REASON)
    ledger.reset(south)
    clock.now += 60_000
    _send(ledger, clock, south, devices[south], 4)
    clock.now = UNTIL + HOUR
    _send(ledger, clock, north, devices[north], 9)  # after the report's time
    return house, {north: 1, south: 1, way_out: -1}


def _number_of(connection, secret: str) -> int:
    return connection.exec_driver_sql(f"SELECT id FROM device WHERE secret_sha256 = '{secret}'").scalar_one()


def _send(
    ledger: Ledger, clock: Clock, door: str, device: str, amount: int, at: int = 0, *, undone: bool = False, **more
) -> int:
    """Returns what was counted."""
    click = Click(new_key(), amount, at or clock.now, ANY_ROUND, **more)
    [outcome] = ledger.write([Order(door, device, (click,))])
    if outcome.codes[click.key] != "saved":
        return 0
    if not undone:
        return amount
    clock.now += 20_000
    undo = Click(new_key(), -amount, clock.now, ANY_ROUND, kind=UNDO, of=click.key)
    [outcome] = ledger.write([Order(door, device, (undo,))])
    return 0 if outcome.codes[undo.key] == "saved" else amount


class Truth:
    """What the ledger's rows say, each looked at again for each question."""

    def __init__(self, query: Query, signs: dict[str, int], since: int = SINCE, until: int = UNTIL) -> None:
        self.since, self.until, self.signs = since, until, signs
        self.rows = query(
            "SELECT counter.slug, kind, amount, pressed_at, click.round_id, ended_at FROM click "
            "JOIN round ON round.id = click.round_id JOIN counter ON counter.id = click.counter_id"
        )
        self.rows = [row for row in self.rows if row[0] in signs]

    def number(self, moment: int) -> int:
        """The number at a moment: what was pressed until then in rounds that had not ended."""
        return sum(
            self.signs[slug] * amount
            for slug, _, amount, at, _, ended in self.rows
            if at <= moment and (ended is None or ended > moment)
        )

    def moments(self, start: int, end: int) -> Iterator[int]:
        """When the number may have changed."""
        yield start
        yield from (at for row in self.rows for at in (row[3], row[5]) if at is not None and start <= at < end)

    def highest(self, start: int, end: int) -> int:
        return max(map(self.number, self.moments(start, end)))

    def sums(self, start: int, end: int, door: str | None = None) -> Sums:
        up, down, corrected, clicks = 0, 0, 0, 0
        for slug, kind, amount, at, *_ in self.rows:
            if not start <= at < end or door not in (None, slug):
                continue
            amount *= self.signs[slug]
            clicks += -1 if kind == "take_back" else 1
            was_up = amount > 0 if kind == "click" else amount < 0
            corrected += amount if kind == CORRECTION else 0
            up += amount if kind != CORRECTION and was_up else 0
            down += amount if kind != CORRECTION and not was_up else 0
        return Sums(up, down, corrected, clicks)

    def times_at(self, value: int) -> list[int]:
        """When the number reached a value, each time anew."""
        found, before = [], False
        for moment in sorted({*self.moments(self.since, self.until)}):
            is_there = self.number(moment) >= value
            found += [moment] if is_there and not before else []
            before = is_there
        return found


def query_of(counter: str, **more) -> ReportQuery:
    return ReportQuery(counter, BERLIN, **({"since": SINCE, "until": UNTIL} | more))


NOBODY = Caller()
