"""Who took a click back: owners take back the clicks of a device, of a person, or of a stretch of time."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("by_account", "by_device")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("click", sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("click", name)
