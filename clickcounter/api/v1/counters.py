"""Counters: list, make, read, change, archive, restore, delete."""

import hashlib
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from clickcounter.api.v1 import shapes
from clickcounter.api.v1.answers import PREFIX, Answer, done, problem, read
from clickcounter.api.v1.presses import name_of, repeats
from clickcounter.api.v1.routes import IDEMPOTENCY_KEY, Asker, changes, number_in, reads
from clickcounter.domain.clicks import Caller, Snapshot
from clickcounter.errors import ClickCounterError
from clickcounter.services import counters, lists
from clickcounter.services.groups import parts as groups
from clickcounter.services.lists import ListRow
from clickcounter.services.presses import programs as presses

router = APIRouter(tags=["Counters"])


@router.get("/counters", response_model=shapes.CounterList, responses=reads())
async def list_counters(
    request: Request, asker: Asker, search: str = "", archived: bool = False, cursor: str | None = None
) -> Response:
    """Counters that you may see, newest first, 50 a page."""
    page = await lists.page(asker.who, search, archived, number_in(cursor) or None)
    rows = [_row(row) for row in page.rows]
    following = None if page.next is None else str(page.next)
    return read(request, {"counters": rows, "total": page.total, "next": following}).response()


@router.post(
    "/counters",
    status_code=201,
    response_model=shapes.Counter,
    responses=changes(409),
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
async def make_counter(request: Request, asker: Asker, wanted: shapes.NewCounter) -> Response:
    """Make a counter. It belongs to the account of the key or session, otherwise to the device."""
    key = asker.key if wanted.key is None else wanted.key
    fields = wanted.model_dump(exclude_unset=True, exclude={"key"})

    async def make() -> Answer:
        try:
            ledgers = None if key is None else presses.key_of(key, asker.scope)
            slug = (await counters.create(asker.who, asker.address, fields, ledgers))["slug"]
            location = (b"location", f"{PREFIX}/counters/{slug}".encode())
            return done(request, _counter(await counters.show(asker.who, slug)), 201, location)
        except ClickCounterError as error:
            return problem(request, error)

    said = hashlib.sha256(repr(sorted(fields.items())).encode()).digest()
    return (await repeats.once(name_of(asker, "make", key), said, make)).response()


@router.get("/counters/{counter}", response_model=shapes.Counter, responses=reads())
async def read_counter(request: Request, asker: Asker, counter: str) -> Response:
    """What a counter shows, and its settings."""
    return read(request, _counter(await counters.show(asker.who, counter))).response()


@router.patch("/counters/{counter}", response_model=shapes.Counter, responses=changes())
async def change_counter(request: Request, asker: Asker, counter: str, wanted: shapes.Settings) -> Response:
    """Change some of a counter's settings."""
    await counters.update_settings(asker.who, counter, wanted.model_dump(exclude_unset=True))
    return await _now(request, asker.who, counter)


@router.post("/counters/{counter}/archive", response_model=shapes.Counter, responses=changes())
async def archive_counter(request: Request, asker: Asker, counter: str) -> Response:
    """Archive a counter, which takes no presses from then on."""
    await counters.archive(asker.who, counter)
    return await _now(request, asker.who, counter)


@router.post("/counters/{counter}/restore", response_model=shapes.Counter, responses=changes())
async def restore_counter(request: Request, asker: Asker, counter: str) -> Response:
    """Take an archived counter back into use."""
    await counters.restore(asker.who, counter)
    return await _now(request, asker.who, counter)


@router.delete("/counters/{counter}", status_code=204, responses=changes(409))
async def delete_counter(request: Request, asker: Asker, counter: str) -> Response:
    """Delete a counter for good."""
    shown = await counters.show(asker.who, counter)
    await counters.delete(asker.who, counter, shown.settings.name or shown.counter)
    answer = done(request, {}, 204)
    return Answer(204, answer.headers[1:], b"").response()


@router.get("/counters/{counter}/parts", response_model=shapes.Parts, responses=reads())
async def read_parts(request: Request, asker: Asker, counter: str) -> Response:
    """The counters of a group."""
    return read(request, await groups.parts(asker.who, counter)).response()


@router.patch("/counters/{counter}/parts", response_model=shapes.Parts, responses=changes())
async def change_parts(request: Request, asker: Asker, counter: str, wanted: shapes.PartChanges) -> Response:
    """Put counters into a group, or take them out. You must be able to manage both."""
    await groups.change(asker.who, counter, wanted.changes)
    return done(request, await groups.parts(asker.who, counter)).response()


async def _now(request: Request, who: Caller, counter: str) -> Response:
    return done(request, _counter(await counters.show(who, counter))).response()


def _counter(snapshot: Snapshot) -> dict[str, Any]:
    settings = snapshot.settings
    return {
        "counter": snapshot.counter,
        "value": snapshot.value,
        "revision": snapshot.revision,
        "round": snapshot.round,
        "name": settings.name,
        "description": settings.description,
        "colour": settings.colour,
        "step": settings.step,
        "lower": settings.lower,
        "upper": settings.upper,
        "goal": settings.goal,
        "warn_at": settings.warn_at,
        "archived": settings.archived_at is not None,
        "day_start": settings.day_start,
        "tells_who": settings.tells_who,
        "visibility": settings.visibility,
        "press": settings.press,
        "group": settings.group,
        "lets_leave": settings.lets_leave,
        "lets_add": settings.lets_add,
        "schedule": settings.schedule,
        "ends_at": settings.ends_at,
    }


def _row(row: ListRow) -> dict[str, Any]:
    return {"counter": row.slug} | {
        name: getattr(row, name) for name in shapes.ListedCounter.model_fields if name != "counter"
    }
