"""How the API answers: JSON with an ETag, or a problem (RFC 9457) with our code and sentence; and which limit applies."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from clickcounter.access.program_limits import Allowance
from clickcounter.errors import ClickCounterError, Later, Malformed, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.i18n.languages import accepted_language
from clickcounter.web.base_path import here

PREFIX = "/api/v1"
JSON, PROBLEM = b"application/json", b"application/problem+json"
ALLOWANCE = "allowance"  # in a request's state
VARY = (b"vary", b"Authorization, Click-Counter-Device, Cookie, Accept-Language, Origin")
NOT_STORED, REVALIDATED = (b"cache-control", b"no-store"), (b"cache-control", b"private, no-cache")
# Any other code is 422: the request was understood, and what it asks for does not go.
STATUS = {
    "malformed": 400,
    "key_invalid": 401, "needs_account": 401, "program_device": 401, "import_who": 401, "import_account": 401,
    "members_only": 403, "not_allowed": 403, "not_owner": 403, "not_yours": 403, "origin": 403, "key_scope": 403,
    "key_address": 403,
    "no_counter": 404, "no_address": 404, "embed_address": 404, "import_unknown": 404, "past_unknown": 404,
    "method": 405, "body_slow": 408, "import_slow": 408,
    "limit": 409, "full": 409, "floor": 409, "archived": 409, "undo": 409, "undone": 409, "delete_default": 409,
    "group": 409, "group_full": 409, "group_floor": 409,
    "repeat_running": 409, "import_busy": 409, "take_back_archived": 409, "notes_many": 409, "past_many": 409,
    "body_large": 413, "import_large": 413,
    "too_many": 429, "new_devices": 429, "import_much": 429,
    "failed": 500, "later": 503, "import_failed": 503, "not_ready": 503, "streams_many": 503,
}  # fmt: skip

Header = tuple[bytes, bytes]

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: list[Header]
    body: bytes

    def response(self) -> Response:
        """The same for Starlette."""
        response = Response(self.body, self.status)
        response.raw_headers = [*self.headers, length_of(self.body)]
        return response


class Problem(ClickCounterError):
    """Something that only the API refuses, by its code."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(why)
        self.code = code


def length_of(body: bytes) -> Header:
    """The Content-Length of a body."""
    return b"content-length", str(len(body)).encode()


def encode(content: Mapping[str, Any]) -> bytes:
    """JSON."""
    return _encode(content).encode(errors="replace")


def done(request: Request, content: Mapping[str, Any], status: int = 200, *more: Header) -> Answer:
    """What something that was changed shows now."""
    return Answer(status, [(b"content-type", JSON), NOT_STORED, *limits(request), *more], encode(content))


def read(request: Request, content: Mapping[str, Any]) -> Answer:
    """What somebody asked for; 304 where they have it."""
    body = encode(content)
    tag = b'"%d-%b"' % (content.get("revision", 0), hashlib.sha256(body).hexdigest()[:16].encode())
    headers = [(b"etag", tag), REVALIDATED, VARY, *limits(request)]
    if has(request, tag.decode()):
        return Answer(304, headers, b"")
    return Answer(200, [(b"content-type", JSON), *headers], body)


def has(request: Request, tag: str) -> bool:
    """Whether the client has what this ETag names."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]


def problem(request: Request, error: ClickCounterError) -> Answer:
    """Why something was refused."""
    status, language = STATUS.get(error.code, 422), language_of(request)
    content: dict[str, Any] = {
        "type": here(f"{PREFIX}/docs#{error.code}"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentences_of(error).as_dict()[language],
        "code": error.code,
    }
    headers = [(b"content-type", PROBLEM), (b"content-language", language.encode()), NOT_STORED, VARY, *limits(request)]
    if isinstance(error, Malformed) and str(error):
        content["hint"] = str(error)
    if isinstance(error, TooMany | Later) or status in (429, 503):
        content["retry_after"] = getattr(error, "seconds", 1)
        headers.append((b"retry-after", str(content["retry_after"]).encode()))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return Answer(status, headers, encode(content))


def limits(request: Request) -> tuple[Header, ...]:
    """The limit that applies, as draft-ietf-httpapi-ratelimit-headers-10 writes it."""
    allowance: Allowance | None = request.scope.get(ALLOWANCE)
    if allowance is None:
        return ()
    name, quota, seconds = allowance.name, allowance.quota, allowance.seconds
    return (
        (b"ratelimit-policy", f'"{name}";q={quota};w={seconds}'.encode()),
        (b"ratelimit", f'"{name}";r={allowance.left};t={allowance.back_in}'.encode()),
    )


def language_of(request: Request) -> str:
    """The language that the client prefers, of those there are."""
    return accepted_language(request.headers.get("accept-language", ""))
