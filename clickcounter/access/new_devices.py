"""How many new devices may press from one address. An address may be a school class; its devices that are known are free."""

import ipaddress
import logging
import math
import time
from collections.abc import Callable

from clickcounter.access.rate_limits import RateLimiter

log = logging.getLogger(__name__)

LOG_EVERY = 60.0  # seconds


class NewDevices:
    """How many devices may appear at an address: as many as in an hour at once. Those that are known press as they like.

    For the writer's thread; only the transaction knows which devices are new.
    """

    def __init__(self, per_hour: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = RateLimiter(per_hour, per_hour / 3600), clock
        self._logged_at = float("-inf")

    def wait(self, address: str) -> int:
        """The seconds until the next one may press; 0 if it may now, or if the address is not known."""
        if not address:
            return 0
        now, network = self._clock(), _network(address)
        wait = math.ceil(self._rate.left(network, now))
        if wait and now - self._logged_at > LOG_EVERY:
            self._logged_at = now
            log.warning("too many new devices at %s; their presses are saved later", network)
        return wait

    def count(self, address: str) -> None:
        """A device has appeared."""
        if address:
            self._rate.wait(_network(address), self._clock())


def _network(address: str) -> str:
    """The address; of an IPv6 address the /64, all of which one machine may use."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
