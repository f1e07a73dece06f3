"""A board of several counters, in the browser."""
