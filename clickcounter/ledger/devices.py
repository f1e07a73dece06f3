"""Devices in the ledger: a device is known by the SHA-256 of its secret, and created when it first writes something."""

from collections.abc import Sequence

from sqlalchemy import Connection

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute, execute_many
from clickcounter.domain.clicks import Presser


def device_ids(connection: Connection, secrets_sha256: set[str], now: int) -> dict[str, int]:
    """The ids of these devices, by the SHA-256 of their secrets; unknown ones are created."""
    return {secret: device.number for secret, device in find_or_create_devices(connection, secrets_sha256, now).items()}


def find_or_create_devices(connection: Connection, secrets_sha256: set[str], now: int) -> dict[str, Presser]:
    """These devices, by the SHA-256 of their secrets; unknown ones are created, in sorted order to avoid deadlocks.

    If another process creates the same device at the same time, its row is used.
    """
    secrets = sorted(secrets_sha256)
    known = read_devices(connection, secrets) if secrets else {}
    return known | create_devices(connection, [secret for secret in secrets if secret not in known], now)


def create_devices(connection: Connection, secrets_sha256: Sequence[str], now: int) -> dict[str, Presser]:
    """Create devices that were unknown a moment ago, by the SHA-256 of their secrets, which are sorted."""
    if not secrets_sha256:
        return {}
    rows = [{"secret_sha256": secret, "label": "", "created_at": now} for secret in secrets_sha256]
    execute_many(connection, sql.insert_new(connection.dialect.name, tables.DEVICES), rows)
    return read_devices(connection, secrets_sha256)


def read_devices(connection: Connection, secrets_sha256: Sequence[str]) -> dict[str, Presser]:
    """Those of these devices that are known."""
    rows = execute(connection, sql.READ_DEVICES, {"secrets": secrets_sha256})
    return {row.secret_sha256: Presser(row.id, row.label) for row in rows}
