"""Logs: readable lines for people, or one JSON object per line for machines.

Lines about a counter or a click carry the fields `counter` and `key`, passed as logging's `extra`.
"""

import json
import logging
from datetime import UTC, datetime

EXTRA_FIELDS = ("counter", "key")


class JsonLines(logging.Formatter):
    """One JSON object per line; JSON escapes line breaks in messages."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in EXTRA_FIELDS if getattr(record, name, None) is not None}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up(kind: str) -> None:
    """Log everything in this process to stderr, as "human" or "json". A second call replaces the first."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if kind == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    for old in [h for h in root.handlers if h.get_name() == __name__]:
        root.removeHandler(old)
    handler.set_name(__name__)
    root.addHandler(handler)
    logging.getLogger("clickcounter").setLevel(logging.INFO)
