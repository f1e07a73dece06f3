"""Counting mode, in the browser."""
