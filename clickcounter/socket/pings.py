"""Engine.IO's pings by timers, which end with the socket.

Engine.IO lets a task sleep until a socket's next ping, whether or not its page has left: tabs that come and go would
stay in memory by the thousand, and each tab that stays would need a kilobyte for a task that does nothing.
"""

import asyncio
import time
from inspect import getsource
from typing import Any

from clickcounter.socket.reflex_internals import find

_sockets: Any = find("engineio.async_socket", "AsyncSocket", "socket/pings.py")
_packets: Any = find("engineio.packet", "Packet", "socket/pings.py")
_PING: int = find("engineio.packet", "PING", "socket/pings.py")
_close, _schedule, _send = _sockets.close, _sockets.schedule_ping, _sockets._send_ping


def use_timers() -> None:
    """Replace the tasks of all sockets that are yet to come."""
    _sockets.ping_timer = None
    _sockets.schedule_ping, _sockets.close = _schedule_ping, _close_without_ping


def fits() -> bool:
    """Whether Engine.IO's own functions do what ours do."""
    send = getsource(_send)
    return all(part in getsource(_schedule) for part in ("if self.last_ping:", "(self._send_ping)")) and all(
        part in send for part in ("sleep(self.server.ping_interval)", "self.last_ping = time.time()", "packet.PING")
    )


def _schedule_ping(self: Any) -> None:
    if self.last_ping:  # unless one is under way
        self.last_ping = None
        self.ping_timer = asyncio.get_running_loop().call_later(self.server.ping_interval, _ping, self)


def _ping(socket: Any) -> None:
    if not socket.closing and not socket.closed:
        socket.last_ping = time.time()
        socket.server.start_background_task(socket.send, _packets(_PING))


async def _close_without_ping(self: Any, *arguments: Any, **named: Any) -> None:
    if self.ping_timer is not None:
        self.ping_timer.cancel()
    await _close(self, *arguments, **named)
