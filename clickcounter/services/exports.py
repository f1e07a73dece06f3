"""A counter's ledger as a file, for whoever may see the counter."""

from collections.abc import AsyncIterator, Iterator

from sqlalchemy import Engine

from clickcounter.access import authorization
from clickcounter.domain.calendar import known_time_zone
from clickcounter.domain.clicks import Caller
from clickcounter.live.pipeline import running
from clickcounter.pools import LONG
from clickcounter.services.validation import slug_of
from clickcounter.transfer import exporter


async def export(who: Caller, counter: str, ending: str, zone: str) -> AsyncIterator[str]:
    """The file in pieces, read as they are sent; `ending` is one of exporter.FORMATS, local times in it are of `zone`.

    Raises CounterNotFound, Refused and Later before the first piece. Hashes of devices' secrets are left out.
    """
    slug = slug_of(counter)
    wanted = exporter.ExportRequest(slug, known_time_zone(zone))

    def begin(engine: Engine) -> tuple[str, Iterator[str]]:
        authorization.require_view(engine, slug, who)
        chunks = exporter.chunks(exporter.FORMATS[ending](engine, wanted))
        return next(chunks), chunks

    return _stream(*await running().read(begin, LONG))


async def _stream(chunk: str | None, chunks: Iterator[str]) -> AsyncIterator[str]:
    while chunk is not None:
        yield chunk
        chunk = await LONG.run(next, chunks, None, go_on=True)
