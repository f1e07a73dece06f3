"""The SQL of the hot path, built once: Core statements over the SQLModel tables. models.py says why Core."""

from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Table,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.sqlite import Insert

from clickcounter.database.tables import ACCOUNT_TALLIES, ACCOUNTS, CLICKS, COUNTERS, DEVICES, GROUP_PARTS, ROUNDS, TALLIES
from clickcounter.models import Counter

SUMS = ("up", "down", "corrected", "clicks")  # in every roll-up
COUNTER_COLUMNS = tuple(
    COUNTERS.c[name]
    for name in ("id", "slug", "value", "revision", "round_id", "last_by", "last_account", "owner_device", "in_groups")
)
SETTINGS_COLUMNS = tuple(
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
        "is_group",
        "lets_leave",
        "schedule",
        "ends_at",
        "lets_add",
    )
)

LOCK_COUNTERS = (
    select(*COUNTER_COLUMNS, *SETTINGS_COLUMNS)
    .where(COUNTERS.c.slug.in_(bindparam("slugs", expanding=True)), COUNTERS.c.deleted_at.is_(None))
    .order_by(COUNTERS.c.id)
    .with_for_update(key_share=True)
)
# Without groups, which nobody presses. They are locked after all other counters: so no two transactions wait for each other.
LOCK_PRESSED = LOCK_COUNTERS.where(COUNTERS.c.is_group.is_(false()))
LOCK_GROUPS = (
    select(GROUP_PARTS.c.counter_id, GROUP_PARTS.c.sign, *COUNTER_COLUMNS, *SETTINGS_COLUMNS)
    .join_from(GROUP_PARTS, COUNTERS, COUNTERS.c.id == GROUP_PARTS.c.group_id)
    .where(GROUP_PARTS.c.counter_id.in_(bindparam("counters", expanding=True)))
    .order_by(COUNTERS.c.id)
    .with_for_update(key_share=True, of=COUNTERS)
)
LOCK_ALL_COUNTERS = (
    select(COUNTERS.c.id, COUNTERS.c.revision).order_by(COUNTERS.c.is_group, COUNTERS.c.id).with_for_update(key_share=True)
)
READ_ROUNDS = select(ROUNDS.c.id, ROUNDS.c.total, ROUNDS.c.started_at, ROUNDS.c.ended_at).where(
    ROUNDS.c.counter_id == bindparam("counter_id"), ROUNDS.c.id.in_(bindparam("ids", expanding=True))
)
# The rounds that a schedule ended after a moment, the oldest first: in one of them, a late click was made.
READ_SCHEDULED_ROUNDS = (
    select(ROUNDS.c.id, ROUNDS.c.total, ROUNDS.c.started_at, ROUNDS.c.ended_at)
    .where(ROUNDS.c.counter_id == bindparam("counter_id"), ROUNDS.c.by_schedule, ROUNDS.c.ended_at > bindparam("since"))
    .order_by(ROUNDS.c.ended_at)
    .limit(200)
)
READ_CLICK_KEYS = select(CLICKS.c.key).where(
    CLICKS.c.counter_id == bindparam("counter_id"), CLICKS.c.key.in_(bindparam("keys", expanding=True))
)
# The clicks that undos name, and whether each has been undone already.
_UNDO = CLICKS.alias("taking_back")
READ_TARGETS = (
    select(
        CLICKS.c.key,
        CLICKS.c.amount,
        CLICKS.c.round_id,
        CLICKS.c.kind,
        CLICKS.c.account_id,
        DEVICES.c.secret_sha256,
        _UNDO.c.id.is_not(None).label("taken_back"),
    )
    .join_from(CLICKS, DEVICES, DEVICES.c.id == CLICKS.c.device_id)
    .outerjoin(_UNDO, and_(_UNDO.c.counter_id == CLICKS.c.counter_id, _UNDO.c.takes_back == CLICKS.c.key))
    .where(CLICKS.c.counter_id == bindparam("counter_id"), CLICKS.c.key.in_(bindparam("keys", expanding=True)))
)
# One index lookup for each key: with READ_CLICK_KEYS, PostgreSQL's planner may read every key of the counter instead.
READ_CLICK_KEYS_POSTGRESQL = text(
    "SELECT found.key FROM unnest(CAST(:keys AS varchar[])) AS asked (key) CROSS JOIN LATERAL"
    " (SELECT key FROM click WHERE counter_id = :counter_id AND click.key = asked.key LIMIT 1) AS found"
)
READ_DEVICES = select(DEVICES.c.secret_sha256, DEVICES.c.id, DEVICES.c.label).where(
    DEVICES.c.secret_sha256.in_(bindparam("secrets", expanding=True))
)
INSERT_CLICKS = insert(CLICKS)
ADD_TO_ROUND = (
    update(ROUNDS).where(ROUNDS.c.id == bindparam("which")).values(total=ROUNDS.c.total + bindparam("added"), counted=true())
)
ADD_TO_COUNTER = Counter.add(bindparam("added"))
_NAME = select(func.nullif(ACCOUNTS.c.name, text("''"))).where(ACCOUNTS.c.id == COUNTERS.c.last_account).scalar_subquery()
_LABEL = select(DEVICES.c.label).where(DEVICES.c.id == COUNTERS.c.last_by).scalar_subquery()
LABEL = func.coalesce(_NAME, _LABEL).label("last_label")
READ_COUNTERS = select(*COUNTER_COLUMNS, *SETTINGS_COLUMNS, LABEL).where(
    COUNTERS.c.slug.in_(bindparam("slugs", expanding=True)), COUNTERS.c.deleted_at.is_(None)
)


def read_keys(connection: Connection) -> Executable:
    """Selects which of some keys a counter already has, at a cost that does not grow with its history."""
    return READ_CLICK_KEYS_POSTGRESQL if connection.dialect.name == "postgresql" else READ_CLICK_KEYS


@cache
def insert_new(dialect: str, table: Table) -> Insert:
    """An INSERT that skips rows that exist already or that another process is inserting."""
    return _dialect_insert(dialect, table).on_conflict_do_nothing()


@cache
def add_to(dialect: str, table: Table) -> Insert:
    """An upsert that adds to the sums of a roll-up's row, or inserts it; `last_at` becomes the later time."""
    inserting = _dialect_insert(dialect, table)
    change: dict[str, ColumnElement[Any]] = {name: table.c[name] + inserting.excluded[name] for name in SUMS}
    if "last_at" in table.c:
        old, new = table.c.last_at, inserting.excluded.last_at
        change["last_at"] = case((new > old, new), else_=old)
    return inserting.on_conflict_do_update(index_elements=list(table.primary_key), set_=change)


@cache
def add_to_tallies(dialect: str) -> Executable:
    """The upsert for tallies, which returns the new totals."""
    key, sums = (TALLIES.c.round_id, TALLIES.c.device_id), (TALLIES.c.up, TALLIES.c.down, TALLIES.c.corrected)
    return add_to(dialect, TALLIES).returning(*key, *sums)


@cache
def add_to_account_tallies(dialect: str) -> Executable:
    """The upsert for accounts' tallies, which returns the new totals."""
    table = ACCOUNT_TALLIES
    key, sums = (table.c.round_id, table.c.account_id), (table.c.up, table.c.down, table.c.corrected)
    return add_to(dialect, table).returning(*key, *sums)


def _dialect_insert(dialect: str, table: Table) -> Insert:
    # PostgreSQL's Insert has the same methods as SQLite's, which stands in for its type.
    return cast("Insert", postgresql.insert(table)) if dialect == "postgresql" else sqlite.insert(table)
