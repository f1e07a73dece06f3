"""Security headers of every answer; deploy/nginx.conf sends the same with the files it serves.

A page carries its own content security policy in a <meta>. The header adds what a page cannot know or say: which host this
is, and who may frame the page. Only the display may be framed by other sites, because nothing can be pressed there.
"""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clickcounter.web import content_security_policy
from clickcounter.web.caching import PARTS
from clickcounter.web.client_address import is_https

NO_SNIFFING = (b"x-content-type-options", b"nosniff")
ALWAYS = [NO_SNIFFING, (b"referrer-policy", b"same-origin")]
PAGES_ONLY = [
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
]
POLICY = b"content-security-policy"
HSTS = b"strict-transport-security"

NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"  # for everything that is no page
PAGE = "object-src 'none'; base-uri 'none'"  # its <meta> says the rest
WORKER = "default-src 'none'; script-src 'self'; connect-src 'self'"  # it fetches the pages that it caches
ADMIN = (  # its pages have no inline script or style, and fetch nothing
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DISPLAY = re.compile(r"/c/[^/]+/display/?")


class SecurityHeaders:
    """`back_end` is the URL of a back end elsewhere that the pages were built with; "" where it is here.

    Browsers are told to use only https for `hsts_seconds`; with 0, nothing. It applies to every port of the host's name.
    """

    def __init__(self, back_end: str, hsts_seconds: int) -> None:
        self._back_end = back_end
        self._hsts = [(HSTS, f"max-age={hsts_seconds}".encode())] if hsts_seconds else []

    def on(self, app: ASGIApp) -> ASGIApp:
        """The ASGI app, with these headers on each of its HTTP answers."""

        async def with_headers(scope: Scope, receive: Receive, send: Send) -> None:
            async def sending(message: Message) -> None:
                # A 304 keeps the headers that the browser has, and does not say of which type the file is.
                if message["type"] == "http.response.start" and message["status"] != 304:
                    message["headers"] = self._headers(list(message.get("headers", ())), scope)
                await send(message)

            await app(scope, receive, sending if scope["type"] == "http" else send)

        return with_headers

    def of_data(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Those of an answer that is no page."""
        return [*ALWAYS, (POLICY, NOTHING.encode()), *(self._hsts if is_https(scope) else ())]

    def _headers(self, headers: list[tuple[bytes, bytes]], scope: Scope) -> list[tuple[bytes, bytes]]:
        given = {name.lower(): value for name, value in headers}
        request = dict(scope["headers"])
        is_page = given.get(b"content-type", b"").startswith(b"text/html")
        if scope["path"].startswith(PARTS):  # a policy means nothing there
            ours = [NO_SNIFFING]
        else:
            policy = self._policy(scope["path"], is_page, request.get(b"host", b"")).encode()
            ours = [*ALWAYS, *(PAGES_ONLY if is_page else ()), (POLICY, policy)]
        if is_https(scope):
            ours.extend(self._hsts)
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
        return f"{PAGE}; connect-src {connect}{frames}"
