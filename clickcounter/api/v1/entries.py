"""Past entries, opening amounts and notes."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from clickcounter.api.v1 import shapes
from clickcounter.api.v1.answers import done
from clickcounter.api.v1.press_routes import ONCE, once
from clickcounter.api.v1.routes import Asker, changes
from clickcounter.services.past import entries
from clickcounter.services.presses import programs as presses

router = APIRouter(tags=["Presses"])


@router.post("/counters/{counter}/entries", response_model=shapes.Added, responses=changes(409), openapi_extra=ONCE)
async def add_entry(request: Request, asker: Asker, counter: str, wanted: shapes.PastEntry) -> Response:
    """Add what was counted earlier, an opening amount, or a note."""
    fields = wanted.model_dump(exclude={"key"})

    async def add(key: str | None) -> Mapping[str, Any]:
        named = presses.new_key() if key is None else key
        return {"counter": counter, **await entries.add(asker.who, asker.address, counter, fields, named)}

    return await once(request, asker, f"entry {counter}", wanted.key, repr(sorted(fields.items())), add)


@router.delete("/counters/{counter}/entries/{key}", response_model=shapes.Added, responses=changes(409))
async def remove_entry(request: Request, asker: Asker, counter: str, key: str) -> Response:
    """Take back what was added with this key, or delete it if it is a note."""
    return done(request, {"counter": counter, **await entries.remove(asker.who, counter, key)}).response()
