"""The addresses of CountAPI, as its clients use them: everything is a GET, and a key may stand without a namespace."""

import base64
import uuid
from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clickcounter.api.compat.front import HEADERS, Content, Front, Told, whole_number
from clickcounter.api.compat.names import checked_name, read_name
from clickcounter.domain.compat import DEFAULT_NAMESPACE, CompatCounterState, CompatName, Terms
from clickcounter.domain.numbers import MAX_AMOUNT
from clickcounter.services.compat import counters
from clickcounter.web.previews import is_preview

FOREVER = -1  # the ttl: no counter ends here
VERSION = "1"
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
NO_INFO = (*("namespace", "key", "ttl", "value", "enable_reset", "update_upperbound", "update_lowerbound", "created"),)


class CountApi:
    """The handlers; `namespaces` are open."""

    def __init__(self, front: Front, namespaces: Collection[str]) -> None:
        self._front, self._namespaces = front, namespaces

    def routes(self) -> list[Route]:
        """The addresses."""
        route = self._front.route
        return [
            route("/get/{name:path}", self._get),
            route("/hit/{name:path}", self._hit),
            route("/set/{name:path}", self._set, changes=True),
            route("/update/{name:path}", self._update, changes=True),
            route("/info/{name:path}", self._info),
            route("/create", self._create, changes=True),
            route("/stats", self._stats),
        ]

    async def _get(self, request: Request, address: str) -> Content | Response:
        name = read_name(request, self._namespaces)
        found = _found(await counters.find(name), "value")
        return _value(request, name, {"value": found.value})

    async def _hit(self, request: Request, address: str) -> Content | Response:
        if is_preview(request):
            return await self._get(request, address)
        name = read_name(request, self._namespaces)
        return _value(request, name, {"value": await counters.hit(name, address)})

    async def _set(self, request: Request, address: str) -> Content | Response:
        name = read_name(request, self._namespaces)
        value, found = _number(request, "value"), _found(await counters.find(name), "old_value", "value")
        if not found.terms.may_set:
            raise Told(403, {"old_value": found.value, "value": found.value})
        return _value(request, name, {"old_value": found.value, "value": await counters.set_value(found, value, address)})

    async def _update(self, request: Request, address: str) -> Content | Response:
        name = read_name(request, self._namespaces)
        amount, found = _number(request, "amount"), _found(await counters.find(name), "value")
        if not found.terms.least <= amount <= found.terms.most or abs(amount) > MAX_AMOUNT:
            raise Told(403, {"value": found.value})
        return _value(request, name, {"value": await counters.add(found, amount, address) if amount else found.value})

    async def _info(self, request: Request, address: str) -> Content | Response:
        name = read_name(request, self._namespaces)
        return _value(request, name, _info(name, _found(await counters.find(name), *NO_INFO)))

    async def _create(self, request: Request, address: str) -> Content | Response:
        given = request.query_params
        namespace, key = given.get("namespace") or DEFAULT_NAMESPACE, given.get("key") or str(uuid.uuid4())
        try:
            name = checked_name(request, namespace, key, self._namespaces)
        except Told as told:
            raise (Told(400, "Malformed Namespace/Key") if told.status == 400 else told) from None
        value, new = await counters.create(name, _terms(request), address)
        if not new:
            raise Told(400, "Key already exists")
        return _value(request, name, {"namespace": name.namespace, "key": name.key, "value": value})

    async def _stats(self, request: Request, address: str) -> Content:
        served = self._front.served
        changed = served["hit"] + served["update"] + served["set"]
        return {"keys_created": served["create"], "keys_updated": changed, "requests": served["total"], "version": VERSION}


def _found(state: CompatCounterState | None, *fields: str) -> CompatCounterState:
    """The counter, if there is one that everybody may see. Otherwise raises Told, with these fields empty."""
    if state is None or state.private:
        raise Told(404 if state is None else 403, dict.fromkeys(fields))
    return state


def _terms(request: Request) -> Terms:
    """What `create` was told about the new counter. Raises Told."""
    value, least, most = (
        _number(request, name, default)
        for name, default in (("value", 0), ("update_lowerbound", -1), ("update_upperbound", 1))
    )
    if most < 0:
        raise Told(400, "update_upperbound must be positive")
    if least > 0:
        raise Told(400, "update_lowerbound must be negative")
    return Terms(value, None, request.query_params.get("enable_reset", "0").lower() in ("1", "true"), least, most)


def _number(request: Request, name: str, default: int | None = None) -> int:
    raw = request.query_params.get(name)
    number = default if raw is None else whole_number(raw)
    if number is None:
        raise Told(400, f"{name} must be a whole number")
    return number


def _info(name: CompatName, found: CompatCounterState) -> Content:
    terms = found.terms
    values = (name.namespace, name.key, FOREVER, found.value, terms.may_set, terms.most, terms.least, found.created_at)
    return dict(zip(NO_INFO, values, strict=True))


def _value(request: Request, name: CompatName, content: Content) -> Content | Response:
    """The answer with its path in a header; a picture of one pixel with `?img`."""
    headers = HEADERS | {"X-Path": str(name)}
    if "img" in request.query_params:
        return Response(GIF, headers=headers, media_type="image/gif")
    return content if "callback" in request.query_params else JSONResponse(content, headers=headers)
