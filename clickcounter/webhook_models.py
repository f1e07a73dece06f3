"""The tables of webhooks: whom a counter tells what happened to it, and the messages that still have to be sent."""

from sqlalchemy import BigInteger, Index, String, Text
from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class Webhook(SQLModel, table=True):
    """An address that hears of a counter's events, and how far the counter was followed for it."""

    # Random, or made from the request that created it, as a round's: never reused, so that nobody removes the wrong one.
    id: int = Field(primary_key=True, sa_type=SERIAL, sa_column_kwargs={"autoincrement": False})
    counter_id: int = Field(foreign_key="counter.id", index=True, sa_type=SERIAL)
    url: str = Field(sa_type=String(2000))
    events: str = Field(sa_type=String(100))  # comma-separated
    secret: str = Field(sa_type=String(80))  # whsec_…, in the clear: every message is signed with it
    created_at: int = Field(sa_type=BigInteger)
    state: str = Field(default="active", sa_type=String(10))  # or failed: nothing more is sent
    # The last look at the counter: its revision, what was seen (webhooks/events.py), and when to look again at the earliest.
    seen_revision: int = Field(sa_type=BigInteger)
    seen: str = Field(sa_type=String(500))
    look_at: int = Field(default=0, sa_type=BigInteger)
    due_at: int | None = Field(default=None, index=True, sa_type=BigInteger)  # the next attempt; NULL if nothing waits
    attempts: int = 0  # that failed since the last success
    failing_since: int | None = Field(default=None, sa_type=BigInteger)
    last_at: int | None = Field(default=None, sa_type=BigInteger)  # the last attempt
    last_status: int | None = None  # what it was answered, if anything
    last_error: str = Field(default="", sa_type=String(20))  # else why there was no answer


class WebhookDelivery(SQLModel, table=True):
    """A message that waits to be sent; it is deleted once it was accepted."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index(None, "webhook_id", "id"),)  # a webhook's messages in their order

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    webhook_id: int = Field(foreign_key="webhook.id", sa_type=SERIAL)
    message: str = Field(sa_type=String(40), unique=True)  # the header webhook-id, the same at every attempt
    event: str = Field(sa_type=String(10))  # as in Webhook.events, or test
    body: str = Field(sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
