"""Use cases of how people get in, besides a name and a password."""
