"""Whether this process can do its work."""

from clickcounter.errors import Later
from clickcounter.live.pipeline import running

RELAY = {None: "off", True: "ok", False: "down"}


async def is_database_writable() -> bool:
    """Whether the database takes a write, which changes nothing."""
    try:
        await running().check_writable()
    except Later:
        return False
    return True


def relay_state() -> str:
    """The relay between processes: ok, down, or off where there is none."""
    try:
        return RELAY[running().relay_alive]
    except Later:
        return "down"
