"""The Content-Security-Policy of a page: what it may load, and from where.

Every page of the front end carries its own in a <meta>, so it applies wherever the files are served from and always matches
the page. Inline scripts and styles are allowed by their hashes; there is no 'unsafe-inline' and no 'unsafe-eval'. What a
<meta> cannot say, which is who may frame the page and which host this is, comes as a header: web/headers.py.
"""

import html
import os
import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import reflex as rx

INLINE_SCRIPTS = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S)
STYLES = re.compile(r"""<[^>]*\sstyle="([^"]*)"[^>]*>""")
META = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
CHARSET = re.compile(r"<meta charset=[^>]*>", re.I)  # must stay within the first kilobyte, so the policy comes after it
LOCAL = ("localhost", "0.0.0.0")  # noqa: S104  pages replace these by the host of the address bar
HOST = re.compile(r"[\w.-]+", re.ASCII)  # a host that a policy can name; it has no words for IPv6 addresses
ANYWHERE = "'self' http: https: ws: wss:"

FIXED = (
    "default-src 'none'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "media-src blob:; base-uri 'none'; form-action 'self'"  # the silence that components/hardware/headset.js makes
)


def policy(scripts: list[str], styles: list[str], connect: str) -> str:
    """The policy of a page with these inline scripts and style attributes, whose requests and sockets go to `connect`."""
    attributes = " 'unsafe-hashes' " + " ".join(styles) if styles else ""  # without it, hashes do not apply to attributes
    return f"{FIXED}; script-src 'self' {' '.join(scripts)}; style-src 'self'{attributes}; connect-src {connect}"


def inline_hashes(page: str) -> tuple[list[str], list[str]]:
    """The hashes of a page's inline scripts and style attributes."""
    return _hashes(INLINE_SCRIPTS.findall(page)), _hashes(map(html.unescape, STYLES.findall(INLINE_SCRIPTS.sub("", page))))


def with_policy(page: str, back_end: str) -> str:
    """The page with its policy in it, for a back end at this URL."""
    bare = META.sub("", page)
    meta = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy(*inline_hashes(bare), connect_anywhere(back_end))}"/>'
    )
    begun = CHARSET.search(bare)
    if begun is None:
        raise ValueError("the page declares no charset, so there is no place for its policy")
    return bare[: begun.end()] + meta + bare[begun.end() :]


def connect_anywhere(back_end: str) -> str:
    """Where a page's back end may be, as far as its files know; with "" or localhost, wherever the page came from."""
    found = urlsplit(back_end)
    if found.hostname in LOCAL or not HOST.fullmatch(found.hostname or ""):
        return ANYWHERE
    return f"'self' {_http_and_ws(found.scheme == 'https', found.netloc)}"


def connect_at(back_end: str, host: str) -> str:
    """The same once it is known from which host the page came."""
    name, found = re.sub(r":\d+$", "", host), urlsplit(back_end)
    if back_end and found.hostname not in LOCAL:
        return connect_anywhere(back_end)
    if not HOST.fullmatch(name):
        return ANYWHERE
    if not back_end:  # browsers do not agree whether 'self' means sockets too; a proxy may hide the port
        return f"'self' ws://{name}:* wss://{name}:*"
    port = f":{found.port}" if found.port else ""
    return f"'self' {_http_and_ws(False, name + port)} {_http_and_ws(True, name)}"  # a page on https uses the default port


def _http_and_ws(safe: bool, netloc: str) -> str:
    return f"https://{netloc} wss://{netloc}" if safe else f"http://{netloc} ws://{netloc}"


def _hashes(texts: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts))


def write(folder: Path, back_end: str) -> None:
    """Write each page's policy into it, in the folder of a built front end."""
    for file in folder.rglob("*.html"):
        file.write_text(with_policy(file.read_text(encoding="utf-8"), back_end), encoding="utf-8")


class PolicyPlugin(rx.plugins.Plugin):
    """Writes the policies at each build, before the files are compressed."""

    def post_build(self, **context: Any) -> None:
        """Called by Reflex."""
        write(context["static_dir"], rx.config.get_config().api_url)


def back_end_elsewhere() -> str:
    """The URL that REFLEX_API_URL gives; "" where pages look for their back end where they came from."""
    return os.environ.get("REFLEX_API_URL", "")
