"""Which entries of an export are in the ledger already.

An entry is known by its key. What an undo of its import took back counts again: then the next key is made from the first, as
for a table's rows. If the file holds the entry that took it back, it is a later export, in which it does not count either.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import Connection

from clickcounter.domain.clicks import NOTE
from clickcounter.ledger import imported_rows
from clickcounter.ledger.past import entries
from clickcounter.transfer.file_format import ClickRecord, NumberedClick
from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.table_import.known_rows import MOST_UNDONE, keys_here, next_key


def unknown(
    connection: Connection, counter_id: int, clicks: Sequence[NumberedClick], taken_back: Mapping[str, str]
) -> list[NumberedClick]:
    """The entries that are not here, each key once, with the keys to write. Raises BadFile.

    `taken_back` says by which entry of the file others are taken back. A note that was deleted here stays deleted.
    """
    keys, known = _keys(connection, counter_id, (click["key"] for _, click in clicks), taken_back)
    known |= entries.deleted(connection, counter_id, [click["key"] for _, click in clicks if click["kind"] == NOTE])
    new: list[NumberedClick] = []
    for number, click in clicks:
        key = keys[click["key"]]
        if key not in known:
            known.add(key)
            new.append((number, cast("ClickRecord", {**click, "key": key})))
    return _with_targets(connection, counter_id, new)


def _with_targets(connection: Connection, counter_id: int, new: list[NumberedClick]) -> list[NumberedClick]:
    """The same, where each undo names the key that its press has now."""
    targets, _ = _keys(connection, counter_id, [click["takes_back"] for _, click in new if click["takes_back"]], {})
    for _, click in new:
        if click["takes_back"]:
            click["takes_back"] = targets[click["takes_back"]]
    return new


def _keys(
    connection: Connection, counter_id: int, keys: Iterable[str], taken_back: Mapping[str, str]
) -> tuple[dict[str, str], set[str]]:
    """For each key of the file the key that its entry has now, or is to get; and which of these are here. Raises BadFile."""
    found = {key: key for key in keys}
    known = asked = keys_here(connection, counter_id, found.keys())
    for _ in range(MOST_UNDONE):
        gone = _gone(connection, counter_id, asked, taken_back)
        if not gone:
            return found, known
        found = {key: next_key(now) if now in gone else now for key, now in found.items()}
        asked = keys_here(connection, counter_id, {next_key(key) for key in gone})
        known = known | asked
    raise BadFile("undone_often")


def _gone(connection: Connection, counter_id: int, keys: set[str], taken_back: Mapping[str, str]) -> set[str]:
    """Those of these keys whose entries an undo of their import has taken back. Raises BadFile if it has only begun."""
    rows = imported_rows.read_known(connection, counter_id, keys)
    if any(row.state == imported_rows.HERE and row.undone_at is not None for row in rows):
        raise BadFile("being_undone")
    gone = (row for row in rows if row.state == imported_rows.TAKEN_BACK)
    return {row.key for row in gone if taken_back.get(row.key) != row.taken_back_by}
