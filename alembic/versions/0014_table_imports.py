"""Imported tables, so that each can be undone as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "table_import",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("device_id", SERIAL, nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("by_account", sa.BigInteger(), nullable=True),
        sa.Column("by_device", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_table_import_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_import")),
        sa.UniqueConstraint("device_id", name=op.f("uq_table_import_device_id")),
    )
    op.create_index(op.f("ix_table_import_file_sha256"), "table_import", ["file_sha256"])


def downgrade() -> None:
    op.drop_table("table_import")
