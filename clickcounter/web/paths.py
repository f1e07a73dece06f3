"""Paths as routes can match them."""

from starlette.types import ASGIApp, Receive, Scope, Send

LINE_BREAK = "\N{SYMBOL FOR NEWLINE}"  # in no address


def without_line_breaks(app: ASGIApp) -> ASGIApp:
    """The ASGI app. Starlette's routes match no line break, so such a path would get no answer that is documented."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "\n" in scope["path"]:
            scope = {**scope, "path": scope["path"].replace("\n", LINE_BREAK)}
        await app(scope, receive, send)

    return serve
