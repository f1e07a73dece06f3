"""A report's words, numbers and times in one language, and the times in one time zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from clickcounter.domain import calendar
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.days.report import REPORT
from clickcounter.i18n.history import HISTORY
from clickcounter.web.markup import Child, Markup, el, joined

LANGUAGES = tuple(REPORT["report"].as_dict())
NO_BREAK = "\u00a0"
FOUR_TOGETHER = ("es",)  # CLDR's minimumGroupingDigits, which Babel does not know: these languages write 1000, but 10.000

DAY_MARKS = {"de": "."}  # what stands behind the number of a day


@cache
def _group_sign(language: str) -> str:
    from babel.numbers import get_group_symbol

    return get_group_symbol(language)


@cache
def _short_months(language: str) -> dict[int, str]:
    from babel.dates import get_month_names

    return dict(get_month_names("abbreviated", locale=language))


@dataclass(frozen=True, slots=True)
class Words:
    """In this language and time zone. Times stand without what all of them have in common: a date, or a year."""

    language: str
    zone: ZoneInfo
    one_date: bool = False
    one_year: bool = False

    def say(self, text: Text | str, /, **values: Child) -> Markup:
        """A text, or that of a name; values replace their names in braces."""
        words = (REPORT[text] if isinstance(text, str) else text).as_dict()[self.language]
        shown = {name: joined(value) for name, value in values.items()}
        return joined(words).format(**shown) if shown else joined(words)

    def number(self, value: int) -> str:
        """A number, grouped as the pages group it."""
        together = self.language in FOUR_TOGETHER and abs(value) < 10_000
        return f"{value:,}".replace(",", "" if together else _group_sign(self.language)).replace("-", "\u2212")

    def signed(self, value: int) -> str:
        """What was added, with its sign."""
        return ("+" if value > 0 else "") + self.number(value)

    def kind(self, kind: str) -> Markup:
        """What kind of entry it is."""
        name = f"kind_{kind}"
        return self.say(REPORT.get(name) or HISTORY[name])

    def at(self, moment: int) -> datetime:
        """The local time."""
        return datetime.fromtimestamp(moment / 1000, self.zone)

    def date(self, moment: int, *, weekday: bool = False, short: bool = False) -> str:
        """The local date, which no line breaks; `short` is without the year."""
        at = self.at(moment)
        months, weekdays = (REPORT[name].as_dict()[self.language].split() for name in ("months", "weekdays"))
        said = self.say("short_date" if short else "date", day=at.day, month=months[at.month - 1], year=at.year)
        date = str(said).replace(" ", NO_BREAK)
        return f"{weekdays[at.weekday()]}, {date}" if weekday else date

    def brief_date(self, moment: int) -> str:
        """The local date without the year, as short as a chart needs it."""
        at = self.at(moment)
        return f"{at.day}{DAY_MARKS.get(self.language, '')} {_short_months(self.language)[at.month]}"

    def clock(self, moment: int) -> str:
        """The local time of day."""
        return f"{self.at(moment):%H:%M}"

    def moment(self, moment: int) -> str:
        """The time of day, with its date unless all are of one."""
        return self.clock(moment) if self.one_date else f"{self.date(moment, short=self.one_year)}, {self.clock(moment)}"

    def span(self, since: int, until: int) -> str:
        """From one moment to another, each date once."""
        if self.at(since).date() == self.at(until).date():
            clocks = (
                self.clock(since) if self.clock(since) == self.clock(until) else f"{self.clock(since)}–{self.clock(until)}"
            )
            return clocks if self.one_date else f"{self.date(since, short=self.one_year)}, {clocks}"
        return f"{self.moment(since)} – {self.moment(until)}"

    def whole_day(self, moment: int) -> tuple[int, int]:
        """From midnight to midnight."""
        edges = calendar.edges(self.zone, "day", moment, moment)
        return edges[0], edges[1]

    def offset(self, moment: int) -> str:
        """How far the local time is from UTC."""
        minutes = round((self.at(moment).utcoffset() or timedelta()).total_seconds() / 60)
        sign = "\u2212" if minutes < 0 else "+"
        return f"UTC{sign}{abs(minutes) // 60}" + (f":{abs(minutes) % 60:02}" if minutes % 60 else "")

    def participant(self, person: str, label: str, device: int | None) -> Markup:
        """A person's name, a device's label, both, or the device's number."""
        names = [el("bdi", name) for name in (person, label) if name]
        return joined(", ").join(names) if names else self.say("unnamed", n=str(device))
