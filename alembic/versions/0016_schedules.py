"""When rounds end by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("counter", sa.Column("schedule", sa.String(100), nullable=False, server_default=""))
    op.add_column("counter", sa.Column("ends_at", sa.BigInteger(), nullable=True))
    op.add_column("round", sa.Column("by_schedule", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_counter_ends_at"), "counter", ["ends_at"])
    op.create_index(
        op.f("ix_round_counter_id_ended_at"),
        "round",
        ["counter_id", "ended_at"],
        sqlite_where=sa.text("by_schedule = 1"),
        postgresql_where=sa.text("by_schedule"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_round_counter_id_ended_at"), "round")
    op.drop_index(op.f("ix_counter_ends_at"), "counter")
    op.drop_column("round", "by_schedule")
    op.drop_column("counter", "ends_at")
    op.drop_column("counter", "schedule")
