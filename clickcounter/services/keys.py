"""API keys: a counter's owners make and revoke them, and whoever is signed in does so for their account.

All of them raise CounterNotFound, Refused, Malformed and Later. After a Later each may be asked for again and comes to the
same: a key that is made again with the same request's `key` has the same text.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import TypedDict

from sqlalchemy import Connection, Engine

from clickcounter.access import authorization, keys, rate_limits
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import Malformed, Refused
from clickcounter.ledger import api_keys
from clickcounter.ledger.api_keys import ListedKey, Wanted
from clickcounter.live.pipeline import running
from clickcounter.pools import OPENING, WATCHING
from clickcounter.services import publishing
from clickcounter.services.forms import read_key, read_key_name
from clickcounter.services.validation import is_whole, slug_of

DAY = 24 * 3600 * 1000  # ms
MOST_DAYS = 3_650


class KeyAnswer(TypedDict):
    """A key as its owner sees it. Times are UTC ms."""

    id: int
    name: str
    scope: str
    in_address: bool
    maker: str
    created_at: int
    used_at: int | None
    expires_at: int | None
    valid: bool


class KeysAnswer(TypedDict):
    """The keys that are not revoked, the newest first."""

    keys: list[KeyAnswer]


class MadeAnswer(TypedDict):
    """A new key's text, which is shown once."""

    text: str


async def listed(who: Caller, counter: object) -> KeysAnswer:
    """A counter's keys; with None, those of the signed-in account."""
    slug = None if counter is None else slug_of(counter)

    def read(engine: Engine) -> list[ListedKey]:
        return api_keys.of_account(engine, who) if slug is None else api_keys.of_counter(engine, slug, who)

    found = await running().read(read)
    return {"keys": [KeyAnswer(**asdict(key)) for key in found]}  # type: ignore[typeddict-item]  # the same fields


async def make(
    who: Caller,
    address: str,
    counter: object,
    name: object,
    scope: object,
    days: object = None,
    in_address: object = False,
    key: object = None,
) -> MadeAnswer:
    """Make a key for a counter, or for the signed-in account where `counter` is None. Raises TooMany."""
    slug, request = None if counter is None else slug_of(counter), read_key(key)
    seed = f"{request} {who.session or who.device} {slug}" if request else ""
    wanted = wanted_of(name, scope, days, in_address, seed)

    def work(connection: Connection) -> None:
        if slug is not None:
            return api_keys.make_for_counter(connection, slug, wanted, who)
        return api_keys.make_for_account(connection, api_keys.account_of(connection, who), wanted)

    with rate_limits.current().new_key(address):
        await publishing.commit(work)
    return {"text": wanted.text}


async def rename(who: Caller, key: object, name: object) -> None:
    """Rename a key; its presses show the new name, past ones too."""
    number, text = _id_of(key), read_key_name(name)
    device = await publishing.commit(lambda c: api_keys.rename(c, number, text, who))
    await publishing.publish_name(device=device)


async def revoke(who: Caller, key: object) -> None:
    """Revoke a key for good: the next request with it is refused, and what is open with it ends within a second."""
    number = _id_of(key)
    await publishing.commit(lambda c: api_keys.revoke(c, number, who))
    publishing.reread()


def wanted_of(name: object, scope: object, days: object = None, in_address: object = False, seed: str = "") -> Wanted:
    """What somebody wants to make, with a new text. Raises Refused, Malformed."""
    if not isinstance(in_address, bool):
        raise Malformed("in_address must be true or false")
    if not isinstance(scope, str) or scope not in keys.SCOPES or (in_address and scope != keys.PRESS):
        raise Refused("key_scope_unknown")
    if days is not None and not (is_whole(days) and 1 <= days <= MOST_DAYS):
        raise Refused("key_end")
    expires_at = None if days is None else now_ms() + days * DAY
    return Wanted(keys.new_text(scope, seed), read_key_name(name), scope, expires_at, in_address)


async def caller_in_address(text: str) -> Caller:
    """The caller whose key stands in an address. Raises Refused unless its owner allows that."""
    caller = keys.caller_with(text)

    def read(engine: Engine) -> keys.Key | None:
        with read_only(engine).begin() as connection:
            return keys.valid_keys(connection, {str(caller.key)}, now_ms()).get(str(caller.key))

    found = await running().read(read, OPENING)
    if found is None:
        raise Refused("key_invalid")
    if not found.in_address:
        raise Refused("key_address")
    return caller


async def still_see(watching: Mapping[str, Collection[Caller]]) -> set[tuple[str, Caller]]:
    """Who of those that watch counters, by slug, may still see theirs: persons, programs with keys, and anybody."""
    found = await running().read(lambda engine: authorization.visible_to(engine, watching), WATCHING)
    return {pair for pair, visible in found.items() if visible}


def _id_of(key: object) -> int:
    if not is_whole(key):
        raise Malformed("a key is named by its number")
    return key
