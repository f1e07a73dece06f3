"""Tables of other apps: recognized, shown as they would be counted, and read row by row. No database is needed for that."""

from clickcounter.transfer.tables.plan import Choice, CounterSummary, LeftOut, Plan, Question, Recognized, Row, Summary
from clickcounter.transfer.tables.reader import rows, summary
from clickcounter.transfer.tables.recognizer import recognize

__all__ = [
    "Choice",
    "CounterSummary",
    "LeftOut",
    "Plan",
    "Question",
    "Recognized",
    "Row",
    "Summary",
    "recognize",
    "rows",
    "summary",
]
