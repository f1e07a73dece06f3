"""Groups come along when an instance moves, in a file or as a copy."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.domain.clicks import Caller
from clickcounter.errors import NotDone
from clickcounter.history import ledger_pages
from clickcounter.ledger import groups
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import exporter
from clickcounter.transfer.copy import copy
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportSource, import_file
from tests.ledger.test_group_limits import make_group, press
from tests.moved_clock import Clock, end, schedule
from tests.sql import ask
from tests.transfer.samples import all_rows, write_export
from tests.writing import consistent

PARTS = (
    "SELECT g.slug, c.slug, sign, g.value FROM group_part JOIN counter g ON g.id = group_id"
    " JOIN counter c ON c.id = counter_id ORDER BY 1, 2"
)


def fill(url: str) -> str:
    ledger = Ledger(url)
    house, doors = make_group(ledger, {"in": 1, "out": -1}, upper=50)
    press(ledger, doors[0], 9)
    press(ledger, doors[1], 2)
    ledger.reset(house)
    press(ledger, doors[0], 4)
    press(ledger, doors[1], 1)
    ledger.close()
    return house


def rounds_of(url: str, slug: str) -> list[tuple]:
    engine = open_engine(url)
    found = [(r.id, r.number, r.total, r.started_at, r.ended_at) for r in ledger_pages.read_rounds(engine, slug)]
    engine.dispose()
    return found


def test_an_imported_group_is_the_exported_one(db_url: str, other_url: str, tmp_path: Path):
    house = fill(db_url)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=True))
    source = ImportSource(path, "counter", ZoneInfo("UTC"))
    import_file(other_url, source, lambda _: None)
    assert ask(other_url, PARTS) == ask(db_url, PARTS) == [(house, "in", 1, 3), (house, "out", -1, 3)]
    assert rounds_of(other_url, house) == rounds_of(db_url, house)
    consistent(other_url, 4)
    before = all_rows(other_url)
    import_file(other_url, source, lambda _: None)
    assert all_rows(other_url) == before
    ledger = Ledger(other_url)
    assert list(press(ledger, "in", 48).codes.values()) == ["group_full"]
    ledger.close()


@pytest.mark.parametrize("moment", ["2026-03-27T12:00Z", "2026-03-29T10:00Z"])
def test_an_imported_groups_schedule_goes_on_as_if_the_server_had_been_off(
    db_url: str, other_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
):
    clock = Clock()
    monkeypatch.setattr(clicks, "time", clock)
    clock.set("2026-03-27T12:00Z")
    ask(db_url, "UPDATE counter SET created_at = 0")
    ask(db_url, "UPDATE round SET started_at = 0")
    house = fill(db_url)
    ledgers = Ledger(db_url), Ledger(other_url)
    schedule(ledgers[0], "day 04:00 Europe/Berlin", house)
    schedule(ledgers[0], "monday 06:00 UTC", "in")
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=True))
    clock.set(moment)
    import_file(other_url, ImportSource(path, "counter", ZoneInfo("UTC")), lambda _: None)
    for ledger in ledgers:
        end(ledger, house)
        ledger.close()
    for counter in (house, "in", "out"):
        assert rounds_of(other_url, counter) == rounds_of(db_url, counter)
    columns = "slug, value, round_id, schedule, ends_at, is_group, in_groups"
    now = f"SELECT {columns} FROM counter WHERE is_group OR in_groups ORDER BY slug"
    assert ask(other_url, now) == ask(db_url, now)
    ended = "SELECT count(*) FROM round WHERE by_schedule"
    assert ask(other_url, ended) == ask(db_url, ended) == [(0 if moment < "2026-03-28" else 6,)]
    consistent(other_url, 4)


def test_a_file_makes_no_counter_of_a_group(db_url: str, tmp_path: Path):
    house = fill(db_url)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest())
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line | {"group": line.get("slug") == "in"}) + "\n" for line in lines))
    before = all_rows(db_url)
    with pytest.raises(NotDone, match="is a group"):
        import_file(db_url, ImportSource(path, "counter", ZoneInfo("UTC")), lambda _: None)
    table = tmp_path / "table.csv"
    table.write_text("when,amount\n2026-03-01 09:00,5\n")
    with pytest.raises(NotDone, match="is a group"):
        import_file(db_url, ImportSource(table, house, ZoneInfo("UTC")), lambda _: None)
    assert all_rows(db_url) == before


def test_an_imported_table_keeps_to_the_limits_of_groups(db_url: str, tmp_path: Path):
    ledger = Ledger(db_url)
    _, [door] = make_group(ledger, {"in": 1}, upper=7)
    ledger.close()
    table = tmp_path / "table.csv"
    table.write_text("when,amount\n2026-03-01 09:00,5\n2026-03-01 10:00,3\n2026-03-01 11:00,2\n")
    result = import_file(db_url, ImportSource(table, door, ZoneInfo("UTC")), lambda _: None)
    assert (result.written, result.refused) == (2, 1)
    consistent(db_url, 2)


def test_a_copied_group_is_the_same(db_url: str, other_url: str):
    ledger = Ledger(other_url)
    ledger.close()
    ask(other_url, "DELETE FROM round")
    ask(other_url, "DELETE FROM counter")
    fill(db_url)
    assert copy(db_url, other_url, lambda _: None) == []
    assert ask(other_url, PARTS) == ask(db_url, PARTS)


def test_a_downloaded_group_names_no_counter_for_members(db_url: str):
    house = fill(db_url)
    ask(db_url, "UPDATE counter SET visibility = 'members' WHERE slug = 'out'")
    engine = open_engine(db_url)
    text = "".join(exporter.json_lines(engine, ExportRequest(house)))
    assert '"in": 1' in text
    assert '"out"' not in text
    engine.dispose()


def test_who_manages_only_one_of_both_cannot_join_them(db_url: str):
    ledger = Ledger(db_url)
    house, [door] = make_group(ledger, {"in": 1})
    stranger = Caller(None, "e" * 64)
    ask(db_url, f"UPDATE counter SET owner_device = 0 WHERE slug = '{house}'")
    for changes in ({door: -1}, {"counter": 1}):
        with pytest.raises(Exception, match="not_owner"):
            ledger.transact(lambda c, changes=changes: groups.change_parts(c, house, changes, stranger))
    ledger.transact(lambda c: groups.change_parts(c, house, {door: 0}, stranger))  # whoever manages the door takes it out
    assert ask(db_url, PARTS) == []
    ledger.close()
