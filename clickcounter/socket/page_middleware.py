"""A tab opens, comes back or navigates: it enters the right room first, then gets the number.

This is a middleware rather than an on_load handler because it must happen before Reflex builds its first answer: that answer
already carries the number, so nothing flashes.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

import reflex as rx

from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.socket.entry import enter_room
from clickcounter.socket.reflex_internals import HYDRATE, HYDRATE_AND_LOAD, ON_LOAD, PAGE_PATH, SESSION_ID
from clickcounter.socket.rooms import Rooms

VIEWS = ("", "display", "history")  # pages of one counter, by what follows its slug
ARRIVALS = {name.rpartition(".")[2] for name in (HYDRATE_AND_LOAD, HYDRATE, ON_LOAD)}


def counter_of(path: str) -> str | None:
    """The shared token in a page's path; None where the page shows no counter."""
    parts = [unquote(part) for part in urlsplit(path).path.split("/") if part]
    if not parts:
        return DEFAULT_COUNTER
    of_counter = len(parts) >= 2 and parts[0] == "c" and "/".join(parts[2:]) in VIEWS
    return parts[1] if of_counter else None


def is_board(path: str) -> bool:
    """Whether the page at this path is a board, whose counters it names itself, see CounterState.follow."""
    return urlsplit(path).path.strip("/") == "board"


class PageMiddleware(rx.Middleware):
    """Puts each tab into the room of the page it shows. `state` is the class whose `frame` and `about` the page shows."""

    def __init__(self, rooms: Rooms, state: type[rx.State]) -> None:
        self._rooms, self._state = rooms, state

    async def preprocess(self, app: rx.App, state: Any, event: Any) -> None:
        """Called by Reflex before each event, under the tab's lock."""
        path = str(event.router_data.get(PAGE_PATH) or "/")
        counter = counter_of(path)
        shown = await state.get_state(self._state)
        # A state that expired comes back blank with whatever event is next.
        blank = shown.frame.get("counter") != counter
        if not blank and event.name.rpartition(".")[2] not in ARRIVALS:
            return
        tab = self._rooms.tab(event.router_data.get(SESSION_ID, ""))
        if tab is None:
            return
        if tab.cells and not is_board(path):
            self._rooms.leave_all(tab)
        if counter is None:
            self._rooms.leave(tab)
            shown.frame, shown.about = {}, {}
            return
        shown.about, shown.frame = await enter_room(tab, counter)
