"""Reads dates and times that are all written in one form. A million of them take about a second: days are remembered."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY, MINUTE = 86_400_000, 60_000  # ms
MOST_REMEMBERED = 100_000  # days, and times of day
LONGEST = 60  # characters
_EPOCH, _EPOCH_UTC = datetime(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)  # noqa: DTZ001  local times
_SERIAL_EPOCH = 25_569  # 1970-01-01 in a spreadsheet, which counts days
_MILLISECOND = timedelta(milliseconds=1)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200e": None, "\u200f": None})
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan янв", "feb фев", "mar mär мар", "apr апр", "may mai май мая", "jun июн", "jul июл", "aug авг",
         "sep сен", "oct okt окт", "nov ноя", "dec dez дек"), 1
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = re.compile(r"(\d{1,4})([./-])[ ]?(\d{1,2})\2[ ]?(\d{1,4})\.?")
_WORDS = re.compile(
    r"(?:[^\W\d]+,? )?"  # the day of the week
    r"(?:(?P<m>[^\W\d]{3,})\.? (?P<d>\d{1,2})|(?P<d2>\d{1,2})\.? (?P<m2>[^\W\d]{3,})\.?),? (?P<y>\d{4})"
)
_DAY_AND_CLOCK = re.compile(r"(?P<day>.*?\d{1,4}\.?)(?:,? +|T)(?P<clock>\d{1,2}[:.]\d\d\b.*)")
_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,9}))?)? ?(?:([AaPp])\.? ?[Mm]\.?)? ?(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?"
)


def time_parser(dates: str, zone: ZoneInfo) -> Callable[[str], int]:
    """A function from a text to UTC ms; local times are of `zone`. It raises ValueError, OverflowError."""
    if dates == "iso":
        return iso_parser(IsoParts(zone))
    offset_at = offsets_of(zone)
    if dates in ("epoch_s", "epoch_ms"):
        unit = 1 if dates == "epoch_ms" else 1000
        return lambda text: round(float(text.replace(",", ".")) * unit)
    by_parts = _by_parts(dates, offset_at)
    return _serial(offset_at, by_parts) if dates == "serial" else by_parts


def iso_parser(known: "IsoParts") -> Callable[[str], int]:
    """The same for texts in ISO 8601."""
    days, minutes, seconds, read = known.days, known.minutes, known.seconds, known.read

    def iso(text: str) -> int:
        second = text[16:]
        if second not in seconds:
            return read(text)
        try:
            return days[text[:10]] + minutes[text[11:16]] + seconds[second]
        except KeyError:
            return read(text)

    return iso


class IsoParts:
    """Remembers days and times of day whose sum is the moment."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._offset_at = offsets_of(zone)
        self._by_parts = _by_parts("iso", self._offset_at)
        self.days: dict[str, int] = {}  # midnights in UTC, of days on which no clock is changed
        self.minutes: dict[str, int] = {}  # 17:05 -> ms; together with seconds, few enough for the processor's cache
        self.seconds: dict[str, int] = {}  # :30 -> ms

    def read(self, text: str) -> int:
        """Raises ValueError, OverflowError."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return self._by_parts(text)
        since = moment - (_EPOCH if moment.tzinfo is None else _EPOCH_UTC)
        midnight, of_day = since.days * DAY, since.seconds * 1000 + since.microseconds // 1000
        if moment.tzinfo is not None:
            return midnight + of_day
        if len(text) in (16, 19) and text[13] == ":" and text[16:17] in ("", ":"):
            offset = self._offset_at(midnight)
            if offset == self._offset_at(midnight + DAY - 1):
                _remember(self.days, text[:10], midnight - offset)
            self.minutes[text[11:16]], self.seconds[text[16:]] = of_day - of_day % MINUTE, of_day % MINUTE
        return midnight + of_day - self._offset_at(midnight + of_day)


def _serial(offset_at: Callable[[int], int], by_parts: Callable[[str], int]) -> Callable[[str], int]:
    def serial(text: str) -> int:
        try:
            days = float(text.replace(",", "."))
        except ValueError:
            return by_parts(text)
        local = round((days - _SERIAL_EPOCH) * 86_400) * 1000
        return local - offset_at(local)

    return serial


def _by_parts(dates: str, offset_at: Callable[[int], int]) -> Callable[[str], int]:
    """For a day and a time of day, in any form in which the day can be told from the time."""
    parts = _Parts(dates, offset_at)
    days, clocks, read = parts.days, parts.clocks, parts.read

    def by_parts(text: str) -> int:
        day, _, clock = text.partition(" ")
        try:
            return days[day] + clocks[clock]
        except KeyError:
            return read(text, day, clock)

    return by_parts


class _Parts:
    """Remembers days and times of day whose sum is the moment."""

    def __init__(self, dates: str, offset_at: Callable[[int], int]) -> None:
        self._dates, self._offset_at = dates, offset_at
        self.days: dict[str, int] = {}  # midnights in UTC, of days on which no clock is changed
        self.clocks: dict[str, int] = {}  # ms since midnight, of times without an offset

    def read(self, text: str, day: str, clock: str) -> int:
        """Raises ValueError."""
        if day in self.days and _CLOCK.fullmatch(clock):
            since_midnight, offset = _clock(clock)
            if offset is None:
                _remember(self.clocks, clock, since_midnight)
                return self.days[day] + since_midnight
        if len(text) > LONGEST:
            raise ValueError(text)
        written_day, written_clock = _split(text.translate(_SPACES).strip())
        midnight, (since_midnight, offset) = _day(written_day, self._dates), _clock(written_clock)
        local = midnight + since_midnight
        if offset is not None:
            return local - offset
        of_day = self._offset_at(midnight)
        if day == written_day and of_day == self._offset_at(midnight + DAY - 1):
            _remember(self.days, day, midnight - of_day)
        return local - self._offset_at(local)


def _remember(known: dict[str, int], text: str, value: int) -> None:
    if len(known) >= MOST_REMEMBERED:
        known.clear()
    known[text] = value


def _split(text: str) -> tuple[str, str]:
    found = _DAY_AND_CLOCK.fullmatch(text)
    return (found["day"], found["clock"]) if found else (text, "")


def _day(text: str, dates: str) -> int:
    """Midnight of a day in local ms since 1970. Raises ValueError."""
    if found := _NUMBERS.fullmatch(text):
        year, month, day = _ordered(found[1], found[3], found[4], dates)
    elif found := _WORDS.fullmatch(text):
        month_name = (found["m"] or found["m2"])[:3].lower()
        year, month, day = int(found["y"]), _MONTHS.get(month_name, 0), int(found["d"] or found["d2"])
    else:
        raise ValueError(text)
    return (date(year, month, day).toordinal() - _EPOCH.toordinal()) * DAY


def _ordered(first: str, second: str, third: str, dates: str) -> tuple[int, int, int]:
    """Year, month, day. Raises ValueError."""
    if len(first) == 4 or dates == "ymd":
        return _year(first), int(second), int(third)
    if dates == "mdy":
        return _year(third), int(first), int(second)
    if dates != "dmy":
        raise ValueError(first)  # it could be either
    return _year(third), int(second), int(first)


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    if len(text) == 2:
        return 2000 + int(text)
    raise ValueError(text)


def _clock(text: str) -> tuple[int, int | None]:
    """Ms since midnight, and the offset from UTC in ms if there is one. Raises ValueError."""
    if not text:
        return 0, None
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hour, minute, second = _hour(int(found[1]), found[5]), int(found[2]), int(found[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(text)
    milliseconds = int((found[4] or "0").ljust(3, "0")[:3])
    return (hour * 3600 + minute * 60 + second) * 1000 + milliseconds, _offset(found[6])


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half in "Pp" else 0)


def _offset(text: str | None) -> int | None:
    if text is None:
        return None
    if text in ("Z", "UTC", "GMT"):
        return 0
    minutes = int(text[1:3]) * 60 + int(text[3:].lstrip(":") or 0)
    return (-minutes if text[0] == "-" else minutes) * 60_000


def offsets_of(zone: ZoneInfo) -> Callable[[int], int]:
    """A function from local ms to the zone's offset in ms. It asks the zone once for most days."""
    of_days: dict[int, int | None] = {}  # None: the clocks are changed on that day

    def ask(local: int) -> int:
        offset = zone.utcoffset(_EPOCH + timedelta(milliseconds=local))
        return 0 if offset is None else offset // _MILLISECOND

    def offset_at(local: int) -> int:
        day = local // DAY
        if day not in of_days:
            if len(of_days) >= MOST_REMEMBERED:
                of_days.clear()
            first, last = ask(day * DAY), ask(day * DAY + DAY - 1)
            of_days[day] = first if first == last else None
        offset = of_days[day]
        return ask(local) if offset is None else offset

    return offset_at
