"""Runs the migrations, for plain `alembic` and for the app's own upgrade at start.

`reflex db` has its own environment and does not read this file; both use the same migrations.
"""

from alembic import context
from sqlalchemy import Connection

from clickcounter.database.schema import migrating_engine
from clickcounter.models import SQLModel
from clickcounter.settings import from_environment


def run(connection: Connection | None) -> None:
    """Run the migrations on a connection, or print their SQL without one."""
    url = None if connection else from_environment().db_url
    context.configure(connection=connection, url=url, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run(None)
elif (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    engine = migrating_engine(from_environment().db_url)
    with engine.begin() as opened:
        run(opened)
    engine.dispose()
