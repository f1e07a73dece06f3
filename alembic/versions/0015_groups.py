"""Groups: counters that are the sum of others; and lower limits that let leave who came."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name in ("is_group", "in_groups", "lets_leave"):
        op.add_column("counter", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "group_part",
        sa.Column("group_id", SERIAL, nullable=False),
        sa.Column("counter_id", SERIAL, nullable=False),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["counter.id"], name=op.f("fk_group_part_group_id")),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_group_part_counter_id")),
        sa.PrimaryKeyConstraint("group_id", "counter_id", name=op.f("pk_group_part")),
    )
    op.create_index(op.f("ix_group_part_counter_id"), "group_part", ["counter_id"])


def downgrade() -> None:
    op.drop_table("group_part")
    for name in ("lets_leave", "in_groups", "is_group"):
        op.drop_column("counter", name)
