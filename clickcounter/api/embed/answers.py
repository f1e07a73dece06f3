"""How these addresses answer: what everybody may see is for other sites' pages, too; what is not shown says why."""

from starlette.requests import Request
from starlette.responses import Response

from clickcounter.api.v1 import answers
from clickcounter.errors import ClickCounterError

EVERY_SITE = {"Access-Control-Allow-Origin": "*"}  # without cookies


def problem(request: Request, error: ClickCounterError) -> Response:
    """The reason why something is not shown, as the API writes it."""
    response = answers.problem(request, error).response()
    response.headers.update(EVERY_SITE)
    return response
