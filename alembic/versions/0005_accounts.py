"""Accounts, sessions, members and invitations; who may view and press a counter; the account of each click."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_COUNTER = (
    sa.Column("visibility", sa.String(10), nullable=False, server_default="listed"),
    sa.Column("press", sa.String(10), nullable=False, server_default="anyone"),
    sa.Column("owner_device", sa.BigInteger(), nullable=True),
    sa.Column("last_account", sa.BigInteger(), nullable=True),
)


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    for column in OF_COUNTER:
        op.add_column("counter", column)
    op.add_column("click", number("account_id", nullable=True))
    op.create_table(
        "account",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("name_folded", sa.String(160), nullable=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("superuser", sa.Boolean(), nullable=False),
        number("created_at"),
        number("blocked_at", nullable=True),
        number("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name_folded", name=op.f("uq_account_name_folded")),
    )
    op.create_table(
        "session",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("account_id", SERIAL, nullable=False),
        *(number(name) for name in ("created_at", "expires_at", "seen_at")),
        sa.Column("about", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_session_token_sha256")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"])
    op.create_table(
        "member",
        sa.Column("counter_id", SERIAL, nullable=False),
        sa.Column("account_id", SERIAL, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        number("created_at"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_member_account_id")),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_member_counter_id")),
        sa.PrimaryKeyConstraint("counter_id", "account_id", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_account_id"), "member", ["account_id"])
    op.create_table(
        "invitation",
        sa.Column("counter_id", SERIAL, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        number("created_at"),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_invitation_counter_id")),
        sa.PrimaryKeyConstraint("counter_id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token", name=op.f("uq_invitation_token")),
    )
    op.create_table(
        "account_tally",
        sa.Column("round_id", SERIAL, nullable=False),
        sa.Column("account_id", SERIAL, nullable=False),
        *(number(name) for name in ("up", "down", "corrected", "clicks", "last_at")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_tally_account_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_account_tally_round_id")),
        sa.PrimaryKeyConstraint("round_id", "account_id", name=op.f("pk_account_tally")),
    )


def downgrade() -> None:
    for table in ("account_tally", "invitation", "member", "session", "account"):
        op.drop_table(table)
    op.drop_column("click", "account_id")
    for column in reversed(OF_COUNTER):
        op.drop_column("counter", column.name)
