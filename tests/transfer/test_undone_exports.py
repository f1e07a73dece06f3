"""The import of an export is undone in one step, and may be brought again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, ENTRY, NOTE, OPENING, UNDO, Caller
from clickcounter.errors import Refused
from clickcounter.history import verify
from clickcounter.history.leaders import leaders
from clickcounter.ledger import counters, imports
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import entries
from clickcounter.transfer import import_whole_file
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.import_errors import BadFile, CutOff
from clickcounter.transfer.importer import Import, ImportResult, ImportSource, import_file
from tests.conftest import only_sqlite
from tests.sql import ask
from tests.transfer.samples import fill, write_export
from tests.transfer.test_table_imports import OWNER, STRANGER, values
from tests.transfer.test_undone_imports import undo
from tests.writing import consistent, order

UTC = ZoneInfo("UTC")
AT = "2026-03-01T09:00:00Z"
OPEN, CLOSED = 71, 72  # rounds
Bring = Callable[..., ImportResult]


def entry(key: str, amount: int = 1, kind: str = "click", **more: Any) -> dict[str, Any]:
    """A line of an export."""
    times = {"pressed_at": AT, "saved_at": AT} | ({"until": AT} if kind in (ENTRY, NOTE) else {})
    return {"type": "click", "round": OPEN, "device": 1, "key": key, "kind": kind, "amount": amount} | times | more


PRESSES = [entry("a", 2), entry("b", 3, device=2), entry("c", 5, round=CLOSED)]
EVERYTHING = [
    *PRESSES,
    entry("d", -3, UNDO, device=2, takes_back="b"),
    entry("e", 40, CORRECTION),
    entry("f", 6, ENTRY, reason="Forgotten"),
    entry("g", 100, OPENING),
    entry("h", 0, NOTE, reason="Rain"),
]  # adds up to 148 in the open round


def export_of(lines: list[dict[str, Any]], slug: str = "door") -> str:
    counter = {"slug": slug, "name": "Door", "description": "", "colour": "", "step": 1, "warn_at": [], "created_at": AT}
    counter |= {"visibility": "listed", "press": "anyone"}
    rounds = {CLOSED: {"number": 1, "ended_at": AT}, OPEN: {"number": 2}}
    found: list[dict[str, Any]] = [{"type": "export", "format": 1}, {"type": "counter"} | counter]
    found += [{"type": "device", "number": n, "label": "", "created_at": AT} for n in (1, 2)]
    found += [{"type": "round", "counter": slug, "id": n, "started_at": AT} | more for n, more in rounds.items()]
    found += [*lines, {"type": "end", "clicks": len(lines)}]
    return "".join(json.dumps(line) + "\n" for line in found)


@pytest.fixture
def bring(db_url: str, tmp_path: Path) -> Bring:
    """Import these lines."""

    def import_lines(*lines: dict[str, Any], by: Caller | None = None, slug: str = "door") -> ImportResult:
        path = tmp_path / "export.jsonl"
        path.write_text(export_of(list(lines), slug))
        return import_file(db_url, ImportSource(path, "counter", UTC), lambda progress: None, by)

    return import_lines


def totals(url: str) -> dict[int, int]:
    """Of the file's rounds."""
    return dict(ask(url, f"SELECT id, total FROM round WHERE id IN ({OPEN}, {CLOSED})"))


def verified(url: str) -> None:
    engine = open_engine(url)
    assert verify.verify(engine)[1] == []
    engine.dispose()


def test_an_undo_takes_all_of_an_export_back_and_it_comes_again(db_url: str, ledger: Ledger, bring: Bring):
    ledger.write([order() for _ in range(3)])
    numbers = []
    for _ in range(3):
        done = bring(*EVERYTHING, by=OWNER)
        assert done == (ImportResult(8, 0) if not numbers else ImportResult(6, 2)), "a press and its undo stay"
        assert (values(db_url), totals(db_url)) == ({"door": 148}, {OPEN: 148, CLOSED: 5})
        assert bring(*EVERYTHING, by=OWNER) == ImportResult(0, 8)
        found = ledger.transact(lambda c, n=done.number: imports.find(c, n, OWNER))
        assert (found.amount, found.counters) == (153, ("door",))
        assert undo(ledger, done.number, OWNER) == 6
        assert (values(db_url), totals(db_url)) == ({"door": 0}, {OPEN: 0, CLOSED: 0})
        assert undo(ledger, done.number, OWNER) == 0, "once"
        numbers.append(done.number)
    assert len(set(numbers)) == 3
    assert ask(db_url, "SELECT value FROM counter WHERE slug = 'counter'") == [(3,)]
    assert ask(db_url, "SELECT count(*) FROM click WHERE kind = 'note'") == [(0,)]
    engine = open_engine(db_url)
    assert leaders(engine, "door") == []
    engine.dispose()
    consistent(db_url, 3 + 2 + 3 * 10)


@only_sqlite
def test_an_undo_in_many_slices_leaves_a_running_counter_as_it_was(
    db_url: str, other_url: str, ledger: Ledger, tmp_path: Path
):
    fill(db_url)
    path, other = write_export(db_url, tmp_path / "all.jsonl", ExportRequest()), Ledger(other_url)
    other.write([order(device="f" * 64) for _ in range(3)])
    source = ImportSource(path, "counter", UTC)
    first = import_file(other_url, source, lambda progress: None)
    before = ask(other_url, "SELECT id, total FROM round ORDER BY id")
    other.write([order(device="f" * 64)])
    assert undo(other, first.number) > 0
    assert set(ask(other_url, "SELECT slug, value FROM counter")) == {("counter", 4), ("vostok", 0)}
    assert ask(other_url, "SELECT sum(total) FROM round") == [(4,)]
    import_file(other_url, source, lambda progress: None)
    assert ask(other_url, "SELECT id, total FROM round ORDER BY id") == [
        (id_, total + (total == 3)) for id_, total in before
    ]
    other.close()
    verified(other_url)


@only_sqlite
def test_an_undo_leaves_what_was_here_and_what_came_later(db_url: str, ledger: Ledger, bring: Bring):
    first = bring(*PRESSES)
    ledger.write([order(counter="door", device="f" * 64)])
    second = bring(*EVERYTHING, by=OWNER)
    assert second == ImportResult(5, 3)
    ledger.write([order(counter="door", device="f" * 64)])
    undo(ledger, second.number, OWNER)
    assert values(db_url) == {"door": 2 + 2}, "what a file took back stays taken back"
    undo(ledger, first.number)
    assert values(db_url) == {"door": 2}
    bring(*EVERYTHING)
    assert values(db_url) == {"door": 148 + 2}
    verified(db_url)


@only_sqlite
def test_an_export_that_has_an_undo_in_it_brings_nothing_back(db_url: str, ledger: Ledger, bring: Bring, tmp_path: Path):
    undo(ledger, bring(*EVERYTHING).number)
    later = write_export(db_url, tmp_path / "later.jsonl", ExportRequest("door"))
    entries_here = ask(db_url, "SELECT count(*) FROM click")[0][0]
    source = ImportSource(later, "counter", UTC)
    assert import_file(db_url, source, lambda progress: None) == ImportResult(0, entries_here)
    assert bring(*EVERYTHING) == ImportResult(6, 2)
    assert import_file(db_url, source, lambda progress: None) == ImportResult(0, entries_here)
    assert values(db_url) == {"door": 148}
    verified(db_url)


@only_sqlite
def test_an_undo_that_comes_later_finds_the_press_that_came_again(db_url: str, ledger: Ledger, bring: Bring):
    undo(ledger, bring(*PRESSES).number)
    done = bring(*PRESSES, entry("d", -3, UNDO, device=2, takes_back="b"))
    assert (done, values(db_url)) == (ImportResult(4, 0), {"door": 2})
    undo(ledger, done.number)
    assert values(db_url) == {"door": 0}
    verified(db_url)


@only_sqlite
def test_a_press_never_takes_the_place_of_a_deleted_note(db_url: str, ledger: Ledger, bring: Bring):
    notes = [entry(f"note {n}", 0, NOTE, saved_at=f"2026-03-01T10:00:0{n}Z") for n in range(3)]
    done = bring(*PRESSES, *notes)
    for key in ("note 1", "note 2", "note 0"):
        ledger.transact(lambda c, k=key: entries.remove(c, "door", k, None))
    ledger.write([order(counter="door", device="f" * 64) for _ in range(4)])
    undo(ledger, done.number)
    assert values(db_url) == {"door": 4}


def test_an_export_that_was_cut_off_is_undone_as_one(db_url: str, ledger: Ledger, tmp_path: Path):
    path = tmp_path / "long.jsonl"
    path.write_text(export_of([entry(f"{n:04}") for n in range(250)]))
    first = half_done(db_url, path)
    done = import_file(db_url, ImportSource(path, "counter", UTC), lambda progress: None)
    assert (done.number, done.written + done.known) == (first, 250)
    undo(ledger, done.number, most=1)
    assert 0 < values(db_url)["door"] < 250
    with pytest.raises(BadFile, match="is being undone"):
        import_file(db_url, ImportSource(path, "counter", UTC), lambda progress: None)
    path.write_text(export_of([entry(f"{n:04}") for n in range(251)]))
    with pytest.raises((BadFile, CutOff), match="is being undone"):
        import_file(db_url, ImportSource(path, "counter", UTC), lambda progress: None)
    assert undo(ledger, done.number) == 150
    assert import_file(db_url, ImportSource(path, "counter", UTC), lambda progress: None) == ImportResult(251, 0)
    consistent(db_url, 250 * 2 + 251)


def half_done(url: str, path: Path) -> int:
    """Write the first slices of a file, as if killed then. Returns the import's number."""
    ledger, engine = Ledger(url), open_engine(url)
    with path.open("rb") as file:
        importing = Import(import_whole_file.pieces(file, "counter", UTC, {}), None, lambda progress: None)
        while importing.check():
            pass
        importing.survey(engine)
        while not importing.result.written:
            part = importing.next_slice()
            assert part is not None
            importing.wrote(part, ledger.transact(part.work))
    engine.dispose()
    ledger.close()
    assert importing.result.number is not None
    return importing.result.number


@only_sqlite
def test_only_importers_and_owners_undo_an_export(db_url: str, ledger: Ledger, bring: Bring):
    done = bring(*PRESSES, by=OWNER)
    before = ask(db_url, "SELECT * FROM imported_rows")
    for by in (STRANGER, Caller()):
        with pytest.raises(Refused, match="not_owner"):
            undo(ledger, done.number, by)
    ledger.transact(lambda c: counters.archive(c, "door", True, None))
    with pytest.raises(Refused, match="take_back_archived"):
        undo(ledger, done.number, OWNER)
    assert ask(db_url, "SELECT * FROM imported_rows") == before
    ledger.transact(lambda c: counters.archive(c, "door", False, None))
    assert undo(ledger, done.number, OWNER) == 3
