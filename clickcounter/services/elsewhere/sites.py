"""Other sites whose pages may show a counter's button: a list of origins, which those set who manage the counter."""

import re
import time
from asyncio import Future, ensure_future, shield
from collections import OrderedDict

from sqlalchemy import Connection, Engine, delete, insert, select

from clickcounter.access import authorization, program_limits
from clickcounter.database.engines import read_only
from clickcounter.database.tables import COUNTERS, SITES
from clickcounter.domain.clicks import Caller
from clickcounter.errors import CounterNotFound, Malformed, Refused
from clickcounter.ledger import counters
from clickcounter.live.pipeline import running
from clickcounter.pools import ELSEWHERE
from clickcounter.services import publishing
from clickcounter.services.validation import slug_of

MOST = 20
LONGEST = 200
KEPT, MOST_KEPT = 2.0, 2_000  # seconds, counters
_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII)
_USUAL_PORT = re.compile(r"^(https://.*):443$|^(http://.*):80$")
_READ = select(SITES.c.origin).join_from(COUNTERS, SITES, COUNTERS.c.id == SITES.c.counter_id, isouter=True)

_known: "OrderedDict[str, tuple[float, Future[list[str]]]]" = OrderedDict()


async def may_press_from(counter: str, origin: str, address: str) -> bool:
    """Whether a page of this origin, as browsers send it, may show the counter's button and press.

    A change is known everywhere within KEPT. Raises CounterNotFound, TooMany, Later.
    """
    slug = slug_of(counter)
    origins = _known_now(slug)
    if origins is None:
        with program_limits.current().looking_up(address):
            return origin.lower() in await shield(_read_again(slug))
    return origin.lower() in await shield(origins)


async def sites_of(who: Caller, counter: object) -> list[str]:
    """The sites, for those who manage the counter. Raises CounterNotFound, Refused, Later."""
    slug = slug_of(counter)

    def read(engine: Engine) -> list[str]:
        with read_only(engine).begin() as connection:
            authorization.require(connection, authorization.read_counter(connection, slug), who, "manage")
        return _origins(engine, slug)

    return await running().read(read)


async def set_sites(who: Caller, counter: object, sites: object) -> list[str]:
    """Set the sites; those that are left. Raises CounterNotFound, Refused, Malformed, Later."""
    slug, origins = slug_of(counter), read_sites(sites)

    def work(connection: Connection) -> None:
        row = counters.lock(connection, slug)
        authorization.require(connection, row, who, "manage")
        connection.execute(delete(SITES).where(SITES.c.counter_id == row.id))
        if origins:
            connection.execute(insert(SITES), [{"counter_id": row.id, "origin": origin} for origin in origins])

    await publishing.commit(work)
    _known.pop(slug, None)
    return origins


def read_sites(sites: object) -> list[str]:
    """Origins as people write them, each once, in order. Raises Malformed, Refused."""
    if not isinstance(sites, list):
        raise Malformed("sites must be a list")
    if len(sites) > MOST or not all(isinstance(site, str) and len(site) <= LONGEST for site in sites):
        raise Refused("sites")
    origins = {_USUAL_PORT.sub(r"\1\2", site.strip().lower().rstrip("/")) for site in sites if site.strip()}
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise Refused("sites")
    return sorted(origins)


def _known_now(slug: str) -> "Future[list[str]] | None":
    """What was read for somebody else within KEPT."""
    if slug not in _known:
        return None
    read_at, origins = _known[slug]
    failed = origins.done() and (origins.cancelled() or origins.exception())
    return origins if time.monotonic() - read_at < KEPT and not failed else None


def _read_again(slug: str) -> "Future[list[str]]":
    """One read for everybody who asks within KEPT."""
    origins = ensure_future(running().read(lambda engine: _origins(engine, slug), ELSEWHERE))
    origins.add_done_callback(Future.exception)  # retrieved, or asyncio complains where everybody who asked has left
    _known[slug] = time.monotonic(), origins
    _known.move_to_end(slug)
    if len(_known) > MOST_KEPT:
        _known.popitem(last=False)
    return origins


def _origins(engine: Engine, slug: str) -> list[str]:
    with read_only(engine).begin() as connection:
        found = list(connection.scalars(_READ.where(COUNTERS.c.slug == slug, COUNTERS.c.deleted_at.is_(None))))
    if not found:
        raise CounterNotFound
    return sorted(origin for origin in found if origin is not None)
