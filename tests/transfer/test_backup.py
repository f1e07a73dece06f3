"""Backup and restore, as people run them in the terminal."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_postgresql, only_sqlite, rows
from tests.server import ROOT, BackEnd, free_port
from tests.terminal import terminal
from tests.writing import consistent, order, steady_writing, wait_for_more

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(db_url: str) -> Run:
    return partial(terminal, db_url)


@only_sqlite
def test_a_backup_under_load_is_complete_and_overwrites_nothing(db_url: str, run: Run, tmp_path: Path):
    file = tmp_path / "backup.db"
    with steady_writing(db_url) as saved:
        wait_for_more(saved)
        answered = set(saved)
        done = run("backup", file)
        wait_for_more(saved)
    assert done.returncode == 0, done.stderr
    keys = {key for (key,) in rows(file, "SELECT key FROM click")}
    assert answered <= keys
    assert done.stdout == f"{file} holds {len(keys)} clicks.\n"
    consistent(f"sqlite:///{file}", len(keys))
    before = file.read_bytes()
    again = run("backup", file)
    assert (again.returncode, "never overwrites" in again.stderr, file.read_bytes()) == (1, True, before)
    assert [p.name for p in tmp_path.glob("*.part-*")] == []


@only_sqlite
@pytest.mark.parametrize(("where", "limit"), [("no-such-folder/backup.db", "unlimited"), ("backup.db", "40")])
def test_a_failed_backup_says_why_and_leaves_nothing(db_url: str, tmp_path: Path, where, limit):
    """The limit on the size of a file, in blocks of 512 or 1024 bytes, stands in for a full disk."""
    command = ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "-", sys.executable, "-m", "clickcounter", "backup"]
    environ = os.environ | {"REFLEX_DB_URL": db_url}
    done = subprocess.run([*command, str(tmp_path / where)], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "could not be copied" in done.stderr
    assert "Has it been created yet?" not in done.stderr
    assert list(tmp_path.rglob("backup.db*")) == []


@only_sqlite
def test_a_restore_lists_losses_and_keeps_the_old_database(db_url: str, ledger: Ledger, run: Run, tmp_path: Path):
    path, file = Path(db_url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    for n in range(12):
        ledger.write([order(f"{n:032x}")])
    assert run("backup", file).returncode == 0
    ledger.write([order(f"{n:032x}") for n in range(12, 15)])
    ledger.create("east")
    [newest] = ledger.write([order("e" * 32, counter="east")])
    asked = run("restore", file)
    assert (asked.returncode, "--yes" in asked.stderr) == (1, True)
    assert rows(path, "SELECT count(*) FROM click") == [(16,)]
    done = run("restore", "--yes", file)
    assert done.returncode == 0, done.stderr
    first, *changes, last = done.stdout.splitlines()
    assert first == "The backup holds 12 clicks; 4 newer clicks in this database will be lost."
    assert changes == ["counter: 15 → 12", "east: 1 → not there"]
    [kept] = path.parent.glob("*.before-restore-*")
    assert last == f"Restored. The previous database is kept as {kept}."
    consistent(f"sqlite:///{kept}", 16)
    consistent(db_url, 12)
    ledger.adopt("counter")
    [after] = ledger.write([order("f" * 32)])
    assert (after.snapshot.value, after.snapshot.revision > newest.snapshot.revision) == (13, True)


@only_sqlite
def test_a_restore_replaces_a_damaged_database_and_its_log(db_url: str, ledger: Ledger, run: Run, tmp_path: Path):
    path, file = Path(db_url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    log = Path(f"{path}-wal")
    ledger.write([order("a" * 32)])
    assert run("backup", file).returncode == 0
    ledger.write([order("b" * 32)])
    left = log.read_bytes()
    assert left  # as after a power cut: the log was not checkpointed
    ledger.close()
    path.write_bytes(b"\0" * 8192)
    log.write_bytes(left)
    done = run("restore", "--yes", file)
    assert (done.returncode, "cannot be read" in done.stdout) == (0, True), done.stdout + done.stderr
    consistent(db_url, 1)
    [kept_log] = path.parent.glob("*.before-restore-*-wal")
    assert kept_log.read_bytes() == left
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    done = run("restore", "--yes", file)
    assert (done.returncode, "there is no database now" in done.stdout) == (0, True), done.stdout + done.stderr
    consistent(db_url, 1)


@only_sqlite
def test_restoring_a_bad_file_changes_nothing(db_url: str, ledger: Ledger, run: Run, tmp_path: Path):
    ledger.write([order("a" * 32)])
    good, strange, newer = tmp_path / "good.db", tmp_path / "strange.db", tmp_path / "newer.db"
    assert run("backup", good).returncode == 0
    strange.write_text("not a database" * 100)
    with sqlite3.connect(newer) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    damaged = tmp_path / "damaged.db"
    content = good.read_bytes()
    damaged.write_bytes(content[:8192] + os.urandom(12288) + content[20480:])
    for file, why in (
        (strange, "not a backup"),
        (newer, "newer than this"),
        (damaged, ""),
        (tmp_path / "none", "no backup"),
    ):
        refused = run("restore", "--yes", file)
        assert (refused.returncode, why in refused.stderr, "Traceback" in refused.stderr) == (1, True, False), refused.stderr
    consistent(db_url, 1)


def test_a_restore_is_refused_while_a_server_runs(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path)
    try:
        server.start()
        file = tmp_path / "backup.db"
        terminal(server.db_url, "backup", file).check_returncode()
        refused = terminal(server.db_url, "restore", "--yes", file)
        assert (refused.returncode, "A server is running on this database" in refused.stderr) == (1, True)
        server.stop(signal.SIGKILL)
        terminal(server.db_url, "restore", "--yes", file).check_returncode()
        server.start()
        consistent(f"sqlite:///{server.database}", 0)
    finally:
        server.kill()


@only_postgresql
def test_backup_and_restore_refer_postgresql_to_pg_dump(db_url: str, run: Run, tmp_path: Path):
    for command in ("backup", "restore"):
        refused = run(command, tmp_path / "file")
        assert (refused.returncode, "pg_dump" in refused.stderr) == (1, True)
