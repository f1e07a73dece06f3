"""The addresses of Abacus: what changes a counter other than a hit is a POST with the admin key that `/create` returned."""

import secrets
import string
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from clickcounter.api.compat.front import HEADERS, Content, Front, Handler, Told, whole_number
from clickcounter.api.compat.names import checked_name, read_name
from clickcounter.api.compat.shield import shield
from clickcounter.api.embed.events import Events
from clickcounter.domain.compat import CompatCounterState, CompatName, Terms
from clickcounter.domain.numbers import MAX_AMOUNT
from clickcounter.services.compat import counters
from clickcounter.web.previews import is_preview

VERSION = "1.4.0"  # of the Abacus whose answers these are
FOREVER = -1  # no counter ends here
RANDOM = string.ascii_letters + string.digits + "-_"
RANDOM_LENGTH = 16
PRIVATE = "This counter is for its members only."
VALUE = "value is required, please provide a number in the fmt of ?value=NEW_VALUE"


class Following(Response):
    """A counter's events, which are those of `/api/v1/counters/NAME/events`: Abacus's `value` is in each of them."""

    def __init__(self, slug: str) -> None:
        super().__init__()
        self._slug = slug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        await Events()({**scope, "path_params": {"counter": self._slug}}, receive, send)


class Abacus:
    """The handlers; `namespaces` are open."""

    def __init__(self, front: Front, namespaces: Sequence[str]) -> None:
        self._front, self._namespaces = front, namespaces

    def routes(self) -> list[Route]:
        """The addresses."""
        route = self._front.route
        return [
            route("/get/{namespace}/{key}/shield", _as_shield(self._get)),
            route("/hit/{namespace}/{key}/shield", _as_shield(self._hit)),
            route("/get/{name:path}", self._get),
            route("/hit/{name:path}", self._hit),
            route("/create/{name:path}", self._create, ("GET", "POST"), changes=True),
            route("/info/{name:path}", self._info),
            route("/set/{name:path}", self._set, ("POST",), changes=True),
            route("/reset/{name:path}", self._reset, ("POST",), changes=True),
            route("/update/{name:path}", self._update, ("POST",), changes=True),
            route("/delete/{name:path}", self._delete, ("POST",), changes=True),
            route("/stream/{name:path}", self._stream),
            route("/stats", self._stats),
        ]

    async def _get(self, request: Request, address: str) -> Content:
        return {"value": (await self._find(request)).value}

    async def _hit(self, request: Request, address: str) -> Content:
        if is_preview(request):
            return await self._get(request, address)
        return {"value": await counters.hit(self._name(request), address)}

    async def _create(self, request: Request, address: str) -> Response:
        value = whole_number(request.query_params.get("initializer", "0"))
        if value is None:
            raise Told(400, "initializer must be a number")
        name = self._new_name(request)
        admin_key, stored = counters.new_admin_key()
        value, new = await counters.create(name, Terms(value, stored), address)
        if not new:
            raise Told(409, "Key already exists, please use a different key.")
        content = {"key": name.key, "namespace": name.namespace, "admin_key": admin_key, "value": value}
        return JSONResponse(content, 201, HEADERS)

    def _new_name(self, request: Request) -> CompatName:
        """The name in the path; without one, a random key in the first open namespace. Raises Told."""
        if request.path_params["name"].strip("/"):
            return read_name(request, self._namespaces)
        key = "".join(secrets.choice(RANDOM) for _ in range(RANDOM_LENGTH))
        return checked_name(request, self._namespaces[0], key, self._namespaces)

    async def _info(self, request: Request, address: str) -> Content:
        name = read_name(request, self._namespaces)
        found = await counters.find(name)
        if found and found.private:
            raise Told(403, PRIVATE)
        return {
            "value": found.value if found else -1,
            "full_key": _full_key(name),
            "is_genuine": found is None or found.terms.admin_sha256 is None,
            "expires_in": FOREVER,
            "expires_str": "never",
            "exists": found is not None,
        }

    async def _stream(self, request: Request, address: str) -> Response:
        return Following((await self._find(request)).slug)

    async def _set(self, request: Request, address: str) -> Content:
        _, found = await self._authorized(request)
        value = _value(request, "value must be a number")
        return {"value": await counters.set_value(found, value, address)}

    async def _reset(self, request: Request, address: str) -> Content:
        _, found = await self._authorized(request)
        return {"value": await counters.reset(found)}

    async def _update(self, request: Request, address: str) -> Content:
        _, found = await self._authorized(request)
        amount = _value(request, "value must be a number, this means no floats.")
        if amount == 0:
            raise Told(400, f"changing value by 0 does nothing, {VALUE.partition(', ')[2]}")
        if abs(amount) > MAX_AMOUNT:
            raise Told(400, f"value must be between -{MAX_AMOUNT} and {MAX_AMOUNT}")
        return {"value": await counters.add(found, amount, address)}

    async def _delete(self, request: Request, address: str) -> Content:
        name, found = await self._authorized(request)
        await counters.delete(name, found)
        return {"status": "ok", "message": f"Deleted key: {_full_key(name)}"}

    def _name(self, request: Request) -> CompatName:
        """The name in the path. Raises Told."""
        if "key" in (named := request.path_params):
            return checked_name(request, named["namespace"], named["key"], self._namespaces)
        return read_name(request, self._namespaces)

    async def _find(self, request: Request) -> CompatCounterState:
        """The counter, if everybody may see it. Raises Told."""
        found = await counters.find(self._name(request))
        if found is None:
            raise Told(404, "Key not found")
        if found.private:
            raise Told(403, PRIVATE)
        return found

    async def _authorized(self, request: Request) -> tuple[CompatName, CompatCounterState]:
        """The counter, if its admin key came along. Raises Told."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        token = key if scheme == "Bearer" else request.query_params.get("token", "")
        if not token:
            raise Told(
                400,
                "Token is required, please provide a token in the format of a Bearer token header or ?token=ADMIN_TOKEN",
            )
        name = read_name(request, self._namespaces)
        found = await counters.find(name)
        if found is None or found.terms.admin_sha256 is None:
            raise Told(
                400,
                "This entry is genuine and does not have an admin key. You cannot delete it. "
                "If you wanted to delete it, you should have created it with the /create endpoint.",
            )
        if not counters.is_admin(found, token):
            raise Told(401, "token is invalid")
        return name, found

    async def _stats(self, request: Request, address: str) -> Content:
        served = self._front.served
        uptime = timedelta(seconds=int(time.monotonic() - self._front.started_at))
        return {
            "version": VERSION,
            "uptime": str(uptime),
            "commands": {name: served[name] for name in ("total", "get", "hit", "create")},
            "total_keys": served["create"],
        }


def _as_shield(handler: Callable[[Request, str], Awaitable[Content]]) -> Handler:
    """What this handler tells, as a badge."""

    async def answer(request: Request, address: str) -> Response:
        return shield(request, (await handler(request, address))["value"])

    return answer


def _value(request: Request, otherwise: str) -> int:
    raw = request.query_params.get("value", "")
    if not raw:
        raise Told(400, VALUE)
    number = whole_number(raw)
    if number is None:
        raise Told(400, otherwise)
    return number


def _full_key(name: CompatName) -> str:
    return f"K:{name.namespace}:{name.key}"
