"""A file that cannot be imported, and why, in both languages."""

from clickcounter.errors import NotDone
from clickcounter.i18n.import_errors import FILE_PROBLEMS, LINE, LINE_PROBLEMS
from clickcounter.i18n.text import Text


class BadFile(NotDone):
    """A file that cannot be imported; `text` says why."""

    def __init__(self, problem: str, **values: object) -> None:
        self.text: Text = FILE_PROBLEMS[problem].format(**values)
        super().__init__(self.text.en)


class BadLine(BadFile):
    """A line that cannot be imported."""

    def __init__(self, number: int, problem: str, **values: object) -> None:
        self.text = LINE.format(number=number, problem=LINE_PROBLEMS[problem].format(**values))
        NotDone.__init__(self, self.text.en)
