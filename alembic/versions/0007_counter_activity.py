"""Activity by counter, rounds that hold clicks, and indexes for the charts and pages of one device or one account."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONLY_PERSONS = sa.text("account_id IS NOT NULL")
ONLY_MINUTES = sa.text("width = 60000")
NEW = (
    ("activity", ["counter_id", "width", "start"]),
    ("tally", ["device_id"]),
    ("account_tally", ["account_id"]),
    ("device_activity", ["device_id", "width", "start"]),
    ("account_activity", ["account_id", "width", "start"]),
    ("account_activity", ["device_id", "width", "start", "round_id"]),
    ("click", ["round_id", "device_id", "saved_at", "id"]),
)
OLD = (
    ("activity", ["round_id", "width", "clicks", "start"]),
    ("device_activity", ["round_id", "device_id", "width", "start"]),
    ("account_activity", ["round_id", "account_id", "width", "start"]),
    ("click", ["round_id", "device_id", "id"]),
)


def name(table: str, columns: list[str]) -> str:
    return op.f("_".join(["ix", table, *columns]))


def index_persons(old: list[str], new: list[str]) -> None:
    op.drop_index(name("click", old), "click")
    op.create_index(name("click", new), "click", new, sqlite_where=ONLY_PERSONS, postgresql_where=ONLY_PERSONS)


def upgrade() -> None:
    op.add_column("activity", sa.Column("counter_id", SERIAL, nullable=False, server_default="0"))
    op.add_column("round", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE activity SET counter_id = (SELECT counter_id FROM round WHERE round.id = activity.round_id)")
    op.execute("UPDATE round SET counted = EXISTS (SELECT 1 FROM tally WHERE tally.round_id = round.id)")
    for table, columns in OLD:
        op.drop_index(name(table, columns), table)
    for table, columns in NEW:
        op.create_index(name(table, columns), table, columns)
    index_persons(["round_id", "account_id", "id"], ["round_id", "account_id", "saved_at", "id"])
    op.create_index(
        "ix_activity_busiest_minute",
        "activity",
        ["round_id", "clicks", "start"],
        sqlite_where=ONLY_MINUTES,
        postgresql_where=ONLY_MINUTES,
    )
    op.create_index(
        "uq_round_counted",
        "round",
        ["counter_id", "number"],
        unique=True,
        sqlite_where=sa.text("counted = 1"),
        postgresql_where=sa.text("counted"),
    )


def downgrade() -> None:
    op.drop_index("uq_round_counted", "round")
    op.drop_index("ix_activity_busiest_minute", "activity")
    index_persons(["round_id", "account_id", "saved_at", "id"], ["round_id", "account_id", "id"])
    for table, columns in reversed(NEW):
        op.drop_index(name(table, columns), table)
    for table, columns in OLD:
        op.create_index(name(table, columns), table, columns)
    op.drop_column("round", "counted")
    op.drop_column("activity", "counter_id")
