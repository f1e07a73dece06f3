"""What may come in on a socket besides presses, checked before Socket.IO and Reflex see it.

Reflex logs an event that it cannot run as a whole, with tracebacks. So messages end here that are larger than any page's,
and events that no page sends: with an unknown name, an argument that its handler does not take, or the wrong shape.
"""

import json
import logging
from collections.abc import Callable, Mapping
from functools import cached_property
from inspect import Parameter, signature
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Message

from clickcounter.errors import Malformed
from clickcounter.socket.page_middleware import ARRIVALS
from clickcounter.socket.protocol import CLOSE, CONNECT, GOODBYE, PACKET
from clickcounter.socket.reflex_internals import (
    BOOT_EVENT,
    CLIENT_ERROR,
    PAGE_ERROR,
    PAGE_PATH,
    PAGE_QUERY,
    ROUTE_PATH,
    SOCKET_EVENT,
    event_handlers,
    is_own,
)

log = logging.getLogger(__name__)

LARGEST = 16_000  # characters; a page's largest event sets all of a counter's fields, in 4,000 at most
DEEPEST = 6  # objects and lists inside each other; a page's event has four
LONGEST_IN_LOG = 100

_Arguments = tuple[frozenset[str], frozenset[str]]  # those that a handler needs, and all that it takes
_KINDS: tuple[tuple[str, type], ...] = ((PAGE_PATH, str), (ROUTE_PATH, str), (PAGE_QUERY, dict))


class Door:
    """Lets in what a page could have sent. `handlers` returns Reflex's handlers by their events' full names."""

    def __init__(self, handlers: Callable[[], Mapping[str, Any]] = event_handlers) -> None:
        self._handlers = handlers

    def admits(self, message: Message) -> bool:
        """Whether Socket.IO may have this message."""
        try:
            self._check(message.get("text"))
        except Malformed as error:
            log.info("a message was refused: %s", error)
            return False
        return True

    def _check(self, text: str | None) -> None:
        if text is None:
            raise Malformed("it is binary")
        if len(text) > LARGEST:
            raise Malformed(f"it has {len(text)} characters")
        if text in (CLOSE, GOODBYE, CONNECT):
            return
        if text.startswith(PACKET):
            self._check_packet(_parse(text[len(PACKET) :]))
        elif text.startswith(CONNECT):
            self._check_connect(_parse(text[len(CONNECT) :]))
        else:
            raise Malformed(f"it is no packet of a page: {_cut(text)}")

    def _check_connect(self, said: Any) -> None:
        if not isinstance(said, dict):
            raise Malformed("it connects with something that is no object")
        if said.get(BOOT_EVENT) is not None:
            self._check_event(said[BOOT_EVENT])

    def _check_packet(self, packet: Any) -> None:
        if not isinstance(packet, list) or len(packet) != 2 or not isinstance(packet[1], dict):
            raise Malformed("a packet is a name and an object")
        name, said = packet
        if name == SOCKET_EVENT:
            self._check_event(said)
        elif name != CLIENT_ERROR:
            raise Malformed(f"no such packet: {_cut(name)}")

    def _check_event(self, event: Any) -> None:
        if not isinstance(event, dict):
            raise Malformed("an event must be an object")
        name, payload = event.get("name"), event.get("payload", {})
        known = self._arguments.get(name) if isinstance(name, str) else None
        if known is None:
            raise Malformed(f"no such event: {_cut(name)}")
        if not isinstance(payload, dict):
            raise Malformed(f"no arguments for {_cut(name)}")
        needed, taken = known
        if not needed <= payload.keys() <= taken:
            raise Malformed(f"wrong arguments for {_cut(name)}: {_cut(sorted(payload))}")
        _check_page(event.get("router_data", {}))

    @cached_property
    def _arguments(self) -> Mapping[str, _Arguments]:
        """Of each event; asked for when the first one comes, because Reflex registers the last ones when it starts."""
        found = ((name, each.handler.fn) for name, each in self._handlers().items())
        return {name: _arguments_of(handler) for name, handler in found if _is_sent(name, handler)}


def _is_sent(event: str, handler: Callable[..., Any]) -> bool:
    """Whether a page of this project sends this event. Reflex has more: to set any variable by its name, for one."""
    return not is_own(handler) or event.rpartition(".")[2] in {*ARRIVALS, PAGE_ERROR}


def _arguments_of(handler: Callable[..., Any]) -> _Arguments:
    _, *arguments = signature(handler).parameters.values()
    needed = (argument.name for argument in arguments if argument.default is Parameter.empty)
    return frozenset(needed), frozenset(argument.name for argument in arguments)


def _check_page(page: Any) -> None:
    """What an event says about the page it comes from; Reflex takes an address apart without looking."""
    if not isinstance(page, dict) or not all(isinstance(page.get(name, kind()), kind) for name, kind in _KINDS):
        raise Malformed("a page has a path and a query")
    if not all(isinstance(value, str) for value in page.get(PAGE_QUERY, {}).values()):
        raise Malformed("a query has texts")
    path = page.get(PAGE_PATH, "")
    try:
        urlsplit(path)
    except ValueError:
        raise Malformed("no browser shows such a path") from None


def _parse(text: str) -> Any:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON") from None
    if not _is_flat(said, DEEPEST):
        raise Malformed("it is too deep")
    return said


def _is_flat(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    return levels > 0 and all(_is_flat(each, levels - 1) for each in (value.values() if isinstance(value, dict) else value))


def _cut(value: object) -> str:
    return repr(value)[:LONGEST_IN_LOG]
