"""What a check found: one line each."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

OK, NOTE, WRONG = "ok", "note", "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, note (works, but could be better) or wrong; `advice` says what to do, unless it is ok."""

    level: str
    about: str
    text: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f" {self.advice}" if self.advice else ""
        return f"{self.level.upper() if self.level == WRONG else self.level:5}  {self.about:13} {self.text}{advice}"

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


Findings = Iterator[Finding]


def ok(about: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(OK, about, text)


def note(about: str, text: str, advice: str) -> Finding:
    """Something that works, but could be better."""
    return Finding(NOTE, about, text, advice)


def wrong(about: str, text: str, advice: str) -> Finding:
    """Something that has to be mended."""
    return Finding(WRONG, about, text, advice)


def megabytes(size: float) -> str:
    """A size to read."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
