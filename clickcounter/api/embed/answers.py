"""How these addresses answer: what everybody may see is for other sites' pages, too; what is not shown says why."""

from http import HTTPStatus

from starlette.responses import JSONResponse, Response

from clickcounter.errors import ClickCounterError, Later
from clickcounter.i18n.errors import sentences_of

STATUS = {
    "key_invalid": 401,
    "members_only": 403, "key_scope": 403, "key_address": 403,
    "no_counter": 404, "embed_address": 404,
    "later": 503, "streams_many": 503,
}  # fmt: skip
EVERY_SITE = {"Access-Control-Allow-Origin": "*"}  # without cookies


def problem(error: ClickCounterError) -> Response:
    """The reason why something is not shown, as RFC 9457 writes it."""
    status = STATUS.get(error.code, 400)
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentences_of(error).en,
        "code": error.code,
    }
    headers = {"Cache-Control": "no-store"} | EVERY_SITE
    if status == 503:
        content["retry_after"] = getattr(error, "seconds", Later.seconds)
        headers["Retry-After"] = str(content["retry_after"])
    return JSONResponse(content, status, headers, "application/problem+json")
