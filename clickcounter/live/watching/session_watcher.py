"""People who are signed in, in the tabs of this process: which sessions have ended, and whose own total grew elsewhere.

One query covers all of their tabs together, off the path of a click, whichever process and device a change came from. While
none of their counters changes, it only checks once a second that their sessions are still valid.
"""

import asyncio
import logging
from collections.abc import Mapping, Set
from dataclasses import replace

from sqlalchemy import Engine, bindparam, select

from clickcounter.access import authorization
from clickcounter.access.sessions import User
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute, parts
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import now_ms
from clickcounter.live.audience import Audience, PersonalTotal
from clickcounter.live.scoreboard import Scoreboard
from clickcounter.pools import WATCHING

log = logging.getLogger(__name__)

CHECK_EVERY = 0.4  # seconds between two checks while something changes
SHARE = 0.1  # of the time that checking may take, about
SLOWEST = 5.0  # seconds between two checks at most
SESSIONS_EVERY = 1.0  # seconds between two checks while nothing changes

_tallies = tables.ACCOUNT_TALLIES.c
READ_TALLIES = select(_tallies.round_id, _tallies.account_id, _tallies.up, _tallies.down).where(
    _tallies.round_id.in_(bindparam("rounds", expanding=True)),
    _tallies.account_id.in_(bindparam("accounts", expanding=True)),
)
Sessions = Mapping[str, Set[str]]  # session → the counters that its tabs show


def read(
    engine: Engine, sessions: Sessions, changed: Set[str], known: Mapping[str, User]
) -> tuple[dict[str, User], list[PersonalTotal]]:
    """Who is signed in with these sessions, and what they added to the current rounds of the counters that changed.

    Also to those that somebody watches who is not as `known`: they have another name, or another power.
    """
    with read_only(engine).begin() as connection:
        users = authorization.signed_in_users(connection, set(sessions), now_ms())
        news = {counter for session, user in users.items() if known.get(session) != user for counter in sessions[session]}
        counters = changed | news
        if not counters or not users:
            return users, []
        slugs = parts(sorted(counters))
        rows = {row.slug: row for some in slugs for row in execute(connection, sql.READ_COUNTERS, {"slugs": some})}
        sums = {
            (row.round_id, row.account_id): (row.up, row.down)
            for rounds in parts(sorted(row.round_id for row in rows.values()))
            for accounts in parts(sorted({user.account_id for user in users.values()}))
            for row in execute(connection, READ_TALLIES, {"rounds": rounds, "accounts": accounts})
        }
    totals = []
    for session, user in users.items():
        for row in (rows[counter] for counter in sessions[session] if counter in rows):
            up, down = sums.get((row.round_id, user.account_id), (0, 0))
            totals.append(PersonalTotal(session, row.slug, row.round_id, row.revision, user.name, user.superuser, up, down))
    return users, totals


class SessionWatcher:
    """Tells the audience which of its sessions have ended, whose name or power changed, and what its accounts added."""

    def __init__(self, engine: Engine, audience: Audience, scoreboard: Scoreboard) -> None:
        self._engine, self._audience, self._scoreboard = engine, audience, scoreboard
        self._users: dict[str, User] = {}  # at the last check; a cookie that was never valid has not ended
        self._introduced: set[str] = set()  # valid sessions that were met since the last check began
        self._revisions: dict[str, int | None] = {}
        self._sent: dict[tuple[str, str], PersonalTotal] = {}
        self._checked_at = float("-inf")

    def introduced(self, session: str) -> None:
        """A tab was just told who is signed in with this session, so it must hear when it ends."""
        if session not in self._users:
            self._introduced.add(session)

    async def run(self) -> None:
        """Run for ever."""
        failing, loop, took, before = False, asyncio.get_running_loop(), 0.0, 0.0
        while True:
            began, asked = loop.time(), True
            try:
                asked = await self._check()
                failing = False
            except Exception as error:  # the database is away; the next check finds what this one missed
                if not failing:
                    log.warning("cannot check the sessions: %s", error)
                failing = True
            if asked:
                before, took = took, loop.time() - began
            # A slow database, or a great many people, are asked less often; a single slow check is no sign of either.
            await asyncio.sleep(max(CHECK_EVERY, min(min(took, before) / SHARE, SLOWEST)))

    async def _check(self) -> bool:
        """False where it is too early to ask the database again."""
        sessions, now = self._audience.sessions(), asyncio.get_running_loop().time()
        revisions = {counter: self._scoreboard.revision(counter) for counters in sessions.values() for counter in counters}
        changed = {counter for counter, revision in revisions.items() if revision != self._revisions.get(counter)}
        if not sessions:
            return True
        if not changed and now - self._checked_at < SESSIONS_EVERY:
            return False
        known, self._introduced = {*self._users, *self._introduced}, set()
        users, totals = await WATCHING.run(read, self._engine, sessions, changed, self._users)
        self._checked_at, self._revisions, self._users = now, revisions, users
        ended = (known & sessions.keys()) - users.keys()
        self._sent = {key: value for key, value in self._sent.items() if key[1] in sessions.get(key[0], ())}
        if ended:
            self._audience.sign_out(ended)
        for total in totals:
            key, same = (total.session, total.counter), replace(total, revision=0)
            if self._sent.get(key) != same:
                self._sent[key] = same
                self._audience.credit(total)
        return True
