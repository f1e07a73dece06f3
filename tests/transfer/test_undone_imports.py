"""The import of a whole table is undone in one step, and may be brought again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Caller
from clickcounter.errors import Refused
from clickcounter.history import verify
from clickcounter.history.leaders import leaders
from clickcounter.ledger import counters, imports, rounds
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import import_whole_file
from clickcounter.transfer.import_errors import BadFile, CutOff
from clickcounter.transfer.importer import Import, ImportResult, ImportSource, import_file
from clickcounter.transfer.table_import.naming import label_of, with_counters
from tests.conftest import only_sqlite
from tests.sql import ask
from tests.terminal import terminal
from tests.transfer.tables.two_sheets import two_sheets
from tests.transfer.test_table_imports import OWNER, ROWS, STRANGER, Bring, bring, values  # noqa: F401  a fixture
from tests.writing import consistent, order

UTC = ZoneInfo("UTC")
LINES = 1_000
SECONDS = [f"2026-03-01 09:{n // 60:02}:{n % 60:02},1" for n in range(LINES)]


def undo(ledger: Ledger, number: int | None, by: Caller | None = None, most: int = 10_000) -> int:
    """Undo an import, or stop after so many slices, as if killed. Returns how many rows it took back."""
    assert number is not None
    begun, rows = ledger.transact(lambda c: imports.begin_undo(c, number, by)), 0
    for slug in begun.counters:
        cursor = None
        for _ in range(most):
            part = ledger.transact(lambda c, s=slug, after=cursor: imports.undo_slice(c, number, s, by, after))
            rows, cursor = rows + part.presses, part.next
            if cursor is None:
                break
    return rows


def test_an_undo_leaves_what_was_there_before(db_url: str, ledger: Ledger, bring: Bring):  # noqa: F811
    ledger.write([order() for _ in range(3)])
    bring("Coffee,2026-03-01T08:00:00Z,9", by=OWNER)
    done = bring(*ROWS, "counter,2026-03-01T09:00:00Z,5", by=OWNER)
    assert undo(ledger, done.number, OWNER) == 6
    assert values(db_url) == {"coffee": 9, "tea": 0, "zelenyy-chay": 0}
    assert ask(db_url, "SELECT value FROM counter WHERE slug = 'counter'") == [(3,)]
    engine = open_engine(db_url)
    assert leaders(engine, "tea") == []
    engine.dispose()
    assert ask(db_url, "SELECT DISTINCT reason FROM click WHERE kind = 'take_back'") == [("import undone",)]
    consistent(db_url, 3 + 1 + 6 + 6)
    assert undo(ledger, done.number, OWNER) == 0, "once"


def test_leaders_are_called_by_their_file_and_leave_with_it(db_url: str, ledger: Ledger, bring: Bring):  # noqa: F811
    engine = open_engine(db_url)
    done = bring(*ROWS)
    assert [(one.label, one.up, one.down) for one in leaders(engine, "coffee")] == [("table.csv", 4, -1)]
    undo(ledger, done.number)
    opening = bring("Coffee,482", head="")
    assert leaders(engine, "coffee") == [], "nobody counted an opening amount"
    undo(ledger, opening.number)
    assert leaders(engine, "coffee") == []
    engine.dispose()


def test_a_file_is_called_by_both_ends_of_a_long_name():
    assert label_of(" Door\u202e\tnorth.csv ") == "Door north.csv"
    assert label_of(f"{'a' * 60} 2026-11-25.csv") == f"{'a' * 27}…26-11-25.csv"
    assert label_of("\0\ud800") == ""


def test_a_table_counts_again_after_its_undo(db_url: str, ledger: Ledger, bring: Bring):  # noqa: F811
    numbers = []
    for _ in range(3):
        done = bring(*ROWS)
        assert done == ImportResult(5, 0)
        numbers.append(done.number)
        assert bring(*ROWS) == ImportResult(0, 5)
        undo(ledger, done.number)
    assert len(set(numbers)) == 3
    assert bring(*ROWS, "Tea,2026-03-03T09:00:00Z,7") == ImportResult(6, 0)
    assert values(db_url) == {"coffee": 3, "tea": 8, "zelenyy-chay": 4}


def test_an_undo_takes_an_opening_amount_back(db_url: str, ledger: Ledger, bring: Bring):  # noqa: F811
    first = bring("Visitors,482", "Sheep,37", head="")
    second = bring("Visitors,490", "Sheep,37", head="")
    undo(ledger, second.number)
    assert values(db_url) == {"sheep": 37, "visitors": 482}
    assert bring("Visitors,490", "Sheep,37", head="") == ImportResult(1, 1)
    undo(ledger, first.number)
    assert values(db_url) == {"sheep": 0, "visitors": 8}
    assert bring("Visitors,495", "Sheep,37", head="") == ImportResult(2, 0)
    assert values(db_url) == {"sheep": 37, "visitors": 495}
    consistent(db_url, 9)


def test_an_undo_that_was_cut_off_goes_on(db_url: str, ledger: Ledger, bring: Bring):  # noqa: F811
    done = bring(*SECONDS, head="when,amount")
    undo(ledger, done.number, most=1)
    left = values_of_first(db_url)
    assert 0 < left < LINES
    assert is_undone(db_url) is False, "so that it can be undone again"
    with pytest.raises(BadFile, match="is being undone"):
        bring(*SECONDS, head="when,amount")
    with pytest.raises(CutOff, match="is being undone"):
        bring(*SECONDS, "2026-03-02 09:00,1", head="when,amount")
    assert undo(ledger, done.number) == left
    again = LINES - left
    assert values_of_first(db_url) == again, "what the second one brought until then"
    assert bring(*SECONDS, head="when,amount") == ImportResult(left, again)
    consistent(db_url, 3 * LINES)


def is_undone(url: str) -> bool:
    """What a preview says of the import that brought the same file."""
    [(file,)], engine = ask(url, "SELECT file_sha256 FROM table_import"), open_engine(url)
    found = {"counters": [], "plan": None, "export": True, "file_sha256": file}
    known = with_counters(engine, found, "counter", None)["known"]
    engine.dispose()
    return bool(known["undone"])


def values_of_first(url: str) -> int:
    return int(ask(url, "SELECT value FROM counter WHERE slug = 'counter'")[0][0])


@contextmanager
def half_done(url: str, path: Path, by: Caller | None) -> Iterator[tuple[Import, Ledger]]:
    """An import of SECONDS of which some slices are written."""
    path.write_text("\n".join(["when,amount", *SECONDS]))
    ledger, engine = Ledger(url), open_engine(url)
    with path.open("rb") as file:
        importing = Import(import_whole_file.pieces(file, "walkers", UTC, {}), by, lambda progress: None)
        while importing.check():
            pass
        importing.survey(engine)
        for _ in range(4):
            part = importing.next_slice()
            assert part is not None
            importing.wrote(part, ledger.transact(part.work))
        yield importing, ledger
    assert verify.verify(engine)[1] == []
    engine.dispose()
    ledger.close()


def test_an_import_that_was_cut_off_is_undone_as_one(db_url: str, ledger: Ledger, tmp_path: Path):
    path = tmp_path / "tally.csv"
    with half_done(db_url, path, OWNER) as (importing, _):
        first = importing.result.number
    done = import_file(db_url, ImportSource(path, "walkers", UTC), lambda progress: None, OWNER)
    assert (done.number, done.written + done.known) == (first, LINES)
    assert done.known > 0
    assert undo(ledger, done.number, OWNER) == LINES
    consistent(db_url, 2 * LINES)


def test_an_import_ends_when_somebody_undoes_it(db_url: str, ledger: Ledger, tmp_path: Path):
    with half_done(db_url, tmp_path / "tally.csv", OWNER) as (importing, _):
        undo(ledger, importing.result.number, OWNER)
        part = importing.next_slice()
        assert part is not None
        with pytest.raises(Refused, match="import_undone") as refused:
            ledger.transact(part.work)
        assert isinstance(importing.failure(refused.value), CutOff)
    assert values(db_url) == {"walkers": 0}


def test_only_importers_and_owners_undo(db_url: str, ledger: Ledger, bring: Bring):  # noqa: F811
    ledger.transact(lambda c: counters.create(c, {"name": "Everybody's"}, rounds.new_round_id(), None))
    shared = bring("Everybody's,2026-03-01T09:00:00Z,2", by=OWNER)
    owned = bring(*ROWS, by=OWNER)
    before = ask(db_url, "SELECT * FROM table_import ORDER BY id")
    for number in (shared.number, owned.number):
        for by in (STRANGER, Caller()):
            with pytest.raises(Refused, match="not_owner"):
                undo(ledger, number, by)
    with pytest.raises(Refused, match="import_unknown"):
        undo(ledger, 99, OWNER)
    assert ask(db_url, "SELECT * FROM table_import ORDER BY id") == before
    assert undo(ledger, shared.number, OWNER) == 1, "the counter is everybody's, the rows are theirs"
    ledger.transact(lambda c: counters.archive(c, "tea", True, None))
    with pytest.raises(Refused, match="take_back_archived"):
        undo(ledger, owned.number, OWNER)
    assert values(db_url)["coffee"] == 3, "nothing was changed"


def test_the_terminal_shows_imports_and_undoes(db_url: str, tmp_path: Path):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["counter,time,amount", *ROWS]))
    shown = terminal(db_url, "import", path, "--dry-run").stdout
    assert "coffee (new): 3 rows, +3 in all, 2026-03-01 09:00:00+00:00 to 2026-03-02 08:00:00+00:00" in shown
    assert "line 2: Coffee  2026-03-01 09:00:00+00:00  +2" in shown
    assert values(db_url) == {}
    assert "5 clicks imported, 0 were already here.\nTo undo this: " in terminal(db_url, "import", path).stdout
    assert "This file was imported before; its number is 1." in terminal(db_url, "import", path, "--dry-run").stdout
    assert terminal(db_url, "import", "--undo", "1").returncode == 1, "not without asking"
    undone = terminal(db_url, "import", "--undo", "1", "--yes").stdout
    assert "This takes back 5 rows, +8 in all, in: coffee, tea, zelenyy-chay." in undone
    assert undone.endswith("5 rows taken back.\n")
    assert values(db_url) == {"coffee": 0, "tea": 0, "zelenyy-chay": 0}
    assert "This file was imported before, and undone" in terminal(db_url, "import", path, "--dry-run").stdout
    assert terminal(db_url, "import", "--undo", "7").stderr.startswith("There is no such import.")
    assert terminal(db_url, "import", path, "--map", "nonsense").returncode == 1


@only_sqlite
def test_the_terminal_says_which_sheet_is_read(db_url: str, tmp_path: Path):
    path = tmp_path / "book.ods"
    path.write_bytes(two_sheets())
    assert "Only the sheet 'us' is read." in terminal(db_url, "import", path, "--dry-run").stdout


def test_what_is_ambiguous_is_asked_in_the_terminal(db_url: str, tmp_path: Path):
    path = tmp_path / "table.csv"
    path.write_text("date,amount\n03/04/2026 10:00,1\n05/06/2026 10:00,2\n")
    refused = terminal(db_url, "import", path)
    assert (refused.returncode, "dates=dmy; dates=mdy" in refused.stderr) == (1, True), refused.stderr
    assert "dates: " in terminal(db_url, "import", path, "--dry-run").stdout
    assert terminal(db_url, "import", path, "--map", "dates=dmy", "--zone", "Europe/Berlin").returncode == 0
    assert ask(db_url, "SELECT pressed_at FROM click ORDER BY id") == [(1_775_203_200_000,), (1_780_646_400_000,)]
