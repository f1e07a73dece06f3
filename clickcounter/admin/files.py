"""The few files that the pages of `/admin/` load; a back end without the front end's files has them too.

The styles and fonts are the front end's own. The address carries a hash of all of them, so browsers may keep them for good.
"""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from clickcounter.i18n.languages import ONE_OF_ALL
from clickcounter.places import ROOT

PLACE = "/admin/files"
_HERE, _ASSETS = Path(__file__).parent, ROOT / "assets"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

_FILES = {
    path.name: path.read_bytes()
    for path in (
        _HERE / "admin.css",
        _HERE / "admin.js",
        _ASSETS / "clickcounter.css",
        _ASSETS / "favicon.svg",
        *sorted((_ASSETS / "fonts").glob("*.woff2")),
    )
}
_FILES["admin.css"] += ONE_OF_ALL.encode()
EDITION = hashlib.sha256(b"".join(_FILES.values())).hexdigest()[:12]
_FILES["clickcounter.css"] = _FILES["clickcounter.css"].replace(b"url(/fonts/", b"url(")  # beside it


def address(name: str) -> str:
    """The address of a file."""
    return f"{PLACE}/{EDITION}/{name}"


async def serve(request: Request) -> Response:
    """One of them, to anybody: they are no secret, and the page that turns people away needs them too."""
    name = request.path_params["name"]
    if request.path_params["edition"] != EDITION or name not in _FILES:
        return PlainTextResponse("Not Found", 404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_FILES[name], media_type=_TYPES[Path(name).suffix], headers=headers)
