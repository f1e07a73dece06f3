"""A counter's history: entries, rounds, charts, leaders, and all of it as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from clickcounter.api.export import TYPES
from clickcounter.api.v1 import history_shapes as shapes
from clickcounter.api.v1.answers import NOT_STORED, Problem, limits, read
from clickcounter.api.v1.routes import LARGEST, Asker, Responses, number_in, numbers_in, problems, reads
from clickcounter.domain.calendar import MONDAY
from clickcounter.services import exports, history

router = APIRouter(prefix="/counters/{counter}", tags=["History"])

Number = Annotated[int | None, Query(ge=0, le=LARGEST)]
Moment = Annotated[int | None, Query(ge=0, le=LARGEST, description="Milliseconds since 1970.")]
Span = Annotated[Literal["day", "week", "round", "all", "between"], Query(description="`between` takes since and until.")]
Zone = Annotated[str, Query(max_length=history.LONGEST_ZONE, description="Whose days: a time zone such as Europe/Berlin.")]
WeekStart = Annotated[int, Query(ge=1, le=7, description="The day on which weeks start; 1 is Monday.")]
FILES: Responses = {200: {"content": {kind: {"schema": {"type": "string"}} for kind in TYPES.values()}}}
NO_DAYS: dict[str, object] = {
    **dict.fromkeys(("unit", "before", "before_so_far", "typical", "typical_so_far")),
    "step": 0,
    "so_far": 0,
    "days": [],
    "course": [],
    "before_course": [],
    "typical_course": [],
}
LEADERS = ("number", "label", "up", "down", "clicks", "person", "account")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which time of a counter is asked for."""

    counter: str
    zone: Zone = "UTC"
    round: Number = None
    since: Moment = None
    until: Moment = None
    week_start: WeekStart = MONDAY

    def query(self, span: str, **more: object) -> history.HistoryQuery:
        """The question for the history."""
        return history.query_of(
            counter=self.counter,
            span=span,
            zone=self.zone,
            round_number=self.round,
            since=self.since,
            until=self.until,
            week_start=self.week_start,
            **more,
        )


@router.get("/history", response_model=shapes.History, responses=reads())
async def read_history(
    request: Request,
    asker: Asker,
    counter: str,
    round: Number = None,  # noqa: A002
    device: Number = None,
    account: Number = None,
    since: Moment = None,
    until: Moment = None,
    cursor: str | None = None,
) -> Response:
    """Entries of the ledger, newest first, 50 a page: all, or those of a round, device, account or time of saving.

    A group's are those of its counters that the asker may see.
    """
    page = await history.page(
        asker.who,
        counter=counter,
        round_number=round,
        device=device,
        since=since,
        until=until,
        after=_after(cursor),
        account=account,
    )
    doors = {door["id"]: door["counter"] for door in page["doors"]}
    entries = [row | {"counter": doors[row["door"]] if doors else counter} for row in page["rows"]]
    return read(request, {"counter": counter, "entries": entries, "next": _cursor(page["next"])}).response()


def _cursor(following: Sequence[int] | Sequence[Sequence[int]] | None) -> str | None:
    """A cursor as text: the numbers of a position, or of a group's positions one after another."""
    numbers = [part if isinstance(part, int) else ".".join(map(str, part)) for part in following or ()]
    return ".".join(map(str, numbers)) or None


def _after(cursor: str | None) -> list[int] | list[list[int]] | None:
    """What `_cursor` has written. Raises Malformed."""
    numbers = numbers_in(cursor, 3, *history.GROUP_CURSORS)
    if numbers is None or len(numbers) == 3:
        return numbers
    return [list(position) for position in zip(*[iter(numbers)] * history.POSITION, strict=True)]


@router.get("/rounds", response_model=shapes.Rounds, responses=reads())
async def read_rounds(request: Request, asker: Asker, counter: str, cursor: str | None = None) -> Response:
    """Rounds, newest first, 50 a page. The current one has not ended."""
    found, following = await history.rounds(asker.who, counter, number_in(cursor))
    rounds = [{name: getattr(one, name) for name in shapes.RoundOfCounter.model_fields} for one in found]
    after = None if following is None else str(following)
    return read(request, {"counter": counter, "rounds": rounds, "next": after}).response()


@router.get("/days", response_model=shapes.Days, responses=reads())
async def read_days(request: Request, asker: Asker, counter: str) -> Response:
    """The days that ended by themselves, the newest first, at most 35: their totals, and how the current one compares."""
    found = await history.days(asker.who, counter) or NO_DAYS
    return read(request, {"counter": counter, **found}).response()


@router.get("/series", response_model=shapes.Series, responses=reads())
async def read_series(
    request: Request,
    asker: Asker,
    asked: Annotated[Asked, Depends()],
    span: Span = "day",
    device: Number = None,
    account: Number = None,
    by_device: bool = False,
) -> Response:
    """At most 60 bars of one span of time: of everybody, a device or an account; on request of the most active, too."""
    found = await history.series(
        asker.who, asker.address, asked.query(span, device=device, account=account, by_device=by_device)
    )
    bars = [dict(zip(shapes.Bar.model_fields, bar, strict=True)) for bar in found.bars]
    parts = [dict(zip(shapes.Part.model_fields, part, strict=True)) for part in found.parts]
    content = {"counter": asked.counter, "span": span, "width": found.width, "bars": bars, "parts": parts}
    return read(request, content).response()


@router.get("/leaders", response_model=shapes.Leaders, responses=reads())
async def read_leaders(request: Request, asker: Asker, asked: Annotated[Asked, Depends()], span: Span = "round") -> Response:
    """The ten who counted most in one span of time. For very many devices this may be what was found a moment ago."""
    found = await history.leaders(asker.who, asker.address, asked.query(span))
    if found is None:
        raise Problem("not_ready")
    leaders = [{name: getattr(leader, name) for name in LEADERS} for leader in found.value]
    return read(request, {"counter": asked.counter, "span": span, "leaders": leaders}).response()


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=FILES | problems(404),
)
async def export_counter(
    request: Request,
    asker: Asker,
    counter: str,
    format: Literal["csv", "xlsx", "jsonl"] = "csv",  # noqa: A002
    zone: Zone = "UTC",
    separator: Annotated[Literal["comma", "semicolon"], Query(description="Of a CSV.")] = "comma",
) -> Response:
    """The whole ledger as a file."""
    chunks = await exports.export(asker.who, counter, format, zone, separator)
    answer = StreamingResponse(chunks, media_type=TYPES[format])
    answer.raw_headers += [NOT_STORED, *limits(request)]
    return answer
