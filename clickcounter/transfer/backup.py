"""Backs up a SQLite database and restores it.

SQLite makes the copy itself, so it is consistent even under load. A restore replaces the database with a finished file in
one step, and keeps the old one beside it. Before that it empties the write-ahead log into the old file: a log left behind
would be replayed over the new one.
"""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from clickcounter.database import schema
from clickcounter.database.engines import sqlite_path
from clickcounter.database.server_lock import ServerLock
from clickcounter.errors import NotDone

LOST_CLICKS = """
SELECT count(*) FROM main.click c JOIN main.counter n ON n.id = c.counter_id WHERE NOT EXISTS (
    SELECT 1 FROM backup.counter b JOIN backup.click k ON k.counter_id = b.id WHERE b.slug = n.slug AND k.key = c.key)
"""
CHANGED_COUNTERS = """
SELECT n.slug, n.value, b.value FROM main.counter n LEFT JOIN backup.counter b ON b.slug = n.slug
UNION ALL SELECT b.slug, NULL, b.value FROM backup.counter b WHERE b.slug NOT IN (SELECT slug FROM main.counter)
"""


def backup(url: str, file: Path) -> str:
    """Write a copy to a new file. Returns a sentence that says how many clicks it holds. Raises NotDone."""
    path = _path_of(url)
    if not path.exists():
        raise NotDone(f"There is no database {path}.")
    if file.exists():
        raise NotDone(f"{file} already exists; a backup never overwrites a file.")
    part = _copy_to_disk(path, file)
    try:
        os.link(part, file)  # fails if the file has appeared in the meantime
    except FileExistsError:
        raise NotDone(f"{file} already exists; a backup never overwrites a file.") from None
    except OSError:  # a file system without links
        os.rename(part, file)
    finally:
        part.unlink(missing_ok=True)
    _sync(file.parent)
    return f"{file} holds {_count_clicks(file)} clicks."


def restore(url: str, file: Path, confirm: Callable[[str], bool]) -> str | None:
    """Replace the database with a backup once `confirm` has returned True for a description of what gets lost.

    Returns a sentence that names the file with the old database, or None without a confirmation. Raises NotDone; nothing
    was changed then.
    """
    path = _path_of(url)
    lock = ServerLock(path)
    lock.acquire_exclusive()
    try:
        _check_backup(file, path)
        if not confirm(describe_loss(path, file)):
            return None
        old = _replace(path, _copy_to_disk(file, path))
        return f"Restored. The previous database is kept as {old}." if old else "Restored."
    finally:
        lock.release()


def describe_loss(path: Path, file: Path) -> str:
    """What the database loses if this backup is restored, in words: clicks, and the counters whose values change."""
    holds = f"The backup holds {_count_clicks(file)} clicks"
    if not path.exists():
        return f"{holds}; there is no database now."
    try:
        with _open_read_only(path) as connection:
            connection.execute("ATTACH ? AS backup", (_uri(file),))
            [(lost,)] = connection.execute(LOST_CLICKS).fetchall()
            changes = [row for row in connection.execute(CHANGED_COUNTERS) if row[1] != row[2]]
    except sqlite3.DatabaseError as error:
        return f"{holds}; the current database cannot be read ({error})."
    lines = [f"{slug}: {_value(now)} → {_value(then)}" for slug, now, then in changes]
    return "\n".join([f"{holds}; {lost} newer clicks in this database will be lost.", *lines])


def _value(value: int | None) -> str:
    return "not there" if value is None else str(value)


def _path_of(url: str) -> Path:
    path = sqlite_path(url)
    if path is None:
        raise NotDone("This command is for SQLite. For PostgreSQL, use pg_dump to back up and pg_restore to restore.")
    return path.resolve()


def _uri(path: Path) -> str:
    return f"file:{quote(str(path.resolve()))}?mode=ro"


@contextlib.contextmanager
def _open_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(_uri(path), uri=True, timeout=30)) as connection:
        yield connection


def _count_clicks(path: Path) -> int:
    with _open_read_only(path) as connection:
        return int(connection.execute("SELECT count(*) FROM click").fetchone()[0])


def _check_backup(file: Path, path: Path) -> None:
    if not file.exists() or (path.exists() and file.samefile(path)):
        raise NotDone(f"There is no backup {file}." if not file.exists() else f"{file} is the database itself.")
    try:
        with _open_read_only(file) as connection:
            [(state,), *_] = connection.execute("PRAGMA integrity_check").fetchall()
            [(revision,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except (sqlite3.DatabaseError, ValueError) as error:
        raise NotDone(f"{file} is not a backup of Click Counter ({error}).") from None
    if state != "ok":
        raise NotDone(f"{file} is damaged: {state}")
    if not schema.is_known(revision):
        raise NotDone(f"{file} has schema {revision}, which is newer than this version of Click Counter knows.")


def _copy_to_disk(source: Path, target: Path) -> Path:
    """A finished copy in the target's folder, under a temporary name. Raises NotDone."""
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    part.unlink(missing_ok=True)
    try:
        with _open_read_only(source) as connection:
            connection.execute("VACUUM INTO ?", (str(part.resolve()),))
        _sync(part)
    except (sqlite3.Error, OSError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)  # half a copy, if the disk is full
        raise NotDone(f"{source} could not be copied to {target.parent}: {error}. Nothing was changed.") from None
    return part


def _replace(path: Path, part: Path) -> Path | None:
    """Put a finished file in the database's place. Returns where the old database is kept, if there was one."""
    old = path.with_name(f"{path.name}.before-restore-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    existed = path.exists()
    if existed:
        if _is_readable(path):  # a damaged one is kept as it is, together with its log
            _empty_log(path)
        shutil.copymode(path, part)
        with contextlib.suppress(OSError, AttributeError):
            os.chown(part, path.stat().st_uid, path.stat().st_gid)
        try:
            os.link(path, old)
        except OSError:
            shutil.copy2(path, old)
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:  # that of a damaged database
        os.replace(log, path.with_name(f"{old.name}-wal"))
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    os.replace(part, path)
    _sync(path.parent)
    return old if existed else None


def _is_readable(path: Path) -> bool:
    try:
        with _open_read_only(path) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:  # it is locked, not damaged
        return True
    except sqlite3.DatabaseError:
        return False
    return True


def _empty_log(path: Path) -> None:
    """Move the write-ahead log into the database file. Raises NotDone if another program uses the database."""
    with contextlib.closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as connection:
        try:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            busy = 1
    if busy:
        raise NotDone("Another program is using this database. Nothing was changed.")


def _sync(path: Path) -> None:
    """Return once a file or a folder is on disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
