"""One counter of a board: what its room sends goes to the tab, in variables that bear the counter's name.

A browser may draw several messages at once, and a state keeps only the newest value of each variable: with one variable for
all counters, one's frame would hide another's.
"""

from typing import TYPE_CHECKING

from clickcounter.domain.clicks import Caller
from clickcounter.socket.protocol import of_cell
from clickcounter.socket.tab import Place, Tab

if TYPE_CHECKING:
    from clickcounter.socket.fanout import Feed


class Cell(Place):
    """The place of one counter on the board of `tab`."""

    __slots__ = ("_tab", "of")

    alone, whole = "alone in a cell", "whole in a cell"

    def __init__(self, tab: Tab, counter: str) -> None:
        super().__init__()
        self._tab, self.of, self.label = tab, counter, tab.label

    @property
    def closed(self) -> bool:  # type: ignore[override]
        """Whether its tab is closed, or no longer has it."""
        return self._tab.closed or (self._tab.cells or {}).get(self.of) is not self

    @property
    def caller(self) -> Caller:
        """Who is watching in its tab."""
        return self._tab.caller

    def named(self, name: str) -> str:
        """The name on the wire of a variable of this counter."""
        return of_cell(name, self.of)

    def show(self, feed: "Feed") -> None:
        """Send the feed's newest message, or that of its own feed once the tab is free."""
        if not self._tab.free:
            self.outdated = True
        elif (message := feed.message_for(self)) is not None:
            self._tab.wire.write(message)
