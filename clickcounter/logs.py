"""Logs: readable lines for people, or one JSON object per line for machines.

Lines about a counter or a click carry the fields `counter` and `key`, passed as logging's `extra`. Messages may hold what
anyone sent, so both kinds cut long texts, and the readable kind escapes whatever could forge a line or drive a terminal.
Nobody can fill a disk with them: of lines from one place in the code only so many a minute are written.
"""

import json
import logging
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

EXTRA_FIELDS = ("counter", "key")
LONGEST_MESSAGE = 2_000  # characters
LONGEST_EXCEPTION = 10_000
ALWAYS = {"always": True}
BURST = 20.0  # lines
LONG = 300  # characters that count as one more line
# Control and format characters (also those that reverse a text's direction), surrogates, separators of lines and paragraphs.
ESCAPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def escaped(text: str) -> str:
    """The text on one line, with everything invisible written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(repr(char)[1:-1] if unicodedata.category(char) in ESCAPED else char for char in text)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and how much is missing."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} more characters)"


class HumanLines(logging.Formatter):
    """One line per message; the lines of an exception follow, indented so that none can pass for a message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        """The first line."""
        record.message = escaped(cut(record.message, LONGEST_MESSAGE))
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The message, then the exception and the stack, if there are any."""
        record.exc_text = None  # another handler may have cached its own
        return super().format(record)

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802  logging's own name
        """The traceback, indented."""
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  logging's own name
        """The stack, indented."""
        return _indented(super().formatStack(stack_info))


def _indented(text: str) -> str:
    return "\n".join("  " + escaped(line) for line in _ends(text).split("\n"))


def _ends(text: str) -> str:
    """A traceback says what happened at its end, and where at its beginning."""
    if len(text) <= LONGEST_EXCEPTION:
        return text
    half = LONGEST_EXCEPTION // 2
    return f"{text[:half]}\n… ({len(text) - 2 * half} more characters) …\n{text[-half:]}"


class JsonLines(logging.Formatter):
    """One JSON object per line; JSON escapes line breaks in messages."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": cut(record.getMessage(), LONGEST_MESSAGE),
        }
        extra = {name: getattr(record, name, None) for name in EXTRA_FIELDS}
        line |= {name: cut(str(text), LONGEST_MESSAGE) for name, text in extra.items() if text is not None}
        if record.exc_info:
            line["exception"] = _ends(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


class Bounded(logging.Filter):
    """Lets through BURST lines from one place in the code at once, then one a second; long ones count as several.

    The next line says how many were left out. Lines with `extra=ALWAYS` are not counted: nobody can cause them in a flood.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock, self._lock = clock, threading.Lock()
        self._due: dict[tuple[str, int], float] = {}  # by file and line, when all so far would be written at that pace
        self._left_out: dict[tuple[str, int], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the record."""
        if hasattr(record, "always"):
            return True
        place, now = (record.pathname, record.lineno), self._clock()
        message = record.getMessage()
        length = len(message) + (LONGEST_EXCEPTION if record.exc_info else 0)
        with self._lock:
            due = max(self._due.get(place, now), now)
            if due - now >= BURST:
                self._left_out[place] = self._left_out.get(place, 0) + 1
                return False
            self._due[place] = due + 1 + length / LONG
            left_out = self._left_out.pop(place, 0)
        if left_out:
            record.msg, record.args = f"({left_out} more lines like this were left out) {message}", ()
        return True


def set_up(kind: str) -> None:
    """Log everything in this process to stderr, as "human" or "json". A second call replaces the first."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if kind == "json" else HumanLines())
    root = logging.getLogger()
    for old in [h for h in root.handlers if h.get_name() == __name__]:
        root.removeHandler(old)
    handler.set_name(__name__)
    bounded = Bounded()
    for each in (handler, *logging.getLogger("reflex").handlers):  # Reflex writes its own lines to the terminal itself
        each.addFilter(bounded)
    root.addHandler(handler)
    logging.getLogger("clickcounter").setLevel(logging.INFO)
