"""What long work reports of its progress, and how often."""

import time
from collections.abc import Callable
from dataclasses import dataclass

INTERVAL = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Checking:
    """How much of a file is checked, in bytes."""

    done: int
    whole: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a file's clicks are written. The first report has `done` 0: the whole file is checked."""

    done: int
    whole: int  # clicks in the file


Say = Callable[[Checking | Progress], None]


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
