"""Connections to machines that somebody else named: webhooks' receivers, and the provider that people sign in with."""
