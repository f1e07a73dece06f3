"""The API as a FastAPI app: its routes, its errors, its OpenAPI document and the page that shows it."""

import json
import logging
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clickcounter.api.imports import program_routes as imports
from clickcounter.api.v1 import counters, entries, events_document, history, press_routes
from clickcounter.api.v1.answers import PREFIX, PROBLEM, Problem, problem
from clickcounter.api.v1.docs_page import File, file, page
from clickcounter.api.v1.foreign_pages import ForeignPages
from clickcounter.api.v1.presses import LONGEST
from clickcounter.errors import ClickCounterError, Malformed
from clickcounter.web.base_path import here

log = logging.getLogger(__name__)

TITLE = "Click Counter"
ABOUT = "Counters, shared live. Every press is saved once, however often it is sent. docs/api.md says how to begin."
FILES = (f"{PREFIX}/imports", f"{PREFIX}/imports/preview")  # whose bodies have limits of their own
CODES = {400: "malformed", 404: "no_address", 405: "method", 408: "body_slow", 413: "body_large"}


class Bounded:
    """Middleware: a body is read no further than its limit, and HEAD is answered as GET is, whose body the server drops."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        got = 0

        async def receiving() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > LONGEST and scope["path"] not in FILES:
                raise HTTPException(413)
            return message

        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receiving, send)


def app() -> FastAPI:
    """A new one."""
    api = FastAPI(title=TITLE, description=ABOUT, version="1", openapi_url=None, docs_url=None, redoc_url=None)
    for router in (counters.router, press_routes.router, entries.router, history.router, imports.router):
        api.include_router(router)
    files = cache(lambda: _files(document_of(api)))

    async def openapi(request: Request) -> Response:
        return files()[0].answer(request)

    async def docs(request: Request) -> Response:
        return files()[1].answer(request)

    api.add_route("/openapi.json", openapi, methods=["GET"])
    api.add_route("/docs", docs, methods=["GET"])
    api.add_middleware(ForeignPages)
    api.add_middleware(Bounded)
    api.add_exception_handler(ClickCounterError, _refused)
    api.add_exception_handler(RequestValidationError, _unreadable)
    api.add_exception_handler(HTTPException, _not_served)
    return api


def route() -> Mount:
    """Where it is."""
    return Mount(PREFIX, app=app())


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ClickCounterError)  # noqa: S101  for mypy
    log.info("refused: %s %s %s", error.code, request.method, request.url.path)
    return problem(request, error).response()


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(request, Malformed(f"{where}: {first['msg']}")).response()


async def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    answer = problem(request, Problem(CODES.get(error.status_code, "malformed"))).response()
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _files(document: dict[str, Any]) -> tuple[File, File]:
    return file(json.dumps(document).encode(), "application/json"), page(document)


def document_of(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; FastAPI itself would call problems plain JSON."""
    found = get_openapi(title=TITLE, version="1", description=ABOUT, routes=api.routes, servers=[{"url": here(PREFIX)}])
    found["paths"][events_document.PATH] = {"get": dict(events_document.OPERATION)}
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    for operation in operations:
        for status, response in operation["responses"].items():
            if status >= "400" and "content" in response:
                response["content"] = {PROBLEM.decode(): next(iter(response["content"].values()))}
        operation["security"] = [{}, {"key": []}, {"device": []}]
    found["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer"},
        "device": {"type": "apiKey", "in": "header", "name": "Click-Counter-Device"},
    }
    return found
