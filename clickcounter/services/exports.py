"""A counter's ledger as a file, and its report, for whoever may see the counter."""

from collections.abc import AsyncIterator, Iterator, Mapping

from sqlalchemy import Engine

from clickcounter.access import authorization
from clickcounter.domain.calendar import known_time_zone
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import Malformed
from clickcounter.history.report.asking import query_of
from clickcounter.history.report.facts import Report
from clickcounter.history.report.read import read_report
from clickcounter.live.pipeline import running
from clickcounter.pools import LONG, REPORTS
from clickcounter.services.history import LONGEST_ZONE
from clickcounter.services.validation import is_clean_text, slug_of
from clickcounter.transfer import exporter
from clickcounter.transfer.exports.csv_table import SEPARATORS

__all__ = ["Report", "export", "report"]


async def export(who: Caller, counter: str, ending: str, zone: str, separator: str = "comma") -> AsyncIterator[bytes]:
    """The file in pieces, read as they are sent; `ending` is one of exporter.FORMATS, local times in it are of `zone`.

    `separator` is that of a CSV, one of SEPARATORS; any other is a comma.

    Raises CounterNotFound, Refused and Later before the first piece. Hashes of devices' secrets are left out.
    """
    slug = slug_of(counter)
    wanted = exporter.ExportRequest(slug, known_time_zone(zone), separator=SEPARATORS.get(separator, ","))

    def begin(engine: Engine) -> tuple[bytes, Iterator[bytes]]:
        authorization.require_view(engine, slug, who)
        chunks = exporter.FORMATS[ending](engine, wanted)
        return next(chunks), chunks

    return _stream(*await running().read(begin, LONG))


async def report(who: Caller, counter: str, asked: Mapping[str, str], address: str) -> Report:
    """The report of a `day`, a `round`, or from `since` to `until`, in a time `zone`; of today without any of them.

    Raises CounterNotFound, Refused, Malformed and Later.
    """
    slug, zone = slug_of(counter), asked.get("zone") or None
    if zone is not None and not is_clean_text(zone, LONGEST_ZONE):
        raise Malformed("this is no time zone")
    query = query_of(slug, known_time_zone(zone) if zone else None, asked, address)
    return await running().read(lambda engine: read_report(engine, query, who, now_ms()), REPORTS)


async def _stream(chunk: bytes | None, chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while chunk is not None:
        yield chunk
        chunk = await LONG.run(next, chunks, None, go_on=True)
