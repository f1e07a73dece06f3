"""What each answer tells a browser of how it may be used; deploy/nginx.conf says the same of the files it serves.

A page's policy stands in the page itself. Here it is said once more, with what a page cannot say: which host
this is, and who may show the page in a frame. Only the display may be shown by others: it has nothing to press.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from clickcounter.web import content_security_policy

FOR_ALL = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]
FOR_PAGES = [
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
]
HTTPS_FROM_NOW_ON = (b"strict-transport-security", b"max-age=31536000")

NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"  # of what is no page
WORKER = "default-src 'none'; script-src 'self'; connect-src 'self'"  # it fetches the pages that it keeps
ADMIN = (  # its pages have no script or style inside them, and ask for nothing
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DISPLAY = re.compile(r"/c/[^/]+/display/?")


class SecurityHeaders:
    """`pages` is where the built front end lies, `back_end` the URL that its pages were built with."""

    def __init__(self, pages: Path, back_end: str) -> None:
        self._pages, self._back_end = pages, back_end

    def on(self, app: Any) -> Any:
        """The ASGI app, with these headers on each of its answers. Sockets pass by."""

        async def with_headers(scope: Any, receive: Any, send: Any) -> None:
            async def sending(message: Any) -> None:
                # A 304 says what is new of what the browser has, which is nothing; and not of what type that is.
                if message["type"] == "http.response.start" and message["status"] != 304:
                    message["headers"] = self._headers(list(message.get("headers", ())), scope)
                await send(message)

            await app(scope, receive, sending if scope["type"] == "http" else send)

        return with_headers

    def _headers(self, headers: list[tuple[bytes, bytes]], scope: Any) -> list[tuple[bytes, bytes]]:
        given = {name.lower(): value for name, value in headers}
        asked = dict(scope["headers"])
        is_page = given.get(b"content-type", b"").startswith(b"text/html")
        ours = [*FOR_ALL, *(FOR_PAGES if is_page else ())]
        ours.append((b"content-security-policy", self._policy(scope["path"], is_page, asked.get(b"host", b"")).encode()))
        if b"https" in (scope["scheme"].encode(), asked.get(b"x-forwarded-proto")):
            ours.append(HTTPS_FROM_NOW_ON)
        return headers + [pair for pair in ours if pair[0] not in given]

    def _policy(self, path: str, is_page: bool, host: bytes) -> str:
        if path.startswith("/admin/"):
            return ADMIN
        if path == "/sw.js":
            return WORKER
        if not is_page:
            return NOTHING
        connect = content_security_policy.connect_at(self._back_end, host.decode("latin-1"))
        frames = "" if DISPLAY.fullmatch(path) else "; frame-ancestors 'none'"
        return content_security_policy.policy(*_inside(self._pages, _edition(self._pages)), connect) + frames


def _edition(pages: Path) -> int:
    """Another one after each build: a build may replace the pages under a running server."""
    try:
        return (pages / "index.html").stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=2)
def _inside(pages: Path, _edition: int) -> tuple[list[str], list[str]]:
    """What is inside any of the pages."""
    found = [
        content_security_policy.inline_hashes(page.read_text(encoding="utf-8")) for page in sorted(pages.glob("*.html"))
    ]
    scripts, styles = ([source for page in found for source in page[part]] for part in (0, 1))
    return list(dict.fromkeys(scripts)), list(dict.fromkeys(styles))
