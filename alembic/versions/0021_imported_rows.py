"""Which rows of the ledger each imported export wrote, so that it can be undone as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "imported_rows",
        sa.Column("counter_id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("first_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", SERIAL, nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_imported_rows_counter_id")),
        sa.ForeignKeyConstraint(["import_id"], ["table_import.id"], name=op.f("fk_imported_rows_import_id")),
        sa.PrimaryKeyConstraint("counter_id", "first_id", name=op.f("pk_imported_rows")),
    )
    op.create_index(
        op.f("ix_imported_rows_import_id_counter_id_state_first_id"),
        "imported_rows",
        ["import_id", "counter_id", "state", "first_id"],
    )


def downgrade() -> None:
    op.drop_table("imported_rows")
