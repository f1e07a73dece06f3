"""What socket/rooms.py, tab.py, packets.py and bypass.py take for granted of Reflex and Socket.IO, checked at start.

An upgrade that changes one of these must not end in numbers that stand still: the server says what does not fit, and stops.
What only a connection can show (the server's send, the order of a page's event) is held by tests/socket/test_intake.py.
"""

from typing import Any

from reflex.state import StateUpdate
from socketio.packet import EVENT

from clickcounter.socket.bypass import PATH, socket_app
from clickcounter.socket.packets import PACKET
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import NAMESPACE


class DoesNotFit(RuntimeError):
    """This version of Reflex is not the one this project was written for."""


def check(app: Any, rooms: Rooms, record: str) -> None:
    """Raises DoesNotFit."""
    update = StateUpdate(delta={"state": {"frame_rx_state_": {"count": 1, "who": ["ы"]}}})
    packet = app.sio.packet_class(EVENT, namespace=app.event_namespace.namespace, data=["event", update])
    theirs = str(packet.encode())
    ours = rooms.message({"frame_rx_state_": {"count": 1, "who": ["ы"]}}, "state")["text"]
    if "4" + theirs != ours:
        raise DoesNotFit(f"Reflex sends a change as {theirs!r} now; tab.py sends {ours!r}.")
    if app.event_namespace.namespace != NAMESPACE or not PACKET.endswith(f"{NAMESPACE},"):
        raise DoesNotFit(f"Reflex's Socket.IO namespace is {app.event_namespace.namespace} now.")
    if not callable(getattr(app.sio, "get_environ", None)):
        raise DoesNotFit("Socket.IO's server has no get_environ any more; socket/rooms.py finds tabs by it.")
    if socket_app(app) is None or not callable(getattr(app, "_set_contexts_internal", None)):
        raise DoesNotFit(f"Reflex's socket server is not at {PATH} any more; bypass.py leads there.")
    if record not in _events():
        raise DoesNotFit(f"Reflex knows no event {record!r}; packets.py looks for it.")


def _events() -> Any:
    from reflex_base.registry import RegistrationContext

    return RegistrationContext.get().event_handlers
