"""A request's body, read no further than its limit."""

from starlette.requests import Request

from clickcounter.errors import Malformed


async def read_body(request: Request, kind: str, longest: int) -> bytes:
    """The body, of this content type and at most so many bytes. Raises Malformed."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise Malformed(f"the body must be {kind}")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > longest:
            raise Malformed("the body is too long")
    return body
