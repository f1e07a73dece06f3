"""Activity: the ledger's sums for each minute and quarter of an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MINUTE = 60_000
QUARTER = 900_000
SUMS = """
    COALESCE(SUM(CASE WHEN (kind = 'click' AND amount > 0) OR (kind = 'undo' AND amount < 0) THEN amount END), 0),
    COALESCE(SUM(CASE WHEN (kind = 'click' AND amount < 0) OR (kind = 'undo' AND amount > 0) THEN amount END), 0),
    COALESCE(SUM(CASE WHEN kind = 'correction' THEN amount END), 0),
    COUNT(*)
"""


def sums() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in ("up", "down", "corrected", "clicks")]


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("round_id", SERIAL, nullable=False),
        sa.Column("width", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        *sums(),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_activity_round_id")),
        sa.PrimaryKeyConstraint("round_id", "width", "start", name=op.f("pk_activity")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device_activity",
        sa.Column("round_id", SERIAL, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_id", SERIAL, nullable=False),
        *sums(),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_activity_device_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_device_activity_round_id")),
        sa.PrimaryKeyConstraint("round_id", "start", "device_id", name=op.f("pk_device_activity")),
        sqlite_with_rowid=False,
    )
    for width in (MINUTE, QUARTER):
        op.execute(
            "INSERT INTO activity (round_id, width, start, up, down, corrected, clicks)"
            f" SELECT round_id, {width}, pressed_at - pressed_at % {width}, {SUMS} FROM click GROUP BY 1, 3"
        )
    op.execute(
        "INSERT INTO device_activity (round_id, start, device_id, up, down, corrected, clicks)"
        f" SELECT round_id, pressed_at - pressed_at % {QUARTER}, device_id, {SUMS} FROM click GROUP BY 1, 2, 3"
    )
    op.create_index(op.f("ix_click_round_id_saved_at_id"), "click", ["round_id", "saved_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_click_round_id_saved_at_id"), "click")
    op.drop_table("device_activity")
    op.drop_table("activity")
