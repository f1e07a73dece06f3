"""Imports by programs: /api/v1/imports."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from clickcounter.api.imports import shapes
from clickcounter.api.imports.lines import KIND
from clickcounter.api.imports.work import Asked, shared
from clickcounter.api.v1.answers import done
from clickcounter.api.v1.routes import LARGEST, Asker, Responses, problems

router = APIRouter(prefix="/imports", tags=["Imports"])
LINES: Responses = {
    200: {"description": "Progress, then what became of it.", "content": {KIND: {"schema": {"type": "string"}}}}
}
FILE: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": {"type": "array", "items": text, "maxItems": 30} if name == "map" else text,
            "description": about,
        }
        for name, text, about in (
            ("counter", {"type": "string"}, "The address that rows go to which name no counter; `counter` without it."),
            ("zone", {"type": "string"}, "The time zone of times without an offset, such as Europe/Berlin; UTC without it."),
            ("name", {"type": "string"}, "The file's name, by which its rows are called among devices."),
            ("map", {"type": "string"}, "A setting of the table, as SETTING=VALUE; the preview lists them."),
        )
    ],
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}


@router.post("", response_class=Response, responses=LINES | problems(408, 409, 413), openapi_extra=FILE)
async def import_file(request: Request, asker: Asker) -> Response:
    """Import a file: an export or a table. Rows that are here already are skipped, so it may be sent again.

    The answer is lines of JSON: progress, then one with `written`, `known`, `refused` and `import`, its number; or `error`.
    """
    return await shared().import_file(request, Asked.of(request, asker.who, asker.address))


@router.post("/preview", response_model=shapes.Preview, responses=problems(408, 409, 413), openapi_extra=FILE)
async def preview_file(request: Request, asker: Asker) -> Response:
    """What a file holds and how it would be counted; nothing is changed."""
    found = await shared().preview(request, Asked.of(request, asker.who, asker.address))
    return done(request, found).response()


@router.post("/{number}/undo", response_class=Response, responses=LINES | problems(404, 408))
async def undo_import(request: Request, asker: Asker, number: Annotated[int, Path(ge=1, le=LARGEST)]) -> Response:
    """Undo a whole import; its rows stay in the history, taken back.

    The answer is lines of JSON: progress, then one with `written`, `amount` and `counters`, or with `error`.
    """
    return await shared().undo(asker.who, number)
