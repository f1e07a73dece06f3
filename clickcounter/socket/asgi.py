"""The types of what the server hands to an ASGI app."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class Sending(Protocol):
    """A message on its way: granian's own object, or a task."""

    def done(self) -> bool:
        """Whether it was written, or failed."""

    def exception(self) -> BaseException | None:
        """Why it failed."""

    def add_done_callback(self, callback: Callable[[Any], object], /) -> object:
        """Call `callback` once it is done."""


Send = Callable[[Message], Any]  # returns a Sending with granian, a coroutine with other servers
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
