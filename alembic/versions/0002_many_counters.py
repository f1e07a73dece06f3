"""Settings of a counter, undo and correction, and what each device added to a round."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_COUNTER = (
    sa.Column("description", sa.String(500), nullable=False, server_default=""),
    sa.Column("colour", sa.String(16), nullable=False, server_default=""),
    sa.Column("step", sa.BigInteger(), nullable=False, server_default="1"),
    sa.Column("lower", sa.BigInteger(), nullable=True, server_default="0"),
    sa.Column("upper", sa.BigInteger(), nullable=True),
    sa.Column("goal", sa.BigInteger(), nullable=True),
    sa.Column("warn_at", sa.String(40), nullable=False, server_default="80"),
    sa.Column("archived_at", sa.BigInteger(), nullable=True),
    sa.Column("deleted_at", sa.BigInteger(), nullable=True),
    sa.Column("about_revision", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("search", sa.String(800), nullable=False, server_default=""),
)
OF_CLICK = (
    sa.Column("kind", sa.String(10), nullable=False, server_default="click"),
    sa.Column("takes_back", sa.String(32), nullable=True),
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
)
ONLY_UNDOS = sa.text("takes_back IS NOT NULL")


def upgrade() -> None:
    for column in OF_COUNTER:
        op.add_column("counter", column)
    for column in OF_CLICK:
        op.add_column("click", column)
    op.add_column("round", sa.Column("ended_by", sa.BigInteger(), nullable=True))
    op.create_table(
        "tally",
        sa.Column("round_id", SERIAL, nullable=False),
        sa.Column("device_id", SERIAL, nullable=False),
        sa.Column("up", sa.BigInteger(), nullable=False),
        sa.Column("down", sa.BigInteger(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_tally_device_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_tally_round_id")),
        sa.PrimaryKeyConstraint("round_id", "device_id", name=op.f("pk_tally")),
    )
    op.execute(
        "INSERT INTO tally (round_id, device_id, up, down, corrected, clicks, last_at)"
        " SELECT round_id, device_id, SUM(amount), 0, 0, COUNT(*), MAX(saved_at) FROM click GROUP BY round_id, device_id"
    )
    op.execute("UPDATE counter SET search = LOWER(name)")  # counters could not be named before this version
    op.create_index(
        "uq_click_counter_id_takes_back",
        "click",
        ["counter_id", "takes_back"],
        unique=True,
        sqlite_where=ONLY_UNDOS,
        postgresql_where=ONLY_UNDOS,
    )
    op.create_index(op.f("ix_click_round_id_device_id_id"), "click", ["round_id", "device_id", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_click_round_id_device_id_id"), "click")
    op.drop_index("uq_click_counter_id_takes_back", "click")
    op.drop_table("tally")
    op.drop_column("round", "ended_by")
    for column in reversed(OF_CLICK):
        op.drop_column("click", column.name)
    for column in reversed(OF_COUNTER):
        op.drop_column("counter", column.name)
