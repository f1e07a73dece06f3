"""The counter as it was before: Django Channels."""
