"""API keys: how programs say who they are."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        *(sa.Column(name, SERIAL, nullable=True) for name in ("counter_id", "account_id", "device_id")),
        sa.Column("in_address", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("used_at", "expires_at", "revoked_at")),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_api_key_counter_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_key_account_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_api_key_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_api_key_secret_sha256")),
    )
    for name in ("counter_id", "account_id"):
        op.create_index(op.f(f"ix_api_key_{name}"), "api_key", [name])


def downgrade() -> None:
    op.drop_table("api_key")
