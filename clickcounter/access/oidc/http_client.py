"""Asks the provider one thing. It may be slow, endless or away.

No redirect is followed and no proxy of the environment is used. Names are looked up in threads of their own: a resolver may
take longer than anybody waits for it.
"""

import asyncio
import json
import logging
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import httpcore

from clickcounter.errors import Later
from clickcounter.pools import Pool

log = logging.getLogger(__name__)

WITHIN = 5.0  # seconds for a question and its whole answer
MOST_READ = 256 * 1024  # bytes of an answer
MOST_CONNECTIONS = 8
MOST_ADDRESSES = 3  # of one name, that are tried
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
            network_backend=_Network(),
        )
        asked = self._pool.stream(method, url, headers=list(headers.items()), content=body)
        async with asked as response:
            read = b""
            async for part in response.aiter_stream():
                read += part
                if len(read) > MOST_READ:
                    raise ValueError("the answer is too long")
            return int(response.status), read


class _Network(httpcore.AsyncNetworkBackend):
    """Connects to the first of a name's addresses that answers."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  as the base class has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises what looking up and connecting raise."""
        addresses = await NAMES.run(_resolve, host, port)
        for address in addresses[:-1]:
            try:
                return await self._backend.connect_tcp(address, port, WITHIN / 2 / len(addresses))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                log.info("%s does not answer, trying the next address: %s", address, error)
        return await self._backend.connect_tcp(addresses[-1], port, timeout)


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host.strip("[]"), port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))[:MOST_ADDRESSES]


def _object(read: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(read)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
