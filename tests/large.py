"""Fills a database with a large ledger by SQL alone, in seconds, and looks at it as tabs do.

The roll-ups are rebuilt from the ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from clickcounter.database import schema
from clickcounter.database.engines import open_engine, read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.history import counter_list, participants, snapshots
from clickcounter.history.counter_list import ListQuery
from clickcounter.history.entries import AnyCursor, history_page
from clickcounter.history.history_view import HistoryQuery, history_view
from clickcounter.history.ledger_pages import LedgerQuery
from clickcounter.history.report.facts import ReportQuery
from clickcounter.history.report.read import read_report
from clickcounter.ledger import rollup_checks
from clickcounter.ledger.ledger import Ledger

DAY = 86_400_000  # milliseconds
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n)"


@dataclass(frozen=True, slots=True)
class Size:
    """How much a counter holds. Clicks are spread evenly over devices, rounds and the last days.

    Every tenth device belongs to one of the people, who signed in there for every other click. Clicks go to the rounds from
    the number `first_used` on.
    """

    clicks: int
    devices: int
    rounds: int = 1
    first_used: int = 1
    people: int = 10
    counters: int = 1
    days: int = 7


def prepare(url: str, size: Size) -> None:
    """Create the schema and the counter, and fill it."""
    schema.prepare(url, by_hand=True)
    ledger = Ledger(url)
    ledger.create("counter")
    ledger.close()
    fill(url, size)


def fill(url: str, size: Size) -> None:
    """Fill a database that has the counter with the id 1, without a click, and nothing else."""
    engine = open_engine(url)
    with engine.begin() as connection:
        _insert_names(connection, size)
        _insert_clicks(connection, size)
        totals = "SELECT coalesce(sum(amount), 0) FROM click WHERE round_id ="
        connection.execute(text(f"UPDATE round SET total = ({totals} round.id) WHERE counter_id = 1"))
        has_clicks = "EXISTS (SELECT 1 FROM click WHERE click.round_id = round.id)"
        connection.execute(text(f"UPDATE round SET counted = {has_clicks}"))
        connection.execute(text(f"UPDATE counter SET value = ({totals} counter.round_id) WHERE id = 1"))
        rollup_checks.rebuild(connection)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _insert_names(connection: Connection, size: Size) -> None:
    now = now_ms()
    begun, times = now - size.days * DAY, {"now": now, "begun": now - size.days * DAY}
    connection.execute(
        text(
            f"INSERT INTO device (secret_sha256, label, created_at) {NUMBERS}"
            " SELECT CAST(i AS VARCHAR(64)), 'Door ' || i, :begun FROM n"
        ),
        {"n": size.devices, "begun": begun},
    )
    connection.execute(
        text(
            f"INSERT INTO account (name, name_folded, appearance, password_hash, superuser, created_at) {NUMBERS}"
            " SELECT 'Person ' || i, 'person ' || i, 'Person ' || i, '', FALSE, :begun FROM n"
        ),
        {"n": size.people, "begun": begun},
    )
    connection.execute(text("UPDATE round SET number = :n, started_at = :begun"), {"n": size.rounds, "begun": begun})
    if size.rounds > 1:
        connection.execute(
            text(
                f"INSERT INTO round (id, counter_id, number, total, started_at, ended_at) {NUMBERS}"
                " SELECT i, 1, i, 0, :begun, :now FROM n"
            ),
            times | {"n": size.rounds - 1},
        )
    if size.counters > 1:
        columns = list(connection.execute(text("SELECT * FROM counter")).keys())
        new = {"id": "1 + i", "slug": "'c' || i", "name": "'Gate ' || i", "search": "'gate ' || i", "round_id": "0"}
        selected = ", ".join(new.get(name, f"counter.{name}") for name in columns)
        connection.execute(
            text(f"INSERT INTO counter ({', '.join(columns)}) {NUMBERS} SELECT {selected} FROM n, counter WHERE id = 1"),
            {"n": size.counters - 1},
        )


def _insert_clicks(connection: Connection, size: Size) -> None:
    now, used = now_ms(), size.rounds - size.first_used + 1
    device = "1 + i % :devices"
    number = "(:first + (i - 1) / :each)"  # a round but the current one has its number for an id
    round_id = f"CASE WHEN {number} < :rounds THEN {number} ELSE (SELECT round_id FROM counter WHERE id = 1) END"
    person = (
        "CASE WHEN i % :devices % 10 = 0 AND i / :devices % 2 = 0 AND :people > 0 THEN 1 + i % :devices / 10 % :people END"
    )
    connection.execute(
        text(
            "INSERT INTO click (counter_id, round_id, device_id, key, amount, total, pressed_at, saved_at, time_adjusted,"
            f" round_unknown, kind, reason, account_id) {NUMBERS}, timed AS (SELECT i, :begun + i * :step AS at FROM n)"
            f" SELECT 1, {round_id}, {device}, 'k' || i, 1 + i % :devices % 3, i, at, at, FALSE, FALSE, 'click', '',"
            f" {person}"
            " FROM timed ORDER BY i"
        ),
        {
            "n": size.clicks,
            "devices": size.devices,
            "people": size.people,
            "begun": now - size.days * DAY,
            "step": size.days * DAY // size.clicks,
            "first": size.first_used,
            "rounds": size.rounds,
            "each": -(-size.clicks // used),
        },
    )


def looks(engine: Engine) -> dict[str, Callable[[], object]]:
    """What tabs ask, by name."""
    zone, now = ZoneInfo("Asia/Kathmandu"), now_ms()
    base = HistoryQuery("counter", "day", zone)
    queries_ = {span: replace(base, span=span) for span in ("day", "week", "round", "all")}
    queries_["between"] = replace(base, span="between", since=now - 3 * DAY, until=now - DAY // 2)
    split = {f"{span}, by device": replace(query, by_device=True) for span, query in queries_.items()}
    of_one = {
        "week, one device": replace(base, span="week", device=7),
        "all, one device": replace(base, span="all", device=7),
        "all, one person": replace(base, span="all", account=1),
    }

    def view(query: HistoryQuery) -> Callable[[], object]:
        return lambda: history_view(engine, query, now_ms())

    def page(after: AnyCursor | None = None, **of: object) -> Callable[[], object]:
        return lambda: history_page(engine, LedgerQuery("counter", **of), now, after)  # type: ignore[arg-type]

    middle = history_page(engine, LedgerQuery("counter", until=now - DAY), now)["next"]
    caller = Caller(None, "8")
    report_of_week = ReportQuery("counter", zone, since=now - 7 * DAY, until=now)

    def listed(query: ListQuery) -> Callable[[], object]:
        def read() -> object:
            with read_only(engine).begin() as connection:
                return counter_list.read_page(connection, query)

        return read

    return {
        **{f"look, {name}": view(query) for name, query in (queries_ | split | of_one).items()},
        "page, first": page(),
        "page, middle": page(after=middle),
        "page, one device": page(device=7),
        "page, one device that never pressed": page(device=999_999_999),
        "page, until a day after the start": page(until=now - 6 * DAY),
        "who is counting": lambda: participants.participants(engine, "counter", caller),
        "own totals": lambda: participants.own_totals(engine, "counter", caller),
        "snapshot": lambda: snapshots.snapshot_of(engine, "counter"),
        "report, day": lambda: read_report(engine, ReportQuery("counter", zone), caller, now_ms()),
        "report, week": lambda: read_report(engine, report_of_week, caller, now_ms()),
        "list": listed(ListQuery()),
        "list, search": listed(ListQuery("gate 77")),
        "list, search for nothing": listed(ListQuery("nothing like it")),
    }
