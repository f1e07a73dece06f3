"""A group's counters on its page and its display."""
