"""Limits of numbers."""

MAX_VALUE = 2**53 - 1  # the largest integer that a browser's number holds exactly
MAX_AMOUNT = 10**6
