"""A file of clicks that somebody brings in."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from clickcounter.domain.clicks import Caller
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.pools import LONG
from clickcounter.services import publishing
from clickcounter.transfer import importer
from clickcounter.transfer.importer import ImportResult, ImportSource, Progress


async def import_file(
    who: Caller, db_url: str, path: Path, counter: str | None, zone: ZoneInfo, say: Callable[[Progress], None]
) -> ImportResult:
    """Import a file, a table's clicks into `counter`, and show what changed at once. `say` is called in another thread.

    Raises NotDone and Refused; then nothing was changed. What `who` may do is decided inside the import's transaction.
    """
    source = ImportSource(path, DEFAULT_COUNTER if counter is None else counter, zone)
    result = await LONG.run(importer.import_file, db_url, source, say, who)
    publishing.reread()
    return result
