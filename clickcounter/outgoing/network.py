"""Looks a name up, once, and connects to the very addresses that were found: whoever looks them up may leave some out.

Names are looked up in threads of a pool: a resolver may take longer than anybody waits for it.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore

log = logging.getLogger(__name__)

MOST_ADDRESSES = 3  # of one name, that are tried

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]


class OutgoingNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the first of a name's addresses that answers.

    A request that says no limit leaves `within` seconds to all addresses but the last.
    """

    def __init__(self, look_up: LookUp, within: float) -> None:
        self._look_up, self._within, self._backend = look_up, within, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  as the base class has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises what looking up and connecting raise."""
        async with asyncio.timeout(timeout):
            addresses = (await self._look_up(host, port))[:MOST_ADDRESSES]
            for address in addresses[:-1]:
                try:
                    return await self._backend.connect_tcp(address, port, (timeout or self._within) / len(addresses))
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    log.info("%s of %s does not answer, trying the next address: %s", address, host, error)
            return await self._backend.connect_tcp(addresses[-1], port, timeout)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name. It keeps its thread until the resolver answers, whoever has stopped waiting."""
    found = socket.getaddrinfo(host.strip("[]"), port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
