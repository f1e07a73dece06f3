"""Past entries, opening amounts and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AFTERWARDS = sa.text("until IS NOT NULL")


def upgrade() -> None:
    op.add_column("counter", sa.Column("lets_add", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("click", sa.Column("until", sa.BigInteger(), nullable=True))
    op.create_index(
        op.f("ix_click_counter_id_kind"),
        "click",
        ["counter_id", "kind"],
        sqlite_where=AFTERWARDS,
        postgresql_where=AFTERWARDS,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_click_counter_id_kind"), "click")
    op.drop_column("click", "until")
    op.drop_column("counter", "lets_add")
