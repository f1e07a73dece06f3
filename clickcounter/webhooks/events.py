"""What there is to tell about a counter: the difference between two looks at it. Pure functions, no I/O, no clock."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from clickcounter.domain.counter_settings import CounterSettings

GOAL, LIMIT, WARNING, RESET, ARCHIVED, CHANGED = "goal", "limit", "warning", "reset", "archived", "changed"
EVENTS = (GOAL, LIMIT, WARNING, RESET, ARCHIVED, CHANGED)  # as people choose them
LEVELS = (GOAL, LIMIT, WARNING)  # numbers that a counter reaches
TEST = "test"
TYPES = {GOAL: "goal_reached", LIMIT: "limit_reached", WARNING: "warning_reached"}


@dataclass(frozen=True, slots=True)
class Level:
    """A number whose reaching is told; `percent` of the way to the limit or the goal for a warning."""

    event: str
    number: int
    percent: int | None = None

    @property
    def key(self) -> str:
        """Its name among all levels that a counter ever has: at another number it is another level."""
        return f"{self.key_without_number} {self.number}"

    @property
    def key_without_number(self) -> str:
        """Its name as it was stored before the number was part of it."""
        return self.event if self.percent is None else f"{self.event} {self.percent}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A counter at one look. `reached` names its levels that were reached; `saved_at` and `click` are its newest entry."""

    value: int
    round: int
    archived: bool
    reached: tuple[str, ...] = ()
    saved_at: int = 0
    click: int = 0

    def as_text(self) -> str:
        """The form in which it is stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Seen":
        """What `as_text` returned."""
        stored = json.loads(text)
        return cls(**stored | {"reached": tuple(stored["reached"])})


@dataclass(frozen=True, slots=True)
class RoundSeen:
    """A round that the counter was in since the last look. `top` is the highest number that is known of it since then."""

    number: int
    total: int
    top: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell. `kind` is one of EVENTS or TEST, `type` its name in the message, `data` what else is said."""

    kind: str
    type: str
    data: Mapping[str, object]


def levels_of(settings: CounterSettings) -> list[Level]:
    """The levels that a counter has, the lowest first. Warnings are as on its page (shared/progress.js)."""
    found = [
        Level(event, number) for event, number in ((GOAL, settings.goal), (LIMIT, settings.upper)) if number is not None
    ]
    target = settings.goal if settings.upper is None else settings.upper
    if target is not None and target > 0:
        found += [Level(WARNING, -(-percent * target // 100), percent) for percent in settings.warn_at]
    return sorted(found, key=lambda level: level.number)


def reached(levels: Iterable[Level], value: int) -> tuple[str, ...]:
    """The keys of the levels that this number has reached."""
    return tuple(level.key for level in levels if value >= level.number)


def with_numbers(seen: Seen, levels: Iterable[Level]) -> Seen:
    """The same where keys were stored without numbers: they stand for the levels of now, which have been told."""
    keys = {level.key_without_number: level.key for level in levels}
    return replace(seen, reached=tuple(keys.get(key, key) for key in seen.reached))


def derive(seen: Seen, now: Seen, rounds: Iterable[RoundSeen], levels: list[Level]) -> list[Event]:
    """What happened between two looks, in its order. `rounds` are those since the first look, the last one is the current.

    A level is told when the number rises to it, and again only after it was seen below it; also if it was there only for a
    moment. A counter that was archived and restored between two looks was neither.
    """
    events: list[Event] = []
    known = set(seen.reached)
    last = None
    for last in rounds:
        events += (_arrival(level, last) for level in levels if level.key not in known and last.top >= level.number)
        if last.ended_at is not None:
            events.append(Event(RESET, "reset", {"round": last.number, "total": last.total}))
            known = set(reached(levels, 0))
    number = {"round": last.number} if last else {}
    if now.archived != seen.archived:
        events.append(Event(ARCHIVED, "archived" if now.archived else "restored", number))
    if (now.value, now.round) != (seen.value, seen.round):
        events.append(Event(CHANGED, "changed", number))
    return events


def messages(events: Iterable[Event], wanted: Iterable[str]) -> Iterator[Event]:
    """Those of the events that somebody wants to hear of."""
    return (event for event in events if event.kind in {*wanted, TEST})


def body_of(event: Event, counter: Mapping[str, object], time: str) -> str:
    """The message's body: its type, when it was made, and the counter with what happened to it."""
    return json.dumps(
        {"type": f"counter.{event.type}", "timestamp": time, "data": {**counter, **event.data}},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _arrival(level: Level, seen: RoundSeen) -> Event:
    data: dict[str, object] = {"round": seen.number, level.event if level.percent is None else "at": level.number}
    if level.percent is not None:
        data["percent"] = level.percent
    return Event(level.event, TYPES[level.event], data)
