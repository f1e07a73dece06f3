"""What an owner took back stays taken back in an export, an import and a copy, from either database to the other."""

import shutil
from pathlib import Path

from clickcounter.ledger import taking_back
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.taking_back import Selection
from clickcounter.transfer import copy
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportResult, ImportSource, import_file
from tests.sql import ask
from tests.transfer.samples import fill, write_export
from tests.transfer.test_export_import import UTC, visible
from tests.writing import consistent


def take_one_device_back(url: str) -> int:
    """Returns how many entries the ledger has then."""
    fill(url)
    ledger, device = Ledger(url), ask(url, "SELECT MAX(device_id) FROM click WHERE kind = 'click'")[0][0]
    slugs = [slug for (slug,) in ask(url, "SELECT slug FROM counter ORDER BY id")]
    bounded = Selection(device=int(device)).until_now()
    taken = [ledger.transact(lambda c, s=slug: taking_back.take_back(c, s, bounded, "forged", None)) for slug in slugs]
    ledger.close()
    assert sum(part.presses for part in taken) > 0
    return int(ask(url, "SELECT COUNT(*) FROM click")[0][0])


def test_an_import_restores_what_was_taken_back(db_url: str, other_url: str, tmp_path: Path):
    entries = take_one_device_back(db_url)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=True))
    assert import_file(other_url, ImportSource(path, "counter", UTC), lambda _: None) == ImportResult(entries, 0)
    for slug in ("counter", "vostok"):
        assert visible(other_url, slug) == visible(db_url, slug)
    consistent(other_url, entries)


def test_a_copy_keeps_who_took_back(db_url: str, sqlite_template: Path, tmp_path: Path):
    entries = take_one_device_back(db_url)
    ask(db_url, "UPDATE click SET by_device = 1 WHERE kind = 'take_back'")
    target = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'copied.db')}"
    assert copy.copy(db_url, target, lambda _: None) == []
    assert ask(target, "SELECT DISTINCT by_device, reason FROM click WHERE kind = 'take_back'") == [(1, "forged")]
    consistent(target, entries)
