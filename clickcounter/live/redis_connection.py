"""Connections to Redis: at one address, or wherever Sentinel says that the master is now."""

import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel
from redis.backoff import NoBackoff

from clickcounter.settings import SENTINELS

TIMEOUT = 1.0  # seconds for Redis or a Sentinel to take a command or a connection
SENTINEL_PORT = 26379


class Sentinels(Sentinel):
    """They are asked one after the other; if none knows a master, the error is short enough for a log."""

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        """Its host and port. Raises MasterNotFoundError."""
        try:
            host, port = await super().discover_master(service_name)
        except MasterNotFoundError:
            raise MasterNotFoundError(f"no Sentinel that answers names a master for {service_name}") from None
        return host, port


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator[Redis]:
    """A client, closed afterwards. It connects with its first command."""
    # No retries of its own: a command would wait longer than TIMEOUT then, and the relay tries for ever anyway.
    options: dict[str, Any] = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, "retry": Retry(NoBackoff(), 0)}
    found = SENTINELS.fullmatch(url)
    if not found:
        async with Redis.from_url(url, **options) as redis:
            yield redis
        return
    sentinel = _sentinel(found, options)
    try:
        async with sentinel.master_for(found["name"]) as redis:
            yield redis
    finally:
        for one in sentinel.sentinels:
            await one.aclose()


def _sentinel(found: re.Match[str], options: dict[str, Any]) -> Sentinels:
    """Redis itself may have a user, a password and a database number."""
    user, password = _word(found["user"]), _word(found["password"])
    master = options | {"db": int(found["number"] or 0), "username": user, "password": password}
    return Sentinels(  # type: ignore[no-untyped-call]
        [_address(host) for host in found["hosts"].split(",")],
        sentinel_kwargs=options | {"password": _word(found["sentinel_password"])},
        **master,
    )


def _address(host: str) -> tuple[str, int]:
    name, port = re.fullmatch(r"(\[.*\]|[^:]*)(?::(\d+))?", host).groups()  # type: ignore[union-attr]
    return name.strip("[]"), int(port or SENTINEL_PORT)


def _word(quoted: str | None) -> str | None:
    return unquote(quoted) if quoted else None
