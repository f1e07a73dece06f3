"""Past entries, opening amounts and notes come along when an instance moves, with groups and schedules."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.domain import clicks
from clickcounter.domain.clicks import NOTE, OPENING
from clickcounter.errors import NotDone
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer.copy import copy
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportSource, import_file
from tests.conftest import only_sqlite
from tests.ledger.test_group_limits import make_group, press
from tests.ledger.test_past_entries import NOON, OWNER, PRESSER, add, remove
from tests.moved_clock import HOUR, Clock, end, ms, schedule
from tests.raw import new_key
from tests.sql import ask
from tests.transfer.samples import all_rows, write_export
from tests.writing import consistent

ROWS = {  # by names that are the same on every instance
    "counter": "SELECT slug, value, round_id, lets_add, schedule, ends_at, is_group, in_groups FROM counter",
    "group_part": "SELECT g.slug, c.slug, sign FROM group_part"
    " JOIN counter g ON g.id = group_id JOIN counter c ON c.id = counter_id",
    "round": "SELECT c.slug, r.id, number, total, started_at, ended_at, by_schedule, counted FROM round r"
    " JOIN counter c ON c.id = counter_id",
    "click": "SELECT round_id, secret_sha256, key, kind, amount, total, pressed_at, saved_at, takes_back, reason, until,"
    " time_adjusted, round_unknown FROM click JOIN device ON device.id = device_id",
    "tally": "SELECT round_id, secret_sha256, up, down, corrected, clicks FROM tally JOIN device ON device.id = device_id",
    "activity": "SELECT round_id, width, start, up, down, corrected, clicks FROM activity"
    " WHERE up <> 0 OR down <> 0 OR corrected <> 0 OR clicks <> 0",
}


def everything(url: str) -> dict[str, list[tuple]]:
    return {name: sorted(ask(url, query), key=str) for name, query in ROWS.items()}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clicks, "time", found)
    found.set("2026-11-18T12:00Z")
    return found


def fill(url: str, clock: Clock) -> str:
    """A house with two doors that is reset each day; entries in closed rounds and in the current one, some taken back."""
    for table in ("counter SET created_at", "round SET started_at"):
        ask(url, f"UPDATE {table} = {clock.now}")
    ledger = Ledger(url)
    house, [north, south] = make_group(ledger, {"North": 1, "South": -1}, upper=5_000)
    schedule(ledger, "day 04:00 Europe/Berlin", house)
    ledger.transact(lambda c: counters.update_settings(c, north, {"lets_add": True}, None))
    keys = [new_key() for _ in range(3)]
    for day in (18, 19, 20):
        clock.set(f"2026-11-{day}T12:00Z")
        end(ledger, house)
        press(ledger, north, 5)
        press(ledger, south, 2)
    for key, (day, hour) in zip(keys, ((18, 14), (19, 8), (20, 9)), strict=True):
        since = ms(f"2026-11-{day}T{hour:02}:07Z")
        add(ledger, 14 + hour, since, since + 100_000 * hour, counter=north, by=PRESSER, key=key, text="Forgotten, it was")
        add(ledger, 3, since, counter=south, by=OWNER)
    opening = new_key()
    add(ledger, 100, kind=OPENING, counter=north, key=opening, text="From paper")
    add(ledger, 200, kind=OPENING, counter=north)
    add(ledger, 0, ms("2026-11-19T08:30Z"), kind=NOTE, text="Дождь", counter=north, by=PRESSER)
    clock.set("2026-11-20T12:01Z")
    remove(ledger, keys[1], counter=north)
    remove(ledger, opening, counter=north)
    ledger.close()
    return house


def test_an_imported_instance_is_the_exported_one(clock: Clock, db_url: str, other_url: str, tmp_path: Path):
    house = fill(db_url, clock)
    before = everything(db_url)
    kinds = [row[3] for row in before["click"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {"click": 6, "entry": 6, "opening": 3, "note": 1, "take_back": 1}
    assert dict(row[:2] for row in before["counter"])[house] == 5 + 23 + 200 - 2 - 3
    consistent(db_url, 17)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=True))
    source = ImportSource(path, "counter", ZoneInfo("UTC"))
    for _ in range(2):  # the second time changes nothing
        import_file(other_url, source, lambda _: None)
        assert everything(other_url) == before
    consistent(other_url, 17)


def test_a_note_that_was_deleted_stays_deleted_when_its_file_is_imported_again(ledger: Ledger, db_url: str, tmp_path: Path):
    add(ledger, 2, clicks.now_ms() - HOUR)
    keys = [new_key(), new_key()]
    for key in keys:
        add(ledger, 0, clicks.now_ms() - HOUR, kind=NOTE, text="Rain", key=key)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=True))
    remove(ledger, keys[0])
    before = everything(db_url)
    import_file(db_url, ImportSource(path, "counter", ZoneInfo("UTC")), lambda _: None)
    assert everything(db_url) == before
    assert [row[2] for row in before["click"] if row[3] == NOTE] == [keys[1]]


def test_a_copied_instance_is_the_same(clock: Clock, db_url: str, other_url: str):
    for table in ("round", "counter"):
        ask(other_url, f"DELETE FROM {table}")
    fill(db_url, clock)
    [[note]] = ask(db_url, "SELECT key FROM click WHERE kind = 'note'")
    ledger = Ledger(db_url)
    remove(ledger, note, counter="north")
    ledger.close()
    assert copy(db_url, other_url, lambda _: None) == []
    assert everything(other_url) == everything(db_url)
    assert ask(other_url, "SELECT key FROM deleted_note") == [(note,)], "sent again, it is not added again there either"


@only_sqlite
def test_its_own_table_brought_again_changes_nothing(clock: Clock, db_url: str, other_url: str, tmp_path: Path):
    fill(db_url, clock)
    path, before = write_export(db_url, tmp_path / "all.csv", ExportRequest("north"), "csv"), everything(db_url)
    source = ImportSource(path, "north", ZoneInfo("UTC"))
    import_file(db_url, source, lambda _: None)
    assert everything(db_url) == before
    import_file(other_url, source, lambda _: None)
    [(rows, amount)] = ask(other_url, "SELECT count(*), sum(amount) FROM click")
    assert (rows, amount) == (10, 15 + 28 + 23 + 200), "all but the note, which counts nothing"


@only_sqlite
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "note"}, "amount"),
        ({"kind": "entry", "until": None}, "until"),
        ({"kind": "entry", "until": "2026-11-01T00:00:00Z"}, "until"),
        ({"kind": "entry", "until": "2026-11-25T00:00:00Z"}, "until"),
        ({"kind": "click"}, "until"),
    ],
)
def test_a_file_with_an_impossible_entry_is_refused(
    clock: Clock, db_url: str, tmp_path: Path, changed: dict[str, str], said: str
):
    began = ms("2026-11-01T00:00Z")
    ask(db_url, f"UPDATE round SET started_at = {began}")
    ask(db_url, f"UPDATE counter SET created_at = {began}")
    clock.set(NOON)
    ledger = Ledger(db_url)
    add(ledger, 7, clock.now - 3 * HOUR, clock.now - HOUR)
    ledger.close()
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest())
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines = [line | (changed | {"key": new_key()} if line["type"] == "click" else {}) for line in lines]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    before = all_rows(db_url)
    with pytest.raises(NotDone, match=said):
        import_file(db_url, ImportSource(path, "counter", ZoneInfo("UTC")), lambda _: None)
    assert all_rows(db_url) == before
