"""A request's body arrives in time, or the request is refused.

Otherwise a browser that sends one byte now and then would keep a connection, and whatever waits for its body, for ever.
"""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WITH_OWN_LIMITS = ("/import", "/import/preview", "/api/v1/imports", "/api/v1/imports/preview")  # large bodies


class SlowBody(HTTPException):
    """The body took too long; Starlette answers 408, and the server closes the connection."""

    def __init__(self, seconds: float) -> None:
        super().__init__(408, f"The body of the request did not arrive within {seconds:g} seconds.")


class Gone(HTTPException):
    """The client left before its body was complete. An exception that Starlette does not know would fill the log."""

    def __init__(self) -> None:
        super().__init__(400)


def with_body_deadline(app: ASGIApp, seconds: float) -> ASGIApp:
    """The ASGI app, whose requests have so many seconds to send their bodies."""

    async def with_deadline(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in WITH_OWN_LIMITS:
            await app(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + seconds
        arrived = False

        async def receiving() -> Message:
            nonlocal arrived
            if arrived:  # now it waits for the browser to leave
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise SlowBody(seconds) from None
            if message["type"] == "http.disconnect":
                raise Gone
            arrived = not message.get("more_body", False)
            return message

        await app(scope, receiving, send)

    return with_deadline
