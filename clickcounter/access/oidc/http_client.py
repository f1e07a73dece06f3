"""Asks the provider one thing. It may be slow, endless or away.

No redirect is followed and no proxy of the environment is used.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any

import httpcore

from clickcounter.errors import Later
from clickcounter.outgoing.network import OutgoingNetwork, resolve
from clickcounter.pools import Pool

WITHIN = 5.0  # seconds for a question and its whole answer
MOST_READ = 256 * 1024  # bytes of an answer
MOST_CONNECTIONS = 8
NAMES = Pool("provider's name", 2, 20)


class ProviderFailed(Exception):
    """The provider gave no answer, or one that cannot be used; the message is for the log."""


class ProviderRefused(ProviderFailed):
    """The provider answered with an error of its own."""


class Client:
    """Asks for JSON documents."""

    def __init__(self, within: float = WITHIN) -> None:
        self._within = within
        self._pool: httpcore.AsyncConnectionPool | None = None  # opened in the process that uses it: workers are forked

    async def get(self, url: str) -> dict[str, Any]:
        """A document. Raises ProviderFailed."""
        return await self._ask("GET", url, {}, b"")

    async def post(self, url: str, headers: Mapping[str, str], form: str) -> dict[str, Any]:
        """The answer to a form. Raises ProviderFailed."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return await self._ask("POST", url, headers, form.encode())

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        given = {"Accept": "application/json", "User-Agent": "Click-Counter", **headers}
        try:
            async with asyncio.timeout(self._within):
                status, read = await self._read(method, url, given, body)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, Later) as error:
            raise ProviderFailed(f"{url}: {type(error).__name__} {error}") from error
        except (httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            raise ProviderFailed(f"{url} cannot be asked: {error}") from error
        found = _object(read)
        if status != 200:
            raise ProviderRefused(f"{url} answered {status} {str((found or {}).get('error'))[:100]!r}")
        if found is None:
            raise ProviderFailed(f"{url} did not answer with a JSON object")
        return found

    async def _read(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self._pool = self._pool or httpcore.AsyncConnectionPool(
            ssl.create_default_context(),
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=0,
            network_backend=OutgoingNetwork(_look_up, WITHIN / 2),
        )
        asked = self._pool.stream(method, url, headers=list(headers.items()), content=body)
        async with asked as response:
            read = b""
            async for part in response.aiter_stream():
                read += part
                if len(read) > MOST_READ:
                    raise ValueError("the answer is too long")
            return int(response.status), read


async def _look_up(host: str, port: int) -> list[str]:
    return await NAMES.run(resolve, host, port)


def _object(read: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(read)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
