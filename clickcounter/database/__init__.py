"""Engines, tables, SQL and the schema, for SQLite and PostgreSQL."""
