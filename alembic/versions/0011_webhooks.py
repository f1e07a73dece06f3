"""Webhooks, and the messages that they still have to send."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("counter_id", SERIAL, nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("events", sa.String(100), nullable=False),
        sa.Column("secret", sa.String(80), nullable=False),
        number("created_at"),
        sa.Column("state", sa.String(10), nullable=False),
        number("seen_revision"),
        sa.Column("seen", sa.String(500), nullable=False),
        number("look_at"),
        number("due_at", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        number("failing_since", nullable=True),
        number("last_at", nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_webhook_counter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_counter_id"), "webhook", ["counter_id"])
    op.create_index(op.f("ix_webhook_due_at"), "webhook", ["due_at"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("webhook_id", SERIAL, nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("event", sa.String(10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        number("created_at"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("message", name=op.f("uq_webhook_delivery_message")),
    )
    op.create_index(op.f("ix_webhook_delivery_webhook_id_id"), "webhook_delivery", ["webhook_id", "id"])


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
