"""From an address to the counter it names, as Abacus and CountAPI read it: `/hit/NAMESPACE/KEY`, or `/hit/KEY`."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import Request

from clickcounter.api.compat.front import Told
from clickcounter.domain.compat import DEFAULT_NAMESPACE, NAME, CompatName

HOST, PATHS = ":HOST:", (":PATH:", ":PATHNAME:")  # of the page that asks
_OTHER = re.compile(r"[^A-Za-z0-9_.-]", re.ASCII)
SHORTEST, LONGEST = 3, 64


def read_name(request: Request, namespaces: Collection[str]) -> CompatName:
    """The counter that the path names, in one of the open namespaces. Raises Told."""
    parts = request.path_params["name"].strip("/").split("/")
    if len(parts) > 2:
        raise Told(404, "There is no such address. It is /hit/NAMESPACE/KEY or /hit/KEY.")
    return checked_name(request, parts[0] if len(parts) == 2 else DEFAULT_NAMESPACE, parts[-1], namespaces)


def checked_name(request: Request, namespace: str, key: str, namespaces: Collection[str]) -> CompatName:
    """The same for a namespace and a key. Raises Told."""
    name = CompatName(_replaced(request, namespace), _replaced(request, key))
    for what, text in (("namespace", name.namespace), ("key", name.key)):
        if not SHORTEST <= len(text) <= LONGEST:
            raise Told(400, f"Invalid {what}: length must be between {SHORTEST} and {LONGEST} characters inclusive")
        if not NAME.fullmatch(text):
            raise Told(400, f"Invalid {what}: must match the pattern ^[A-Za-z0-9_\\-.]{{3,64}}$")
    if name.namespace not in namespaces:
        raise Told(403, f"This server does not count in the namespace {name.namespace}.")
    return name


def _replaced(request: Request, text: str) -> str:
    """What :HOST:, :PATH: and :PATHNAME: stand for. Programs that are no page have no Referer: then it is this server."""
    try:
        page = urlsplit(request.headers.get("referer") or request.headers.get("origin") or str(request.url))
    except ValueError:
        page = urlsplit("")
    if text == HOST:
        return _fitting(page.hostname or "")
    if text in PATHS:
        return _fitting(page.path if "referer" in request.headers else "")
    return text


def _fitting(text: str) -> str:
    """As many of the allowed characters as fit, with dots on the left of what is too short, as Abacus does."""
    return _OTHER.sub(".", text)[:LONGEST].rjust(SHORTEST, ".")
