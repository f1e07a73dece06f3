"""Keys of deleted notes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deleted_note",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("counter_id", SERIAL, nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_deleted_note_counter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deleted_note")),
        sa.UniqueConstraint("counter_id", "key", name=op.f("uq_deleted_note_counter_id_key")),
    )
    op.create_index(op.f("ix_deleted_note_counter_id_id"), "deleted_note", ["counter_id", "id"])


def downgrade() -> None:
    op.drop_table("deleted_note")
