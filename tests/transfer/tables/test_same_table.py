"""The same table, however it was saved, reads to the same rows, and comes to the same ledger."""

import itertools
import shutil
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clickcounter.transfer.importer import ImportSource, import_file
from tests.transfer.tables.reading import BERLIN, read
from tests.transfer.tables.saved_tables import PLAIN, TELLING, as_local, moments, savings, tables
from tests.transfer.test_table_imports import ledger_of

numbers = itertools.count()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rows=tables(moments, 30), saving=savings)
def test_a_table_reads_to_the_same_rows_however_it_is_saved(rows, saving):
    exact = int if saving.keeps_the_hour else as_local
    expected = [(exact(moment) * 1000, amount, name) for moment, amount, name in [*rows, TELLING]]
    found = read(saving.table(rows), meaning="amounts")
    assert sorted((row.at, row.amount, row.counter) for row in found) == sorted(expected)


@settings(
    max_examples=20,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # to find the shortest example would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=tables(moments.filter(lambda moment: as_local(moment) == moment), 8), saving=savings, shuffled=st.randoms())
def test_a_table_comes_to_the_same_ledger_however_it_is_saved(
    sqlite_template: Path, tmp_path: Path, rows, saving, shuffled: Random
):
    repeated = [*rows, *rows[:2]]
    plain = imported(sqlite_template, tmp_path, PLAIN.table(repeated))
    assert len(plain) == len(repeated) + 1
    shuffled.shuffle(repeated)
    assert imported(sqlite_template, tmp_path, saving.table(repeated)) == plain


def imported(template: Path, folder: Path, content: bytes) -> list[tuple]:
    """The entries of a new ledger with this table."""
    number = next(numbers)
    url, path = f"sqlite:///{shutil.copy(template, folder / f'{number}.db')}", folder / f"{number}.csv"
    path.write_bytes(content)
    import_file(url, ImportSource(path, "counter", BERLIN, {"meaning": "amounts"}), lambda progress: None)
    return ledger_of(url)
