"""People who are signed in, in the tabs of this process: whose session has ended, and whose own number grew elsewhere.

One look asks for all of their tabs together, beside the walk of a click, whichever process and device the change came from.
Where no counter moved that they look at, it only asks, once a second, whether their sessions are still good.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import now_ms

log = logging.getLogger(__name__)

LOOK = 0.4  # seconds between two looks, where something moved
SHARE = 0.1  # of the time goes into looking, about
SELDOM = 5.0  # seconds between two looks, at most
ENDED = 1.0  # seconds between two looks where nothing did

Looking = Mapping[str, Set[str]]  # session → the counters that its tabs show


@dataclass(frozen=True, slots=True)
class PersonalTotal:
    """What an account added to a counter's current round, as a session's tabs are told it."""

    session: str
    counter: str
    round: int
    revision: int  # the counter's at that moment
    name: str
    up: int
    down: int


def read(engine: Engine, looking: Looking, counters: Set[str]) -> tuple[set[str], list[PersonalTotal]]:
    """Which of the sessions are good, and the numbers of whoever is signed in there, of these counters only."""
    with read_only(engine).begin() as connection:
        known = authorization.signed_in_users(connection, set(looking), now_ms())
        if not counters or not known:
            return set(known), []
        rows = {row.slug: row for row in connection.execute(sql.READ_COUNTERS, {"slugs": sorted(counters)})}
        tallies = tables.ACCOUNT_TALLIES.c
        of_them = tallies.account_id.in_({who.account_id for who in known.values()})
        chosen = select(tallies.round_id, tallies.account_id, tallies.up, tallies.down)
        chosen = chosen.where(tallies.round_id.in_([row.round_id for row in rows.values()]), of_them)
        sums = {(row.round_id, row.account_id): (row.up, row.down) for row in connection.execute(chosen)}
    found = []
    for session, who in known.items():
        for row in (rows[counter] for counter in looking[session] if counter in rows):
            own = sums.get((row.round_id, who.account_id), (0, 0))
            found.append(PersonalTotal(session, row.slug, row.round_id, row.revision, who.name, *own))
    return set(known), found


class SessionWatcher:
    """`looking()` says which sessions have tabs here; `ended(sessions)` and `credit(...)` are told what became of them.

    `revision(counter)` is the newest that this process knows.
    """

    def __init__(self, engine: Engine, revision: Callable[[str], int | None]) -> None:
        self._engine = engine
        self._revision = revision
        self._good: set[str] = set()  # at some look; a cookie that was nobody's from the start has not ended
        self._seen: dict[str, int | None] = {}
        self._told: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._looked_at = float("-inf")
        self.looking: Callable[[], Looking] = dict
        self.ended: Callable[[Set[str]], Any] = lambda sessions: None
        self.credit: Callable[[PersonalTotal], Any] = lambda credit: None

    async def run(self) -> None:
        """Run for ever."""
        failing, loop, took, before = False, asyncio.get_running_loop(), 0.0, 0.0
        while True:
            began, asked = loop.time(), True
            try:
                asked = await self._look()
                failing = False
            except Exception as error:  # the database is away; the next look finds what this one missed
                if not failing:
                    log.warning("cannot look who is signed in: %s", error)
                failing = True
            if asked:
                before, took = took, loop.time() - began
            # A slow database, or a great many people, are asked less; one slow look in between tells of neither.
            await asyncio.sleep(max(LOOK, min(min(took, before) / SHARE, SELDOM)))

    async def _look(self) -> bool:
        """False where it is too early to ask the database again."""
        looking, now = self.looking(), asyncio.get_running_loop().time()
        revisions = {counter: self._revision(counter) for counters in looking.values() for counter in counters}
        moved = {counter for counter, revision in revisions.items() if revision != self._seen.get(counter)}
        if not looking:
            return True
        if not moved and now - self._looked_at < ENDED:
            return False
        good, numbers = await asyncio.to_thread(read, self._engine, looking, moved)
        self._looked_at, self._seen = now, revisions
        ended = (self._good & looking.keys()) - good
        self._good = good
        self._told = {key: value for key, value in self._told.items() if key[1] in looking.get(key[0], ())}
        if ended:
            self.ended(ended)
        for credit in numbers:
            key, value = (credit.session, credit.counter), (credit.round, credit.up, credit.down)
            if self._told.get(key) != value:
                self._told[key] = value
                self.credit(credit)
        return True
