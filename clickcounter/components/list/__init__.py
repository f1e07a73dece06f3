"""The list of counters in the browser."""
