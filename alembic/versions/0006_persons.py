"""Each account's sums per device, for rounds, quarters of an hour and four hours; an index on an account's clicks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
QUARTER = 900_000
WATCH = 16 * QUARTER
ONLY_PERSONS = sa.text("account_id IS NOT NULL")
UP = "SUM(CASE WHEN (kind = 'click' AND amount > 0) OR (kind = 'undo' AND amount < 0) THEN amount ELSE 0 END)"
DOWN = "SUM(CASE WHEN (kind = 'click' AND amount < 0) OR (kind = 'undo' AND amount > 0) THEN amount ELSE 0 END)"
SUMS = f"{UP}, {DOWN}, SUM(CASE WHEN kind = 'correction' THEN amount ELSE 0 END), COUNT(*)"
STARTS = {0: "0", QUARTER: f"pressed_at - pressed_at % {QUARTER}", WATCH: f"pressed_at - pressed_at % {WATCH}"}


def upgrade() -> None:
    op.create_table(
        "account_activity",
        sa.Column("round_id", SERIAL, nullable=False),
        *(sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in ("width", "start")),
        *(sa.Column(name, SERIAL, nullable=False) for name in ("account_id", "device_id")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("up", "down", "corrected", "clicks")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_activity_account_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_account_activity_device_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_account_activity_round_id")),
        sa.PrimaryKeyConstraint("round_id", "width", "start", "account_id", "device_id", name=op.f("pk_account_activity")),
        sqlite_with_rowid=False,
    )
    for width, start in STARTS.items():
        op.execute(
            "INSERT INTO account_activity (round_id, width, start, account_id, device_id, up, down, corrected, clicks)"
            f" SELECT round_id, {width}, {start}, account_id, device_id, {SUMS} FROM click"
            f" WHERE account_id IS NOT NULL GROUP BY 1, 3, 4, 5"
        )
    op.create_index(
        op.f("ix_account_activity_round_id_account_id_width_start"),
        "account_activity",
        ["round_id", "account_id", "width", "start"],
    )
    op.create_index(
        op.f("ix_click_round_id_account_id_id"),
        "click",
        ["round_id", "account_id", "id"],
        sqlite_where=ONLY_PERSONS,
        postgresql_where=ONLY_PERSONS,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_click_round_id_account_id_id"), "click")
    op.drop_table("account_activity")
