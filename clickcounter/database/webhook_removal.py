"""Removes webhooks, wherever they go with something else."""

from sqlalchemy import ColumnElement, Connection, delete, select

from clickcounter.database.tables import DELIVERIES, WEBHOOKS


def remove(connection: Connection, *which: ColumnElement[bool]) -> bool:
    """Delete these webhooks with the messages that they still had to send. Returns whether there were any."""
    w = WEBHOOKS.c
    ids = list(connection.execute(select(w.id).where(*which).order_by(w.id).with_for_update()).scalars())
    if ids:
        connection.execute(delete(DELIVERIES).where(DELIVERIES.c.webhook_id.in_(ids)))
        connection.execute(delete(WEBHOOKS).where(w.id.in_(ids)))
    return bool(ids)
