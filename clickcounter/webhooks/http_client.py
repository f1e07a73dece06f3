"""Sends a message to a receiver, once. It may be slow, endless, hostile, or point to where it should not.

The name is looked up here, and the connection goes to the very address that was checked: a name that answers differently
the next time gains nothing. No redirect is followed and no proxy of the environment is used.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import socket
import ssl
import time
from collections.abc import Sequence
from ipaddress import ip_address

import httpcore

from clickcounter.errors import Later, Refused
from clickcounter.outgoing.network import OutgoingNetwork, resolve
from clickcounter.pools import NAMES, SLOW_NAMES, Pool
from clickcounter.webhooks.addresses import Network, is_allowed, target_of
from clickcounter.webhooks.deliveries import SECRET_PREFIX, Answer, Message

log = logging.getLogger(__name__)

CONNECT_WITHIN, ANSWER_WITHIN = 5.0, 10.0  # seconds
SLOW_AFTER, SLOW = 1.0, "slow"  # seconds; the word for it beside a status
MOST_READ = 1_000  # bytes of an answer
SLOW_FOR, MOST_SLOW = 3_600.0, 1_000  # seconds in which a slow name is looked up among others of its kind; names

_slow_at: dict[str, float] = {}  # when the resolver last took long for a name


class NotAllowed(Exception):
    """The name leads only to addresses that webhooks may not reach."""


def signature(secret: str, message: str, timestamp: int, body: str) -> str:
    """The header webhook-signature, as the Standard Webhooks specification has it."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{message}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


class Client:
    """Sends messages. Besides public addresses it reaches those in `networks`."""

    def __init__(self, networks: Sequence[Network], tls: ssl.SSLContext | None = None) -> None:
        tls = tls or ssl.create_default_context()
        self._steady, self._shaky = (
            httpcore.AsyncConnectionPool(
                tls,
                max_connections=None,
                max_keepalive_connections=0,
                network_backend=OutgoingNetwork(_Names(networks, names).allowed, CONNECT_WITHIN),
            )
            for names in (NAMES, SLOW_NAMES)
        )

    async def send(self, message: Message, now: int) -> Answer:
        """What the receiver answered. `now` is in milliseconds since 1970."""
        try:
            began = time.monotonic()
            async with asyncio.timeout(ANSWER_WITHIN):
                status = await self._post(message, now // 1000)
            return Answer(message, status, SLOW if time.monotonic() - began > SLOW_AFTER else "")
        except Exception as error:
            code = _code_of(error)
            log.info("webhook %s: %s %s %s", message.webhook, code, type(error).__name__, error)
            return Answer(message, None, code)

    async def close(self) -> None:
        """Close what is open."""
        await self._steady.aclose()
        await self._shaky.aclose()

    async def _post(self, message: Message, timestamp: int) -> int:
        target = target_of(message.url)
        headers = {
            "Host": target.header,
            "Content-Type": "application/json",
            "User-Agent": "Click-Counter",
            "Connection": "close",
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(message.secret, message.id, timestamp, message.body),
        }
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        timeouts = {"connect": CONNECT_WITHIN, "read": ANSWER_WITHIN, "write": ANSWER_WITHIN}
        request = (self._shaky if message.shaky else self._steady).stream(
            "POST", url, headers=list(headers.items()), content=message.body.encode(), extensions={"timeout": timeouts}
        )
        async with request as response:
            left = MOST_READ
            async for part in response.aiter_stream():
                left -= len(part)
                if left <= 0:
                    break
            return int(response.status)


class _Names:
    """Looks names up; those that took long lately among others of their kind."""

    def __init__(self, networks: Sequence[Network], names: Pool) -> None:
        self._networks, self._names = networks, names

    async def allowed(self, host: str, port: int) -> list[str]:
        """The addresses of a name that webhooks may reach. Raises NotAllowed where there is none."""
        slow = time.monotonic() - _slow_at.get(host, float("-inf")) < SLOW_FOR
        found = await (SLOW_NAMES if slow else self._names).run(_resolve, host, port)
        addresses = dict.fromkeys(ip_address(address.partition("%")[0]) for address in found)
        allowed = [str(address) for address in addresses if is_allowed(address, self._networks)]
        if not allowed:
            raise NotAllowed(host)
        return allowed


def _resolve(host: str, port: int) -> list[str]:
    began = time.monotonic()
    try:
        return resolve(host, port)
    finally:
        if time.monotonic() - began > SLOW_AFTER:
            _slow_at[host] = time.monotonic()
            while len(_slow_at) > MOST_SLOW:
                _slow_at.pop(next(iter(_slow_at)), None)


def _code_of(error: Exception) -> str:
    """Why there was no answer, in one word; i18n/webhooks.py has the sentences."""
    if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
        return "tls"
    kinds = (
        ((NotAllowed, Refused, socket.gaierror, UnicodeError, Later), "address"),
        ((TimeoutError, httpcore.TimeoutException), "timeout"),
        ((httpcore.ConnectError,), "connect"),
    )
    return next((code for classes, code in kinds if isinstance(error, classes)), "answer")
