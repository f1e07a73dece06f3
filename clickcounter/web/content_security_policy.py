"""What a page may load, and from where: its Content-Security-Policy.

Every page of the front end carries its own as a <meta>, so it holds wherever the files lie and never differs from the page
that it stands in. The few scripts and styles inside the page are named by their hashes; there is no 'unsafe-inline'.
'unsafe-eval' is for those who drive the page from code: Playwright's wait_for_function and its like are an eval. What a
<meta> cannot say, who may show the page in a frame, and which host this one is, comes with the answer: web/headers.py.
"""

import html
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import reflex as rx

INSIDE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S)
STYLES = re.compile(r"""<[^>]*\sstyle="([^"]*)"[^>]*>""")
META = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
CHARSET = re.compile(r"<meta charset=[^>]*>", re.I)  # must stay among the first kilobyte, so ours comes after it
HERE = ("localhost", "0.0.0.0")  # noqa: S104  names for which pages put that of the address bar
NAME = re.compile(r"[\w.-]+|\[[0-9a-f:]+\]", re.I | re.ASCII)  # of a host, as it may stand in a policy

FIXED = (
    "default-src 'none'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)


def policy(scripts: list[str], styles: list[str], connect: str) -> str:
    """A page with these scripts and style attributes inside, whose sockets and questions go there."""
    attributes = " 'unsafe-hashes' " + " ".join(styles) if styles else ""  # what a hash needs to count for an attribute
    return (
        f"{FIXED}; script-src 'self' 'unsafe-eval' {' '.join(scripts)}; style-src 'self'{attributes}; connect-src {connect}"
    )


def inline_hashes(page: str) -> tuple[list[str], list[str]]:
    """The hashes of the scripts and of the style attributes inside a page."""
    return _hashes(INSIDE.findall(page)), _hashes(map(html.unescape, STYLES.findall(INSIDE.sub("", page))))


def with_policy(page: str, back_end: str) -> str:
    """The page with its policy in it, for a back end at this URL."""
    bare = META.sub("", page)
    meta = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy(*inline_hashes(bare), connect_anywhere(back_end))}"/>'
    )
    begun = CHARSET.search(bare)
    if begun is None:
        raise ValueError("the page says no charset, so there is no place for its policy")
    return bare[: begun.end()] + meta + bare[begun.end() :]


def connect_anywhere(back_end: str) -> str:
    """Where a page's back end may be, as far as its files know: with localhost it is wherever the page came from."""
    found = urlsplit(back_end)
    if found.hostname in HERE:
        return "'self' http: https: ws: wss:"
    return f"'self' {_both(found.scheme == 'https', found.netloc)}"


def connect_at(back_end: str, host: str) -> str:
    """The same once the host is known from which the page came."""
    name, found = re.sub(r":\d+$", "", host), urlsplit(back_end)
    if found.hostname not in HERE or not NAME.fullmatch(name):
        return connect_anywhere(back_end)
    port = f":{found.port}" if found.port else ""
    return f"'self' {_both(False, name + port)} {_both(True, name)}"  # a page on https looks at https's own port


def _both(safe: bool, netloc: str) -> str:
    return f"https://{netloc} wss://{netloc}" if safe else f"http://{netloc} ws://{netloc}"


def _hashes(texts: Any) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts))


def write(folder: Path, back_end: str) -> None:
    """Put its policy into each page of a built front end."""
    for file in folder.rglob("*.html"):
        file.write_text(with_policy(file.read_text(encoding="utf-8"), back_end), encoding="utf-8")


class PolicyPlugin(rx.plugins.Plugin):
    """Does so at each build, before the files are compressed."""

    def post_build(self, **context: Any) -> None:
        """Called by Reflex."""
        write(context["static_dir"], rx.config.get_config().api_url)
