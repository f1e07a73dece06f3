"""The dialog for sites that may show a counter's button: `/sites/list` and `/sites/set`, POSTs as of api/keys.py."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickcounter.api.account import answered, refused
from clickcounter.api.keys import read_dialog
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError
from clickcounter.services.elsewhere import sites

Action = Callable[[Caller, dict[str, Any]], Awaitable[list[str]]]


async def _list(who: Caller, fields: dict[str, Any]) -> list[str]:
    return await sites.sites_of(who, fields.get("counter"))


async def _set(who: Caller, fields: dict[str, Any]) -> list[str]:
    return await sites.set_sites(who, fields.get("counter"), fields.get("sites"))


async def _answer(action: Action, request: Request) -> Response:
    try:
        who, fields = await read_dialog(request)
        return answered(request, None, {"sites": await action(who, fields)})
    except ClickCounterError as error:
        return refused(request, error)


def routes() -> list[Route]:
    """The addresses."""
    actions: dict[str, Action] = {"list": _list, "set": _set}
    return [Route(f"/sites/{name}", partial(_answer, action), methods=["POST"]) for name, action in actions.items()]
