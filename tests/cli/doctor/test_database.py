"""What `doctor` says of databases and machines that have something wrong with them."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clickcounter.cli.doctor.machine import kind_of_storage, storage
from tests.conftest import only_sqlite
from tests.server import ROOT, free_port
from tests.terminal import terminal

Query = Callable[[str], list[tuple]]


def found(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What is wrong, by what it is about."""
    assert done.stderr == ""
    said = json.loads(done.stdout)
    wrong = {each["about"]: f"{each['text']} {each['advice']}" for each in said["findings"] if each["level"] == "wrong"}
    assert (done.returncode, said["ok"]) == (int(bool(wrong)), not wrong)
    assert all(each["advice"] for each in said["findings"] if each["level"] != "ok")
    return wrong


def doctor(db_url: str, *words: str, **environ: str) -> dict[str, str]:
    return found(terminal(db_url, "doctor", "--json", *words, **environ))


def test_a_sound_database_is_told_so(db_url: str):
    assert doctor(db_url) == {}
    lines = terminal(db_url, "doctor").stdout.splitlines()
    assert "ok     database      A click could be saved." in lines
    assert lines[-1].startswith("Nothing is wrong")


@pytest.mark.parametrize(("revision", "says"), [("0017", "python -m clickcounter upgrade"), ("9999", "newer than this")])
def test_another_schema_is_named_with_what_to_do(db_url: str, query: Query, revision: str, says: str):
    query(f"UPDATE alembic_version SET version_num = '{revision}'")
    wrong = doctor(db_url)
    assert list(wrong) == ["schema"]
    assert revision in wrong["schema"]
    assert says in wrong["schema"]


@only_sqlite
def test_a_missing_or_damaged_file_and_a_locked_one(db_url: str, tmp_path: Path):
    path = Path(db_url.removeprefix("sqlite:///"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "database is locked" in doctor(db_url)["database"]
    other.close()
    assert "does not exist" in doctor(f"sqlite:///{tmp_path}/none.db")["database"]
    assert "cannot be written" in doctor("sqlite:////proc/counter.db")["database"]
    with sqlite3.connect(path) as connection:
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'click'").fetchall()
        [(size,)] = connection.execute("PRAGMA page_size").fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    assert "restore a backup" in doctor(db_url)["integrity"]


def test_servers_that_are_away_are_named(db_url: str):
    assert "REFLEX_REDIS_URL" in doctor(db_url, REFLEX_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")["redis"]
    away = doctor(f"postgresql://somebody:secret@127.0.0.1:{free_port()}/none")["database"]
    assert "REFLEX_DB_URL" in away
    assert "secret" not in away


def _may_mount() -> bool:
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@only_sqlite
@pytest.mark.skipif(not shutil.which("unshare") or not _may_mount(), reason="needs the right to mount")
def test_a_full_disk_and_one_that_cannot_be_written(db_url: str, tmp_path: Path):
    """Real file systems, in a mount namespace of their own."""
    path, disk = Path(db_url.removeprefix("sqlite:///")), tmp_path / "disk"
    disk.mkdir()
    command = f"exec {sys.executable} -m clickcounter doctor --json"
    fill = f"mount -t tmpfs -o size=2m none {disk} && cp '{path}' {disk}/counter.db"
    cases = {
        "disk": f"{fill}; head -c 3000000 /dev/zero > {disk}/rest 2>/dev/null; {command}",
        "database": f"{fill} && mount -o remount,ro {disk}; {command}",
    }
    for about, script in cases.items():
        environ = os.environ | {"REFLEX_DB_URL": f"sqlite:///{disk}/counter.db"}
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        wrong = found(done)
        assert about in wrong, wrong
    assert "cannot be written: Read-only file system" in wrong["database"]


MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
nas:/volume1 /mnt/my\040nas nfs4 rw 0 0
//nas/share /mnt/share cifs rw 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
/dev/sdb1 /mnt/share/disk fuseblk rw 0 0
""".splitlines()


@pytest.mark.parametrize(
    ("folder", "kind", "level"),
    [
        ("/srv/counter", "ext4", "ok"),
        ("/mnt/my nas/counter", "nfs4", "wrong"),
        ("/mnt/share", "cifs", "wrong"),
        ("/mnt/sharedness", "ext4", "ok"),
        ("/mnt/share/disk/counter", "fuseblk", "ok"),
        ("/mnt/ssh", "fuse.sshfs", "wrong"),
        ("/run/counter", "tmpfs", "note"),
    ],
)
def test_storage_on_a_network_is_recognized(folder: str, kind: str, level: str):
    assert kind_of_storage(Path(folder), MOUNTS) == kind
    assert storage(Path(folder), kind).level == level
