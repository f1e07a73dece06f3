"""Which counter a name in a table stands for: one here that the caller may change, otherwise a new one.

Also what its device is called.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, select

from clickcounter.access import authorization
from clickcounter.access.keys import MANAGE
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.slugs import DEFAULT_COUNTER, LONGEST, RESERVED, slug_of
from clickcounter.domain.visible_text import without_invisible
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.ledger import imports
from clickcounter.transfer.import_errors import BadFile

MOST_TRIED = 50  # addresses for a name
LONGEST_LABEL = 40  # characters


class Named(NamedTuple):
    """A counter of a table: its address here, and whether it has to be created."""

    slug: str
    new: bool


def label_of(file_name: str) -> str:
    """The label of the device that stands for an imported file; a long name lacks its middle."""
    seen = " ".join(without_invisible(file_name.replace("\0", "").encode(errors="ignore").decode()).split())
    return seen if len(seen) <= LONGEST_LABEL else f"{seen[: LONGEST_LABEL - 13]}…{seen[-12:]}"


def find_counters(connection: Connection, names: Sequence[str], into: str, by: Caller | None) -> list[Named]:
    """The counter for each name; "" is the one at the address `into`. Raises BadFile, Refused.

    Others may have counters of the same names: those are passed over, as when somebody creates one.
    """
    found: dict[str, Named] = {}
    for name in sorted(names):  # "" first
        taken = {named.slug for named in found.values()}
        found[name] = _by_name(connection, name, taken, by) if name else _at(connection, into, by)
    if any(named.new for named in found.values()):
        _require_creating(connection, by)
    return [found[name] for name in names]


def with_counters(engine: Engine, found: dict[str, Any], into: str, by: Caller | None) -> dict[str, Any]:
    """Add the counters here that rows would go to, and the import that brought the same file. Raises BadFile, Refused."""
    listed, into = found["counters"], (found["plan"] or {}).get("counter") or into
    with read_only(engine).begin() as connection:
        if found["export"]:
            here = [Named(each["slug"], _is_free(connection, each["slug"])) for each in listed]
        else:
            here = find_counters(connection, [each["name"] for each in listed], into, by)
        known = imports.of_file(connection, found.pop("file_sha256"), by)
    counters = [each | {"slug": named.slug, "new": named.new} for each, named in zip(listed, here, strict=True)]
    before = {"import": known.id, "at": known.started_at, "undone": known.undone and not known.left} if known else None
    return found | {"counters": counters, "known": before}


def _is_free(connection: Connection, slug: str) -> bool:
    c = tables.COUNTERS.c
    return connection.execute(select(c.id).where(c.slug == slug)).first() is None


def _at(connection: Connection, slug: str, by: Caller | None) -> Named:
    c = tables.COUNTERS.c
    row = connection.execute(select(c.id, c.deleted_at).where(c.slug == slug)).first()
    if row is None:
        if slug in RESERVED and slug != DEFAULT_COUNTER:
            raise BadFile("reserved", slug=slug)
        return Named(slug, new=True)
    if row.deleted_at is not None:
        raise BadFile("deleted", slug=slug)  # slugs are not used again
    authorization.require(connection, authorization.read_counter(connection, slug), by, "manage")
    return Named(slug, new=False)


def _by_name(connection: Connection, name: str, taken: set[str], by: Caller | None) -> Named:
    """The one with exactly this name, or the first that the caller may change before a free address, or that one."""
    first: Named | None = None
    for slug in _candidates(name):
        if slug in taken:
            continue
        known = connection.execute(select(tables.COUNTERS.c.id).where(tables.COUNTERS.c.slug == slug)).first()
        if known is None:
            return first or Named(slug, new=True)
        here = _name_of(connection, slug, by)
        if here is not None and _compared(here) == _compared(name):
            return Named(slug, new=False)
        if here is not None and first is None:
            first = Named(slug, new=False)
    if first is None:
        raise BadFile("no_address", name=name)
    return first


def _name_of(connection: Connection, slug: str, by: Caller | None) -> str | None:
    """The name of a counter that the caller may change; None if they may not, or if it was deleted."""
    try:
        counter = authorization.read_counter(connection, slug)
        authorization.require(connection, counter, by, "manage")
    except (CounterNotFound, Refused):
        return None
    return counter.name


def _candidates(name: str) -> Iterator[str]:
    stem = slug_of(name)
    if stem not in RESERVED or stem == DEFAULT_COUNTER:
        yield stem
    for number in range(2, MOST_TRIED):
        yield f"{stem[: LONGEST - 3]}-{number}"


def _compared(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _require_creating(connection: Connection, by: Caller | None) -> None:
    """Of keys, only an account's that may manage creates counters. Raises Refused."""
    if by is None or by.key is None:
        return
    key = authorization.identify(connection, [by], now_ms()).keys.get(by.key)
    if key is None:
        raise Refused("key_invalid")
    if key.counter is not None or not key.allows(MANAGE):
        raise Refused("key_scope")
