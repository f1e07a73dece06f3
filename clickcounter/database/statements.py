"""The SQL of the hot path, built once.

Core statements over the SQLModel tables: the same tables, free of the ORM's cost for each object.
"""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, case, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from clickcounter.database.tables import ACCOUNT_TALLIES, ACCOUNTS, CLICKS, COUNTERS, DEVICES, ROUNDS, TALLIES
from clickcounter.models import Counter

SUMS = ("up", "down", "corrected", "clicks")  # of every roll-up
NUMBERS = tuple(
    COUNTERS.c[name] for name in ("id", "slug", "value", "revision", "round_id", "last_by", "last_account", "owner_device")
)
ABOUT = tuple(
    COUNTERS.c[name]
    for name in (
        "name",
        "description",
        "colour",
        "step",
        "lower",
        "upper",
        "goal",
        "warn_at",
        "archived_at",
        "about_revision",
        "day_start",
        "tells_who",
        "visibility",
        "press",
    )
)

LOCK_COUNTERS = (
    select(*NUMBERS, *ABOUT)
    .where(COUNTERS.c.slug.in_(bindparam("slugs", expanding=True)), COUNTERS.c.deleted_at.is_(None))
    .order_by(COUNTERS.c.id)
    .with_for_update(key_share=True)
)
LOCK_ALL_COUNTERS = select(COUNTERS.c.id, COUNTERS.c.revision).order_by(COUNTERS.c.id).with_for_update(key_share=True)
READ_ROUNDS = select(ROUNDS.c.id, ROUNDS.c.total, ROUNDS.c.started_at).where(
    ROUNDS.c.counter_id == bindparam("counter_id"), ROUNDS.c.id.in_(bindparam("ids", expanding=True))
)
READ_KEYS = select(CLICKS.c.key).where(
    CLICKS.c.counter_id == bindparam("counter_id"), CLICKS.c.key.in_(bindparam("keys", expanding=True))
)
# What undos name, and whether another undo was there before.
_TAKING_BACK = CLICKS.alias("taking_back")
READ_TARGETS = (
    select(
        CLICKS.c.key,
        CLICKS.c.amount,
        CLICKS.c.round_id,
        CLICKS.c.kind,
        CLICKS.c.account_id,
        DEVICES.c.secret_sha256,
        _TAKING_BACK.c.id.is_not(None).label("taken_back"),
    )
    .join_from(CLICKS, DEVICES, DEVICES.c.id == CLICKS.c.device_id)
    .outerjoin(
        _TAKING_BACK, and_(_TAKING_BACK.c.counter_id == CLICKS.c.counter_id, _TAKING_BACK.c.takes_back == CLICKS.c.key)
    )
    .where(CLICKS.c.counter_id == bindparam("counter_id"), CLICKS.c.key.in_(bindparam("keys", expanding=True)))
)
# One look into the index for each key. Left to itself, PostgreSQL may read every key of the counter instead.
READ_KEYS_ONE_BY_ONE = text(
    "SELECT found.key FROM unnest(CAST(:keys AS varchar[])) AS asked (key) CROSS JOIN LATERAL"
    " (SELECT key FROM click WHERE counter_id = :counter_id AND click.key = asked.key LIMIT 1) AS found"
)
READ_DEVICES = select(DEVICES.c.secret_sha256, DEVICES.c.id, DEVICES.c.label).where(
    DEVICES.c.secret_sha256.in_(bindparam("secrets", expanding=True))
)
INSERT_CLICKS = insert(CLICKS)
RAISE_ROUND = update(ROUNDS).where(ROUNDS.c.id == bindparam("which")).values(total=ROUNDS.c.total + bindparam("added"))
RAISE_COUNTER = Counter.add(bindparam("added"))
_NAME = select(func.nullif(ACCOUNTS.c.name, "")).where(ACCOUNTS.c.id == COUNTERS.c.last_account).scalar_subquery()
_LABEL = select(DEVICES.c.label).where(DEVICES.c.id == COUNTERS.c.last_by).scalar_subquery()
LABEL = func.coalesce(_NAME, _LABEL).label("last_label")
READ_COUNTERS = select(*NUMBERS, *ABOUT, LABEL).where(
    COUNTERS.c.slug.in_(bindparam("slugs", expanding=True)), COUNTERS.c.deleted_at.is_(None)
)


def read_keys(connection: Connection) -> Any:
    """Which of these keys a counter has already; the cost does not grow with its history."""
    return READ_KEYS_ONE_BY_ONE if connection.dialect.name == "postgresql" else READ_KEYS


def insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that leaves a row alone which is there already, or which another process is making."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


@cache
def add_to(dialect: str, table: Table) -> Any:
    """Add to the sums of a roll-up's row, making it where there is none; a tally keeps the later time."""
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    change: dict[str, Any] = {name: table.c[name] + insert.excluded[name] for name in SUMS}
    if "last_at" in table.c:
        old, new = table.c.last_at, insert.excluded.last_at
        change["last_at"] = case((new > old, new), else_=old)
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=change)


@cache
def add_to_tallies(dialect: str) -> Any:
    """The same for tallies; returns what stands then."""
    return add_to(dialect, TALLIES).returning(TALLIES.c.round_id, TALLIES.c.device_id, TALLIES.c.up, TALLIES.c.down)


@cache
def add_to_account_tallies(dialect: str) -> Any:
    """The same for those of accounts."""
    table = ACCOUNT_TALLIES
    return add_to(dialect, table).returning(table.c.round_id, table.c.account_id, table.c.up, table.c.down)
