"""The tables of models.py for SQLAlchemy Core."""

from sqlalchemy import BigInteger, type_coerce
from sqlmodel import SQLModel

import clickcounter.models  # noqa: F401  defines the tables

COUNTERS, ROUNDS, DEVICES, CLICKS = (SQLModel.metadata.tables[name] for name in ("counter", "round", "device", "click"))
TALLIES, ACTIVITY, DEVICE_ACTIVITY, ACCOUNT_TALLIES, ACCOUNT_ACTIVITY = (
    SQLModel.metadata.tables[name] for name in ("tally", "activity", "device_activity", "account_tally", "account_activity")
)
ACCOUNTS, SESSIONS, MEMBERS, INVITATIONS, API_KEYS, SITES = (
    SQLModel.metadata.tables[name] for name in ("account", "session", "member", "invitation", "api_key", "site")
)
GROUP_PARTS, DELETED_NOTES = (SQLModel.metadata.tables[name] for name in ("group_part", "deleted_note"))
ACCOUNT_IDENTITIES = SQLModel.metadata.tables["account_identity"]
COMPAT_COUNTERS = SQLModel.metadata.tables["compat_counter"]
REGISTRATION_INVITATIONS, SECOND_FACTORS, RECOVERY_CODES = (
    SQLModel.metadata.tables[name] for name in ("registration_invitation", "second_factor", "recovery_code")
)
PASSKEYS, PASSKEY_CHALLENGES = (SQLModel.metadata.tables[name] for name in ("passkey", "passkey_challenge"))
TABLE_IMPORTS, IMPORTED_ROWS = (SQLModel.metadata.tables[name] for name in ("table_import", "imported_rows"))
WEBHOOKS, DELIVERIES = (SQLModel.metadata.tables[name] for name in ("webhook", "webhook_delivery"))
# For comparing with whatever somebody names: PostgreSQL refuses a number that the column could not hold.
round_number = type_coerce(ROUNDS.c.number, BigInteger)
NAMED = ACCOUNTS.c.name != ""  # a deleted account has no name
