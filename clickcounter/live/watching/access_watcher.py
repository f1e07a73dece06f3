"""Lets people in and out of members-only counters while their tabs are open, as their rights change.

services/publishing.py asks for a check at once after a change; socket/rooms.py is what shuts tabs out and lets them in.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Set

from sqlalchemy import Engine

from clickcounter.access import authorization
from clickcounter.domain.clicks import Caller, Snapshot
from clickcounter.domain.rights import MEMBERS
from clickcounter.live.audience import Audience
from clickcounter.live.scoreboard import Scoreboard
from clickcounter.pools import WATCHING


class AccessWatcher:
    """`show(counter)` reads a counter that tabs have just joined and sends it to them."""

    def __init__(
        self, engine: Engine, audience: Audience, scoreboard: Scoreboard, show: Callable[[str], Awaitable[None]]
    ) -> None:
        self._engine, self._audience, self._scoreboard, self._show = engine, audience, scoreboard, show
        self._waiting: Mapping[str, Set[Caller]] = {}  # who was waiting at the last check

    async def shut_out(self, found: Iterable[Snapshot]) -> None:
        """Shut out everyone who may no longer see a counter: a role, a session or the counter's settings changed."""
        known = [newest for counter in self._scoreboard.shown() if (newest := self._scoreboard.newest(counter))]
        private = {snapshot.counter for snapshot in (*known, *found) if snapshot.settings.visibility == MEMBERS}
        watching = {counter: callers for counter in private if (callers := self._audience.callers(counter))}
        watching = {**self._audience.key_holders(), **watching}  # a key ends, whatever its counter
        if not watching:
            return
        visible = await WATCHING.run(authorization.visible_to, self._engine, watching)
        for counter, caller in (pair for pair, may_see in visible.items() if not may_see):
            self._audience.shut_out(counter, caller)

    async def let_in(self, *, moved: bool) -> None:
        """Let in those who were kept out and may see the counter now.

        The database is asked only if it changed (`moved`) or if others are waiting than the last time.
        """
        waiting = self._audience.kept_out()
        if not waiting or not (moved or waiting != self._waiting):
            self._waiting = waiting
            return
        visible = await WATCHING.run(authorization.visible_to, self._engine, waiting)
        self._waiting = waiting
        for counter, caller in (pair for pair, may_see in visible.items() if may_see):
            self._audience.let_in(counter, caller)
            if self._audience.callers(counter):
                await self._show(counter)
