"""What this package takes for granted about Reflex, Socket.IO and Engine.IO, checked at start.

An upgrade that changes one of these must not leave pages with a frozen number: the server names what no longer holds and
where it is used, and stops. `make next-reflex` checks the newest versions in the same way. reflex_internals.py lists the
names that must exist at all, and stops the server in the same way.

Three things only show on a connection, so tests check them instead: that frames are written past ASGI's `send`, the order of
the fields in a page's event (tests/socket), and that Reflex asks for the page's early socket (tests/pages/test_first_visit).
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getsource, signature
from typing import Any

import reflex as rx

from clickcounter.socket import engine
from clickcounter.socket import reflex_internals as internals
from clickcounter.socket.admission import is_question
from clickcounter.socket.page_middleware import ARRIVALS, PageMiddleware
from clickcounter.socket.protocol import CLOSE, CONNECT, FRAME, GOODBYE, NAMESPACE, PONG, text_of, update
from clickcounter.socket.reflex_internals import DoesNotFit
from clickcounter.socket.streams import connection


@dataclass(frozen=True, slots=True)
class Check:
    """The claim `what` holds if `holds(app, state)` returns true without raising; `user` is the module that relies on it."""

    what: str
    user: str
    holds: Callable[[Any, Any], object]


def check(app: Any, state: type[rx.State]) -> None:
    """Check everything; `state` is the class of the counter page. Raises DoesNotFit with a sentence for each failure."""
    broken = [sentence for _, sentence in failures(app, state) if sentence]
    if broken:
        raise DoesNotFit("\n".join(broken))


def failures(app: Any, state: type[rx.State]) -> Iterator[tuple[Check, str | None]]:
    """Each check, with a sentence if it failed."""
    for each in CHECKS:
        reason = ""
        try:
            holds = bool(each.holds(app, state))
        except Exception as error:
            holds, reason = False, f" ({type(error).__name__}: {error})"
        sentence = f"No longer true with Reflex {internals.VERSION}: {each.what}; {each.user} relies on it{reason}."
        yield each, None if holds else sentence


def _updates(app: Any, state: Any) -> bool:
    tab_state = state(_reflex_internal_init=True)
    tab_state.frame = {"count": 1, "who": ["ы"]}
    data = [internals.SOCKET_EVENT, internals.state_update(tab_state.get_delta())]
    expected = update(state.get_full_name(), {FRAME: {"count": 1, "who": ["ы"]}})
    return bool(_packet(app, "EVENT", data=data) == text_of(expected))


def _variables(_app: Any, state: Any) -> bool:
    return str(state.frame).endswith(f".{FRAME}")


def _undeclared(_app: Any, state: Any) -> bool:
    object_of_state = str(internals.all_variables(state.frame))
    keeps = ("for (const key in delta)", "own ? replaceEqualDeep(state[key], delta[key]) : delta[key]", "out[key] = value;")
    return f"{object_of_state}.{FRAME}" == str(state.frame) and all(part in internals.client_source() for part in keeps)


def _namespace(app: Any, _state: Any) -> bool:
    return bool(app.event_namespace.namespace == NAMESPACE)


def _goodbye(app: Any, _state: Any) -> bool:
    return bool(_packet(app, "DISCONNECT") == GOODBYE)


def _packet(app: Any, kind: str, **data: Any) -> str:
    packet = app.sio.packet_class(getattr(importlib.import_module("socketio.packet"), kind), namespace=NAMESPACE, **data)
    return "4" + str(packet.encode())


def _engine_packet(kind: str) -> str:
    packet = importlib.import_module("engineio.packet")
    return str(packet.Packet(getattr(packet, kind)).encode())


def _reports(_app: Any, _state: Any) -> bool:
    names = {name.rpartition(".")[2] for name in internals.event_handlers()}
    return internals.PAGE_ERROR in names and f'= "{internals.CLIENT_ERROR}";' in internals.client_source()


def _queue(app: Any, _state: Any) -> bool:
    enqueue = internals.find("reflex_base.event.processor", "EventProcessor.enqueue", "socket/admission.py")
    receive = getsource(type(app.event_namespace).on_event)
    return [*signature(enqueue).parameters][1:3] == ["token", "event"] and "event_processor.enqueue(token, event)" in receive


def _marks(_app: Any, state: Any) -> bool:
    asks, presses = (internals.event_handlers()[f"{state.get_full_name()}.{name}"] for name in ("introduce", "record"))
    return is_question(asks.handler.fn) and not is_question(presses.handler.fn)


def _own(_app: Any, state: Any) -> bool:
    handlers = internals.event_handlers()
    its, ours = handlers[internals.ANY_VARIABLE], handlers[f"{state.get_full_name()}.record"]
    return internals.is_own(its.handler.fn) and not internals.is_own(ours.handler.fn)


def _get_environ(app: Any, _state: Any) -> bool:
    return app.sio.get_environ("nobody", NAMESPACE) is None


def _socket_app(app: Any, _state: Any) -> bool:
    return internals.socket_app(app) is not None


def _contexts(app: Any, _state: Any) -> bool:
    return callable(internals.context_setter(app))


def _press(_app: Any, state: Any) -> bool:
    return f"{state.get_full_name()}.record" in internals.event_handlers()


def _arrivals(_app: Any, _state: Any) -> bool:
    return {name.rpartition(".")[2] for name in internals.event_handlers()} >= ARRIVALS


def _middleware(_app: Any, _state: Any) -> bool:
    return [*signature(rx.Middleware.preprocess).parameters] == [*signature(PageMiddleware.preprocess).parameters]


def _page_path(_app: Any, _state: Any) -> bool:
    event = internals.find("reflex_base.event", "Event", "socket/page_middleware.py")
    return (
        "router_data" in event.__dataclass_fields__ and f"{internals.PAGE_PATH}: loc.pathname" in internals.client_source()
    )


def _session_id(_app: Any, _state: Any) -> bool:
    session = internals.find("reflex.istate.data", "SessionData", "socket/page_middleware.py")
    return bool(session.from_router_data({internals.SESSION_ID: "x"}).session_id == "x")


def _origins(app: Any, _state: Any) -> bool:
    return bool(app.sio.eio.cors_allowed_origins == [])


def _memory(app: Any, _state: Any) -> bool:
    return rx.config.get_config().redis_url is None and type(app.state_manager).__name__ == "StateManagerMemory"


def _lost(_app: Any, _state: Any) -> bool:
    return "connectErrors.length > 0" in str(internals.connection_lost())


def _token(_app: Any, _state: Any) -> bool:
    client = internals.client_source()
    return f'TOKEN_KEY = "{internals.TOKEN}"' in client and f"query: {{ {internals.TOKEN} }}" in client


def _subprotocol(_app: Any, _state: Any) -> bool:
    return "protocols: [reflexEnvironment.version]" in internals.client_source()


def _engine_io(_app: Any, _state: Any) -> bool:
    transport: str = rx.config.get_config().transport
    return internals.client_packages()["socket.io-client"].split(".")[0] == internals.ENGINE_IO and transport == "websocket"


def _beforeunload(_app: Any, _state: Any) -> bool:
    return 'addEventListener("beforeunload", disconnectTrigger)' in internals.client_source()


def _back_end_url(_app: Any, _state: Any) -> bool:
    client = internals.client_source()
    return "export const getBackendURL" in client and 'from "$/env.json"' in client


def _engine(_app: Any, _state: Any) -> bool:
    return callable(internals.find("reflex.model", "get_engine", "rxconfig.py"))


def _server(_app: Any, _state: Any) -> bool:
    source = getsource(internals.find("reflex.utils.exec", "run_granian_backend_prod", "socket/server.py"))
    return all(part in source for part in ("import Server as Granian", "target=", "address=host", "port=", ".serve()"))


CHECKS = (
    Check("Reflex sends a changed variable as a packet of exactly this form", "socket/protocol.py", _updates),
    Check("a variable's name in a page ends with Reflex's FIELD_MARKER", "socket/protocol.py", _variables),
    Check("a page keeps variables that its state does not declare", "socket/boards/cells.py", _undeclared),
    Check(f"Reflex's Socket.IO namespace is {NAMESPACE}", "socket/protocol.py", _namespace),
    Check("Socket.IO's disconnect is packet 41", "socket/protocol.py", _goodbye),
    Check("Socket.IO's connect is packet 40", "socket/protocol.py", lambda app, _: _packet(app, "CONNECT") == CONNECT),
    Check("Engine.IO's close is packet 1", "socket/protocol.py", lambda _app, _state: _engine_packet("CLOSE") == CLOSE),
    Check("Engine.IO's pong is packet 3", "socket/protocol.py", lambda _app, _state: _engine_packet("PONG") == PONG),
    Check("Socket.IO's get_environ finds a connection by its session", "socket/tab.py", _get_environ),
    Check(f"Reflex's socket server is mounted at {internals.EVENT_PATH}", "socket/reflex_internals.py", _socket_app),
    Check("Reflex's App sets its contexts in _set_contexts_internal", "socket/reflex_internals.py", _contexts),
    Check("Reflex knows the event of a press by its state's module", "socket/intake.py", _press),
    Check("Reflex takes two kinds of reports of a page's errors", "socket/door.py", _reports),
    Check("Reflex's own handlers are in its own modules", "socket/door.py", _own),
    Check("Reflex queues a page's events with event_processor.enqueue", "socket/admission.py", _queue),
    Check("an event's handler keeps the marks of its function", "socket/admission.py", _marks),
    Check("Reflex handles the events of a page that opens or navigates", "socket/page_middleware.py", _arrivals),
    Check("Reflex calls a middleware with app, state and event", "socket/page_middleware.py", _middleware),
    Check("a page sends its path in an event's router_data", "socket/page_middleware.py", _page_path),
    Check("router_data names the Socket.IO session", "socket/page_middleware.py", _session_id),
    Check("Engine.IO leaves origins to us", "web/origins.py", _origins),
    Check("Reflex keeps states in this process's memory", "rxconfig.py", _memory),
    Check("a page knows its socket's errors as connectErrors", "pages/*.py", _lost),
    Check("a page's socket carries the token of its session storage", "components/early_socket.py", _token),
    Check("a page's socket names Reflex's version as its subprotocol", "components/early_socket.py", _subprotocol),
    Check("a page's socket speaks Engine.IO 4 over a websocket", "components/early_socket.py", _engine_io),
    Check("a page closes its socket at beforeunload", "components/account/account_channel.js", _beforeunload),
    Check("a page's scripts have getBackendURL and env.json", "components/shared/backend_url.js", _back_end_url),
    Check("Reflex starts granian's Server with a target, an address and a port", "socket/server.py", _server),
    Check("uvicorn's protocols have the parts that ours use", "socket/connections/", lambda *_: connection.fits()),
    Check("Engine.IO pings after a pong, and reads what it is given", "socket/engine.py", lambda app, _: engine.fits(app)),
    Check("Reflex's database connections can be closed before a fork", "rxconfig.py", _engine),
)
