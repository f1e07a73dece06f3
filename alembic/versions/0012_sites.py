"""Other sites that may show a counter's button."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("counter_id", SERIAL, nullable=False),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_site_counter_id")),
        sa.PrimaryKeyConstraint("counter_id", "origin", name=op.f("pk_site")),
    )


def downgrade() -> None:
    op.drop_table("site")
