"""The tables that this package reads and writes, as SQLAlchemy's."""

from sqlmodel import SQLModel

import clickcounter.models  # noqa: F401  fills the metadata that is read below

ACCOUNTS, SESSIONS, MEMBERS, INVITATIONS, COUNTERS = (
    SQLModel.metadata.tables[name] for name in ("account", "session", "member", "invitation", "counter")
)
NAMED = ACCOUNTS.c.name != ""  # who deleted the account has no name any more
