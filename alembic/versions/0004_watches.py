"""Four-hour sums next to the quarter-hour ones, the hour at which a counter's days start, and who pressed last."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
QUARTER = 900_000
WATCH = 16 * QUARTER
SUMS = "up, down, corrected, clicks"
SUMMED = "SUM(up), SUM(down), SUM(corrected), SUM(clicks)"
OF_COUNTER = (
    sa.Column("day_start", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("tells_who", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("last_by", sa.BigInteger(), nullable=True),
)


def device_activity(*key: str) -> None:
    """The table with this primary key, which SQLite cannot change in place."""
    columns = {name: sa.Column(name, SERIAL, nullable=False) for name in ("round_id", "device_id")}
    columns |= {name: sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in ("width", "start")}
    op.create_table(
        "device_activity",
        *(columns[name] for name in key),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS.split(", ")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_activity_device_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_device_activity_round_id")),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_device_activity")),
        sqlite_with_rowid=False,
    )


def put_aside(which: str = "") -> None:
    op.execute(f"CREATE TABLE aside AS SELECT round_id, start, device_id, {SUMS} FROM device_activity {which}")
    op.drop_table("device_activity")


def upgrade() -> None:
    for column in OF_COUNTER:
        op.add_column("counter", column)
    put_aside()
    device_activity("round_id", "width", "start", "device_id")
    op.execute(
        f"INSERT INTO device_activity (round_id, width, start, device_id, {SUMS})"
        f" SELECT round_id, {QUARTER}, start, device_id, {SUMS} FROM aside"
    )
    op.execute("DROP TABLE aside")
    op.execute(
        f"INSERT INTO device_activity (round_id, width, start, device_id, {SUMS})"
        f" SELECT round_id, {WATCH}, start - start % {WATCH}, device_id, {SUMMED} FROM device_activity GROUP BY 1, 3, 4"
    )
    op.execute(
        f"INSERT INTO activity (round_id, width, start, {SUMS})"
        f" SELECT round_id, {WATCH}, start - start % {WATCH}, {SUMMED} FROM activity WHERE width = {QUARTER} GROUP BY 1, 3"
    )
    op.create_index(
        op.f("ix_device_activity_round_id_device_id_width_start"),
        "device_activity",
        ["round_id", "device_id", "width", "start"],
    )
    op.create_index(op.f("ix_activity_round_id_width_clicks_start"), "activity", ["round_id", "width", "clicks", "start"])


def downgrade() -> None:
    op.drop_index(op.f("ix_activity_round_id_width_clicks_start"), "activity")
    op.execute(f"DELETE FROM activity WHERE width = {WATCH}")
    put_aside(f"WHERE width = {QUARTER}")
    device_activity("round_id", "start", "device_id")
    op.execute(
        f"INSERT INTO device_activity (round_id, start, device_id, {SUMS})"
        f" SELECT round_id, start, device_id, {SUMS} FROM aside"
    )
    op.execute("DROP TABLE aside")
    for column in reversed(OF_COUNTER):
        op.drop_column("counter", column.name)
