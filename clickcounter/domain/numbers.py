"""Limits of numbers."""

MAX_VALUE = 2**53 - 1  # the largest integer that a browser's number holds exactly
MAX_AMOUNT = 10**6
MAX_IMPORT_BYTES = 512 * 1024 * 1024  # that a browser may upload; the terminal takes more
MOST_PARTS = 12  # of a group: as many as a board has cells, since its page shows each part live
