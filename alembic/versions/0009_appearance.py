"""What each account's name looks like: names that look alike are found by an index."""

import sqlalchemy as sa
from alembic import op

from clickcounter.access.accounts import stored_appearance

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH = 1_000
ACCOUNT = sa.table("account", sa.column("id"), sa.column("name"), sa.column("deleted_at"), sa.column("appearance"))


def upgrade() -> None:
    op.add_column("account", sa.Column("appearance", sa.String(160), nullable=True))
    connection, after = op.get_bind(), 0
    named = sa.select(ACCOUNT.c.id, ACCOUNT.c.name).where(ACCOUNT.c.deleted_at.is_(None)).order_by(ACCOUNT.c.id).limit(BATCH)
    fill = ACCOUNT.update().where(ACCOUNT.c.id == sa.bindparam("which")).values(appearance=sa.bindparam("looks"))
    while rows := connection.execute(named.where(ACCOUNT.c.id > after)).all():
        connection.execute(fill, [{"which": row.id, "looks": stored_appearance(row.name)} for row in rows])
        after = rows[-1].id
    op.create_index(op.f("ix_account_appearance"), "account", ["appearance"])


def downgrade() -> None:
    op.drop_index(op.f("ix_account_appearance"), "account")
    op.drop_column("account", "appearance")
