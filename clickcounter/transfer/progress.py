"""How often long work reports its progress."""

import time

INTERVAL = 1.0  # seconds


class ReportTimer:
    """Says when the next report is due, so that fast work does not flood the terminal."""

    def __init__(self) -> None:
        self._reported_at = time.monotonic()

    def is_due(self) -> bool:
        """Whether INTERVAL has passed since this last returned True."""
        now = time.monotonic()
        due = now - self._reported_at > INTERVAL
        if due:
            self._reported_at = now
        return due
