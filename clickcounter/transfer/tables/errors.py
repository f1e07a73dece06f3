"""Files and lines of other apps that cannot be read, and why."""

from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.import_errors import LINE
from clickcounter.i18n.tables.errors import BAD_LINES, ROW_PROBLEMS, UNREADABLE
from clickcounter.i18n.tables.files import BAD_FILES
from clickcounter.transfer.import_errors import ReportedProblem
from clickcounter.transfer.tables.plan import LeftOut

LONGEST_QUOTE = 40  # characters of a cell


def bad_file(problem: str, **values: object) -> ReportedProblem:
    """An error of BAD_FILES."""
    return ReportedProblem(BAD_FILES[problem].format(**values))


def bad_line(number: int, problem: str, **values: object) -> ReportedProblem:
    """An error of BAD_LINES."""
    return _in_line(number, BAD_LINES[problem].format(**values))


def refusal(row: LeftOut) -> ReportedProblem:
    """The error of a file that must not have a line like this."""
    return _in_line(row.line, row.why)


def uncounted(number: int, problem: str, cell: str = "") -> LeftOut:
    """A row that does not count, with a reason of ROW_PROBLEMS."""
    return LeftOut(number, ROW_PROBLEMS[problem].format(cell=_quoted(cell)))


def unreadable(number: int, problem: str, cell: str = "", **values: object) -> LeftOut:
    """A row that cannot be read, with a reason of UNREADABLE."""
    return LeftOut(number, UNREADABLE[problem].format(cell=_quoted(cell), **values), unreadable=True)


def _in_line(number: int, problem: Text) -> ReportedProblem:
    return ReportedProblem(LINE.format(number=number, problem=problem))


def _quoted(cell: str) -> str:
    """A cell as it can stand in a sentence."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cell[: LONGEST_QUOTE + 1])
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE]}…"
