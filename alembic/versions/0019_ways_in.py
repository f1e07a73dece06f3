"""Invitations to register."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "registration_invitation",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("note", sa.String(40), nullable=False),
        sa.Column("account_id", SERIAL, nullable=True),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_registration_invitation_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_invitation")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_registration_invitation_token_sha256")),
    )
    op.create_index(op.f("ix_registration_invitation_account_id"), "registration_invitation", ["account_id"])


def downgrade() -> None:
    op.drop_table("registration_invitation")
