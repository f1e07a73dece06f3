"""Logs: sentences for people, or one JSON object a line for machines.

A line about a counter or a click carries them as `counter` and `key`, given as logging's `extra`.
"""

import json
import logging
from datetime import UTC, datetime

FACTS = ("counter", "key")


class JsonLines(logging.Formatter):
    """One line, whatever the message holds: JSON escapes the rest."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON object."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FACTS if getattr(record, name, None) is not None}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up(kind: str) -> None:
    """Send all that is logged in this process to stderr, as "human" or "json". Again, it replaces the first."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if kind == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    for old in [h for h in root.handlers if h.get_name() == __name__]:
        root.removeHandler(old)
    handler.set_name(__name__)
    root.addHandler(handler)
    logging.getLogger("clickcounter").setLevel(logging.INFO)
