"""Boards: one tab watches several counters, each in its room, on one socket."""
