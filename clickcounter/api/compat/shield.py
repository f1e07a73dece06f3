"""The badge of Abacus: `/get/NAMESPACE/KEY/shield` and `/hit/NAMESPACE/KEY/shield`.

`bgcolor`, `textcolor`, `text` and `style` mean what they mean there; `plastic` is drawn as `flat`, in one font and size.
"""

from starlette.requests import Request
from starlette.responses import Response

from clickcounter.api.compat.front import HEADERS
from clickcounter.api.embed import badge

SIMPLE = "-simple"  # the end of a style that shows the number alone
SQUARE = "flat-square"


def shield(request: Request, value: object) -> Response:
    """The badge with this number. Raises Refused."""
    wanted = request.query_params
    style = wanted.get("style", "flat").lower()
    shown = badge.Badge(
        "" if style.endswith(SIMPLE) else badge.label_of(wanted.get("text", "counter")),
        str(value),
        badge.colour_of(wanted.get("bgcolor", "007ec6")),
        style=SQUARE if style.removesuffix(SIMPLE) == SQUARE else "flat",
        text_colour=badge.colour_of(wanted.get("textcolor", "fff")),
    )
    return Response(badge.svg(shown), headers=HEADERS, media_type="image/svg+xml")
