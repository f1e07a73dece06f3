"""The dialog for API keys: `/keys/…`, POSTs of JSON, as the account page sends them (api/account.py).

Plain HTTP serves the account page, which has no state, and the counter page alike, and costs a first visit nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickcounter.access.cookies import session_hash
from clickcounter.api.account import answered, read_fields, refused
from clickcounter.api.caller import address_of, caller_of
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.services import keys
from clickcounter.services.validation import secret_sha256

Fields = dict[str, Any]  # a body, as it came
Action = Callable[[Caller, str, Fields], Awaitable[Mapping[str, object] | None]]  # who, from which address, what


async def _list(who: Caller, address: str, fields: Fields) -> Mapping[str, object]:
    return await keys.listed(who, fields.get("counter"))


async def _make(who: Caller, address: str, fields: Fields) -> Mapping[str, object]:
    counter, name, scope, days = (fields.get(name) for name in ("counter", "name", "scope", "days"))
    return await keys.make(who, address, counter, name, scope, days, fields.get("in_address", False), fields.get("key"))


async def _rename(who: Caller, address: str, fields: Fields) -> None:
    await keys.rename(who, fields.get("id"), fields.get("name"))


async def _revoke(who: Caller, address: str, fields: Fields) -> None:
    await keys.revoke(who, fields.get("id"))


def routes() -> list[Route]:
    """The addresses."""
    actions: dict[str, Action] = {"list": _list, "make": _make, "rename": _rename, "revoke": _revoke}
    return [Route(f"/keys/{name}", _posted(action), methods=["POST"]) for name, action in actions.items()]


async def read_dialog(request: Request) -> tuple[Caller, Fields]:
    """Who sends a dialog's request, and its fields. A key counts alone, as everywhere. Raises Refused, Malformed."""
    if request.headers.get("sec-fetch-site") == "cross-site":  # the browser does not send its cookie
        raise Refused("cross_site")
    fields = await read_fields(request)
    who, device = caller_of(request), fields.get("device")
    if who.key is not None or device is None:
        return who, fields
    return Caller(session_hash(request.scope), secret_sha256(device)), fields


def _posted(action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            who, fields = await read_dialog(request)
            return answered(request, None, await action(who, address_of(request.scope), fields) or {})
        except ClickCounterError as error:
            return refused(request, error)

    return answer
