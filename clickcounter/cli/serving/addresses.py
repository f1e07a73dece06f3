"""The addresses at which a server can be opened."""

import ipaddress
import socket
from contextlib import suppress
from dataclasses import dataclass

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
LOCAL = ("localhost", "127.0.0.1", "::1")
ELSEWHERE = "198.51.100.1", 9  # an address for documents; nothing is sent there


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a server listens: an address of this machine, or all of them, the port, and the path below which it is."""

    host: str
    port: int
    path: str = ""

    @property
    def here(self) -> str:
        """Its address for a browser on this machine."""
        return self._url("localhost" if self.host in (*EVERYWHERE, *LOCAL[:2]) else self.host)

    @property
    def elsewhere(self) -> str | None:
        """Its address for other devices of the network; None if there is no network, or only this machine is served."""
        if self.host in LOCAL:
            return None
        address = network_address() if self.host in EVERYWHERE else self.host
        return self._url(address) if address else None

    def _url(self, host: str) -> str:
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{self.port}{self.path}/"


def network_address() -> str | None:
    """This machine's address in its network: the one from which it would reach the internet."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(ELSEWHERE)
        found = ipaddress.ip_address(asking.getsockname()[0])
        return None if found.is_loopback or found.is_unspecified else str(found)
    return None
