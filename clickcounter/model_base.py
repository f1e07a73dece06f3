"""What all tables share: how constraints are named, and the type of their keys."""

from typing import Any

from sqlalchemy import BigInteger, Integer, text
from sqlmodel import SQLModel

# Every constraint has a name, so that a later migration can drop or change it on any database.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

# SQLite uses its rowid as the key, without a second index, only if the type is exactly INTEGER.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")


def where(condition: str) -> dict[str, Any]:
    """Makes an index partial, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
