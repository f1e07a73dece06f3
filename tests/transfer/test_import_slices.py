"""Imports in slices: whenever one ends, every total is right, and the next import goes on from there."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, Caller, Click, Order, now_ms
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.errors import NotDone, Refused
from clickcounter.history import verify
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import import_whole_file
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.import_errors import CutOff
from clickcounter.transfer.importer import Import, ImportResult, ImportSource, import_file
from tests.preloaded import CHANGED
from tests.raw import new_key
from tests.server import wait_for
from tests.sql import ask
from tests.terminal import begin, terminal
from tests.transfer.samples import all_rows, fill, write_export
from tests.transfer.test_export_import import visible
from tests.writing import consistent, order, until_saved

UTC = ZoneInfo("UTC")
SLOWLY = {CHANGED: "clickcounter.transfer.importer LARGEST 5"}  # lines at a time, so that an import takes several seconds


def table(path: Path, lines: int) -> ImportSource:
    """A table of single presses, one every second."""
    rows = (f"2026-03-{1 + n // 86_400:02} {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02},1\n" for n in range(lines))
    path.write_text("when,amount\n" + "".join(rows))
    return ImportSource(path, "counter", UTC)


def write_slices(url: str, path: Path, most: int, verified: int = 0) -> int:
    """Import a file, but stop after so many slices, as if killed; totals are right after each, of which some were verified.

    Returns how many it wrote.
    """
    ledger, engine = Ledger(url), open_engine(url)
    with path.open("rb") as file:
        importing = Import(import_whole_file.pieces(file, "counter", UTC, {}), None, lambda progress: None)
        while importing.check():
            pass
        importing.survey(engine)
        for written in range(most):
            part = importing.next_slice()
            if part is None:
                return written
            importing.wrote(part, ledger.transact(part.work))
            assert written < verified or verify.verify(engine)[1] == []
    ledger.close()
    engine.dispose()
    return most


def test_an_import_cut_off_after_any_slice_goes_on(db_url: str, other_url: str, tmp_path: Path):
    fill(db_url)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=True))
    expected = [visible(db_url, slug) for slug in ("counter", "vostok")]
    if other_url.startswith("postgresql"):
        slices = [(6, 0)]  # a new database for each is slow
    else:
        slices = [(most, most - 1) for most in range(1, write_slices(copy_of(other_url, tmp_path), path, 1_000))]
        assert len(slices) > 8
    for most, verified in slices:
        url = copy_of(other_url, tmp_path)
        write_slices(url, path, most, verified)
        written = len(ask(url, "SELECT id FROM click"))
        assert import_all(url, path) == (199 - written, written)
        assert [visible(url, slug) for slug in ("counter", "vostok")] == expected
        consistent(url, 199)


def copy_of(url: str, folder: Path) -> str:
    """A copy of a SQLite database; a PostgreSQL database as it is."""
    if not url.startswith("sqlite"):
        return url
    return f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), folder / f'{new_key()}.db')}"


def import_all(url: str, path: Path) -> tuple[int, int]:
    result = import_file(url, ImportSource(path, "counter", UTC), lambda progress: None)
    return result.written, result.known


def test_an_import_killed_in_the_terminal_counts_each_line_once(db_url: str, ledger: Ledger, tmp_path: Path):
    source = table(tmp_path / "tally.csv", 6_000)
    pressed = 0

    def here() -> int:
        return ask(db_url, "SELECT count(*) FROM click")[0][0]

    for _ in range(2):
        before = here()
        importing = begin(db_url, "import", source.path, **SLOWLY)
        wait_for(lambda b=before: here() > b + 100, "more of the lines are there", 60)
        until_saved(ledger, [order()])  # somebody presses meanwhile
        pressed += 1
        importing.kill()
        engine = open_engine(db_url)
        assert verify.verify(engine)[1] == []
        engine.dispose()
    assert here() < 6_000
    done = terminal(db_url, "import", source.path)
    assert (done.returncode, "clicks imported" in done.stdout) == (0, True), done.stderr
    consistent(db_url, 6_000 + pressed)
    assert ask(db_url, "SELECT value FROM counter") == [(6_000 + pressed,)]


def test_a_sum_that_others_made_too_large_ends_an_import_with_a_number(db_url: str, ledger: Ledger, tmp_path: Path):
    [(current,)] = ask(db_url, "SELECT round_id FROM counter")
    correction = Click(new_key(), MAX_VALUE - 500, now_ms(), current, kind=CORRECTION)
    ledger.write([Order("counter", "a" * 64, (correction,))])
    with pytest.raises(CutOff) as ended:
        import_file(db_url, table(tmp_path / "tally.csv", 1_000), lambda progress: None)
    written = ask(db_url, "SELECT count(*) FROM click")[0][0] - 1
    assert 0 < written <= 500
    assert str(ended.value).startswith("Line 502: the number would get too large.")
    assert f"Until then {written} presses were imported. Import the file again to go on" in str(ended.value)
    assert f"импортировано нажатий: {written}" in ended.value.text.ru
    consistent(db_url, written + 1)


@pytest.mark.parametrize("slug", ["admin", "api", "login"])
def test_a_reserved_address_is_refused_for_a_new_counter(db_url: str, tmp_path: Path, slug: str):
    source = table(tmp_path / "tally.csv", 3)
    before = all_rows(db_url)
    with pytest.raises(NotDone, match=f"“{slug}” cannot be a counter's address: it is reserved"):
        import_file(db_url, ImportSource(source.path, slug, UTC), print)
    fill(db_url)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest("vostok"))
    path.write_text(path.read_text().replace('"vostok"', f'"{slug}"'))
    before = all_rows(db_url)
    with pytest.raises(NotDone, match="it is reserved"):
        import_file(db_url, ImportSource(path, "counter", UTC), print)
    assert all_rows(db_url) == before


def spoiled(db_url: str, path: Path, spoil: Callable[[list[dict]], None]) -> ImportSource:
    fill(db_url)
    records = [json.loads(line) for line in write_export(db_url, path, ExportRequest()).read_text().splitlines()]
    spoil(records)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return ImportSource(path, "counter", UTC)


def test_a_press_undone_twice_in_a_file_changes_nothing(db_url: str, other_url: str, tmp_path: Path):
    def undo_again(records: list[dict]) -> None:
        undo = next(record for record in records if record.get("kind") == "undo")
        records.insert(-1, undo | {"key": new_key()})
        records[-1]["clicks"] += 1

    before = all_rows(other_url)
    with pytest.raises(NotDone, match="this press was already undone above"):
        import_file(other_url, spoiled(db_url, tmp_path / "all.jsonl", undo_again), print)
    assert all_rows(other_url) == before


def test_rounds_of_another_counter_are_refused_before_anything_is_written(db_url: str, other_url: str, tmp_path: Path):
    import_file(other_url, spoiled(db_url, tmp_path / "all.jsonl", lambda records: None), print)
    before = all_rows(other_url)
    path = tmp_path / "renamed.jsonl"
    path.write_text((tmp_path / "all.jsonl").read_text().replace('"vostok"', '"west"'))
    with pytest.raises(NotDone, match="The file does not fit the data here"):
        import_file(other_url, ImportSource(path, "counter", UTC), print)
    assert all_rows(other_url) == before


def test_somebody_who_loses_the_right_in_the_middle_is_stopped(db_url: str, ledger: Ledger, tmp_path: Path):
    owner, stranger = Caller(None, "a" * 64), Caller(None, "b" * 64)
    source = ImportSource(table(tmp_path / "tally.csv", 500).path, "walkers", UTC)
    engine = open_engine(db_url)
    with source.path.open("rb") as file:
        importing = Import(import_whole_file.pieces(file, "walkers", UTC, {}), owner, print)
        while importing.check():
            pass
        importing.survey(engine)
        for _ in range(3):
            part = importing.next_slice()
            assert part is not None
            importing.wrote(part, ledger.transact(part.work))
        ask(db_url, "UPDATE counter SET owner_device = 0 WHERE slug = 'walkers'")
        part = importing.next_slice()
        assert part is not None
        with pytest.raises(Refused, match="not_owner") as refused:
            ledger.transact(part.work)
    assert str(importing.failure(refused.value)).startswith("You can no longer change this counter. Until then ")
    engine.dispose()
    with pytest.raises(Refused, match="not_owner"):
        import_file(db_url, source, print, stranger)


def file_of_rounds(path: Path, rounds: int) -> ImportSource:
    """An export of a counter with so many rounds and no clicks; later ids began earlier."""
    at = [f"2026-01-01T{n // 60:02}:{n % 60:02}:00Z" for n in range(rounds)]
    ends = [*({"ended_at": moment} for moment in at[1:]), {}]
    settings = {"name": "x", "description": "", "colour": "", "step": 1, "lower": None, "warn_at": []}
    records = [
        {"type": "export", "format": 1},
        {"type": "counter", "slug": "counter", **settings, "created_at": at[0]},
        *(
            {"type": "round", "counter": "counter", "id": 5_000 - n, "number": n + 1, "started_at": at[n], **ends[n]}
            for n in range(rounds)
        ),
        {"type": "end", "clicks": 0},
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return ImportSource(path, "counter", UTC)


def test_a_thousand_rounds_are_added_in_slices_and_numbered(db_url: str, ledger: Ledger, tmp_path: Path):
    ledger.write([order()])
    source = file_of_rounds(tmp_path / "rounds.jsonl", 1_001)
    for _ in range(2):
        assert import_file(db_url, source, lambda progress: None) == ImportResult(0, 0)
        numbered = ask(db_url, "SELECT id FROM round ORDER BY number")
        assert [round_id for (round_id,) in numbered[:-1]] == [5_000 - n for n in range(1_001)]
        assert ask(db_url, "SELECT min(number), max(number), count(*) FROM round") == [(1, 1_002, 1_002)]
    consistent(db_url, 1)


def test_too_many_rounds_to_number_are_refused(db_url: str, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("clickcounter.transfer.import_survey.MOST_ROUNDS", 3)
    source = file_of_rounds(tmp_path / "rounds.jsonl", 3)
    ledger.write([order()])
    before = all_rows(db_url)
    with pytest.raises(NotDone, match="more than 3 rounds"):
        import_file(db_url, source, print)
    assert all_rows(db_url) == before
