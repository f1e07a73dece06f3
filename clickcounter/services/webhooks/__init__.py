"""Webhooks: what owners do with them, and sending."""
