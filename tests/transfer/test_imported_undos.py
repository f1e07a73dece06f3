"""An import takes back nobody else's presses, unless an owner imports it."""

import json
from collections import deque
from pathlib import Path

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Caller
from clickcounter.errors import NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import import_whole_file
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import Import, ImportResult, ImportSource, import_file
from tests.raw import new_key
from tests.sql import ask
from tests.transfer.samples import all_rows, fill, write_export
from tests.transfer.test_export_import import UTC
from tests.writing import consistent, order

OWNER, STRANGER = Caller(None, "e" * 64), Caller(None, "b" * 64)
OTHERS = "this takes back somebody else’s press"


def forged(url: str, path: Path, kind: str) -> ImportSource:
    """A browser's export of a counter with one press, and a line that takes this press back."""
    Ledger(url).write([order(device="d" * 64), order(device="e" * 64)])
    lines = [json.loads(line) for line in write_export(url, path, ExportRequest()).read_text().splitlines()]
    press = next(line for line in lines if line["type"] == "click")
    undo = press | {"key": new_key(), "kind": kind, "amount": -press["amount"], "takes_back": press["key"]}
    lines[-1:] = [undo, lines[-1] | {"clicks": lines[-1]["clicks"] + 1}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return ImportSource(path, "counter", UTC)


def value(url: str) -> int:
    return int(ask(url, "SELECT value FROM counter WHERE slug = 'counter'")[0][0])


@pytest.mark.parametrize("kind", ["undo", "take_back"])
def test_only_an_owner_imports_what_takes_back_others_presses(db_url: str, ledger: Ledger, tmp_path: Path, kind: str):
    source = forged(db_url, tmp_path / "forged.jsonl", kind)
    before = all_rows(db_url)
    with pytest.raises(NotDone, match=OTHERS) as refused:
        import_file(db_url, source, print, STRANGER)
    assert "Nothing was changed" in str(refused.value)
    assert all_rows(db_url) == before
    ask(db_url, "UPDATE counter SET owner_device = (SELECT id FROM device WHERE secret_sha256 LIKE 'e%')")
    assert import_file(db_url, source, print, OWNER) == ImportResult(1, 2)
    assert value(db_url) == 1
    consistent(db_url, 3)


def test_the_terminal_imports_what_takes_back_any_press(db_url: str, ledger: Ledger, tmp_path: Path):
    assert import_file(db_url, forged(db_url, tmp_path / "forged.jsonl", "undo"), print) == ImportResult(1, 2)
    assert value(db_url) == 1


def test_undos_that_are_here_or_come_with_their_press_are_anybodys(db_url: str, other_url: str, tmp_path: Path):
    fill(db_url)
    source = ImportSource(write_export(db_url, tmp_path / "all.jsonl", ExportRequest()), "counter", UTC)
    entries = ask(db_url, "SELECT COUNT(*) FROM click")[0][0]
    assert import_file(db_url, source, print, STRANGER) == ImportResult(0, entries)
    assert import_file(other_url, source, print, STRANGER) == ImportResult(entries, 0)
    ask(other_url, "UPDATE counter SET owner_device = NULL")
    [(undo,)] = ask(other_url, "SELECT MAX(id) FROM click WHERE kind = 'undo'")
    ask(other_url, f"DELETE FROM click WHERE id = {undo}")  # as if the import had been cut off before it
    assert import_file(other_url, source, print, STRANGER) == ImportResult(1, entries - 1)


def test_somebody_who_owns_it_no_longer_takes_back_no_more(db_url: str, ledger: Ledger, tmp_path: Path):
    source, engine = forged(db_url, tmp_path / "forged.jsonl", "take_back"), open_engine(db_url)
    ask(db_url, "UPDATE counter SET owner_device = (SELECT id FROM device WHERE secret_sha256 LIKE 'e%')")
    with source.path.open("rb") as file:
        importing = Import(import_whole_file.pieces(file, "counter", UTC, {}), OWNER, print)
        while importing.check():
            pass
        importing.survey(engine)
        ask(db_url, "UPDATE counter SET owner_device = NULL")
        slices = iter(importing.next_slice, None)
        with pytest.raises(NotDone, match=OTHERS):
            deque(importing.wrote(part, ledger.transact(part.work)) for part in slices)
    engine.dispose()
    assert value(db_url) == 2
