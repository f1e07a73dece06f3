"""Presses by an address that holds a key, for things that can do nothing but open one: buttons, chat bots, signs."""

import secrets

from sqlalchemy import Engine, select

from clickcounter.access import authorization
from clickcounter.database.engines import read_only
from clickcounter.database.tables import API_KEYS, COUNTERS
from clickcounter.domain.clicks import SAVED, Caller, Click, Order, Snapshot, now_ms
from clickcounter.errors import CounterNotFound, Later, Refused, TooMany
from clickcounter.history import snapshots
from clickcounter.live.pipeline import running
from clickcounter.pools import ELSEWHERE, OPENING
from clickcounter.services import keys
from clickcounter.services.validation import slug_of

_COUNTER_OF_KEY = select(COUNTERS.c.slug).join(API_KEYS, API_KEYS.c.counter_id == COUNTERS.c.id)


async def press(text: str, counter: str | None, address: str) -> int:
    """Press once, by the counter's step; the number after that. An account's key needs the counter.

    Raises CounterNotFound, Refused, TooMany, Later.
    """
    who, slug = await _read(text, counter)
    now = now_ms()
    snapshot = await running().read(lambda engine: snapshots.snapshot_of(engine, slug), OPENING)
    click = Click(f"{now:012x}{secrets.token_hex(10)}", snapshot.settings.step, now, snapshot.round)
    order = Order(slug, str(who.device), (click,), address=address, key=who.key)
    outcome = await running().record(order)
    if outcome.wait:
        raise TooMany(outcome.wait, "new_devices")
    code = outcome.error or outcome.codes[click.key]
    if code == Later.code:
        raise Later
    if code != SAVED or outcome.snapshot is None:
        raise CounterNotFound(slug) if code == CounterNotFound.code else Refused(code)
    return outcome.snapshot.value


async def look(text: str, counter: str | None) -> int:
    """The number, without a press. Raises CounterNotFound, Refused, Later."""
    who, slug = await _read(text, counter)

    def read(engine: Engine) -> Snapshot:
        authorization.require_view(engine, slug, who)
        return snapshots.snapshot_of(engine, slug)

    return (await running().read(read, ELSEWHERE)).value


async def _read(text: str, counter: str | None) -> tuple[Caller, str]:
    who = await keys.caller_in_address(text)
    if counter is not None:
        return who, slug_of(counter)

    def read(engine: Engine) -> str | None:
        with read_only(engine).begin() as connection:
            query = _COUNTER_OF_KEY.where(API_KEYS.c.secret_sha256 == who.key)
            return connection.execute(query).scalar()

    slug = await running().read(read, OPENING)
    if slug is None:
        raise CounterNotFound
    return who, slug
