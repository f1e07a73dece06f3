"""One question of a kind at a time for each tab.

Reflex's queue has no end, and is worked off for tabs that have left, too. So what a tab asks waits here. A newer question
replaces an older one of its kind that waits; what changes something is done in turn, one call of a state after another.
What has not begun is dropped when the tab closes. A dialog whose call will not begin is told to try later.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Later
from clickcounter.i18n.errors import sentences_of
from clickcounter.services.validation import is_clean_text
from clickcounter.socket.protocol import LONGEST_ASK, REPLY, Reply, update
from clickcounter.socket.reflex_internals import SESSION_ID, Enqueue, event_handlers, is_own
from clickcounter.socket.tab import Tab

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., object])

MOST_QUESTIONS = 2  # of one tab that are being answered, so that it leaves threads to others
MOST_CHANGES = 16  # of one tab and state that wait

_MARK = "clickcounter_question"


def question(handler: F) -> F:
    """Mark a handler that changes nothing: a newer event of the same tab replaces one that has not begun."""
    setattr(handler, _MARK, True)
    return handler


def is_question(handler: Callable[..., object]) -> bool:
    """Whether a handler was marked."""
    return getattr(handler, _MARK, False)


class Line:
    """Events of one tab that wait for each other; `slots` are those that it shares with the tab's other questions."""

    __slots__ = ("slots", "under_way", "waiting")

    def __init__(self, slots: asyncio.Semaphore | None) -> None:
        self.slots = slots
        self.waiting: deque[tuple[str, Any]] = deque()  # tokens and events
        self.under_way: asyncio.Future[Any] | None = None


class Asked:
    """What one tab has asked and was not answered yet."""

    __slots__ = ("lines", "slots")

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.slots = asyncio.Semaphore(MOST_QUESTIONS)

    def drop(self) -> None:
        """Nothing more of it begins, and questions under way are given up. A change that has begun goes on."""
        for line in self.lines.values():
            line.waiting.clear()
            if line.slots and line.under_way:
                line.under_way.cancel()


class Admission:
    """Stands before Reflex's queue, which `enqueue` fills.

    `find_tab` finds a tab by its Socket.IO session; `forget` drops what Reflex keeps of one, by its token.
    """

    def __init__(self, find_tab: Callable[[str], Tab | None], enqueue: Enqueue, forget: Callable[[str], None]) -> None:
        self._find_tab, self._enqueue, self._forget = find_tab, enqueue, forget
        self._handlers: Mapping[str, Any] = event_handlers()

    async def enqueue(self, token: str, event: Any, *context: Any) -> Any:
        """In place of Reflex's function. Events that follow from others name no session, and go on at once."""
        tab = self._find_tab(event.router_data.get(SESSION_ID, ""))
        if tab is None or event.name not in self._handlers:
            return await self._enqueue(token, event, *context)
        if tab.closed:
            return None
        tab.on_close = tab.on_close or partial(self._forget, token)
        handler = self._handlers[event.name].handler.fn
        asks = is_question(handler)
        replaces = asks or is_own(handler)
        asked = tab.asked = tab.asked or Asked()
        kind = event.name if replaces else event.name.rpartition(".")[0]
        line = asked.lines.get(kind)
        if line is None:
            line = asked.lines[kind] = Line(asked.slots if asks else None)
            asyncio.create_task(self._serve(tab, asked, kind)).add_done_callback(_report)
        if replaces and line.waiting:
            replaced = line.waiting.pop()[1]
            refuse(tab, replaced.name, replaced.payload)
        if len(line.waiting) >= MOST_CHANGES:
            refuse(tab, event.name, event.payload)
        else:
            line.waiting.append((token, event))
        return None

    async def _serve(self, tab: Tab, asked: Asked, kind: str) -> None:
        line = asked.lines[kind]
        try:
            while line.waiting:
                async with line.slots or contextlib.nullcontext():
                    if line.waiting:  # the tab may have closed
                        line.under_way = await self._enqueue(*line.waiting.popleft())
                        await asyncio.wait([line.under_way])
        finally:
            del asked.lines[kind]
            if not asked.lines and tab.asked is asked:
                tab.asked = None
                if tab.closed and tab.on_close:
                    tab.on_close()  # nothing was forgotten while this was under way


def _report(served: "asyncio.Task[None]") -> None:
    if not served.cancelled() and (error := served.exception()):
        log.info("an event was dropped: %s", error)  # Reflex takes none while it stops


def refuse(tab: Tab, name: str, payload: Mapping[str, Any]) -> None:
    """Tell a dialog to try later; questions without a name of their own need no answer: they were asked again."""
    ask = payload.get("ask")
    if is_clean_text(ask, LONGEST_ASK):
        later, words = Later.code, sentences_of(Later()).as_dict()
        reply: Reply = {"ask": ask, "error": later, "sentences": words, "result": None, "at": now_ms()}
        tab.reply(update(name.rpartition(".")[0], {REPLY: reply}))
