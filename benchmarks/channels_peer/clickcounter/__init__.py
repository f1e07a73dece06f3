"""The original counter on Django Channels."""
