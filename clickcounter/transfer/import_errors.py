"""A file that cannot be imported, and why, in both languages."""

from clickcounter.errors import ClickCounterError, NotDone
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.errors import sentences_of
from clickcounter.i18n.import_errors import CUT_OFF, CUT_OFF_BY, FILE_PROBLEMS, LINE, LINE_PROBLEMS, UNCHANGED


class BadFile(NotDone):
    """A file that cannot be imported; `problem` says why, `text` also that nothing was changed."""

    def __init__(self, problem: str, **values: object) -> None:
        self._describe(FILE_PROBLEMS[problem].format(**values))

    def _describe(self, problem: Text) -> None:
        self.problem, self.text = problem, UNCHANGED.format(problem=problem)
        NotDone.__init__(self, self.text.en)


class BadLine(BadFile):
    """A line that cannot be imported."""

    def __init__(self, number: int, problem: str, **values: object) -> None:
        self._describe(LINE.format(number=number, problem=LINE_PROBLEMS[problem].format(**values)))


class ReportedProblem(BadFile):
    """A problem that another process found and put into words."""

    def __init__(self, problem: Text) -> None:
        self._describe(problem)


class CutOff(NotDone):
    """An import that ended in the middle: `text` says why, and how many clicks are in."""

    def __init__(self, error: ClickCounterError, written: int) -> None:
        told = error.problem if isinstance(error, BadFile) else sentences_of(error)
        problem = CUT_OFF_BY.get(error.code, told)
        self.text = CUT_OFF.format(problem=problem, n=written)
        super().__init__(self.text.en)
