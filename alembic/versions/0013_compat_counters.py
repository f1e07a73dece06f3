"""The names under which programs written for Abacus or CountAPI know their counters."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "compat_counter",
        sa.Column("namespace", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("counter_id", SERIAL, nullable=False),
        sa.Column("admin_sha256", sa.String(64), nullable=True),
        sa.Column("may_set", sa.Boolean(), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_compat_counter_counter_id")),
        sa.PrimaryKeyConstraint("namespace", "key", name=op.f("pk_compat_counter")),
        sa.UniqueConstraint("counter_id", name=op.f("uq_compat_counter_counter_id")),
    )


def downgrade() -> None:
    op.drop_table("compat_counter")
