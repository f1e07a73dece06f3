"""Backups of a SQLite database, and the way back.

SQLite makes the copy itself, whole even under load. A restore puts a finished file in the place of the old one in one
step, and keeps the old one beside it. The write-ahead log is folded in before: left behind, it would be replayed over the
new file.
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

GONE = """
SELECT count(*) FROM main.click c JOIN main.counter n ON n.id = c.counter_id WHERE NOT EXISTS (
    SELECT 1 FROM kept.counter k JOIN kept.click b ON b.counter_id = k.id WHERE k.slug = n.slug AND b.key = c.key)
"""
CHANGES = """
SELECT n.slug, n.value, k.value FROM main.counter n LEFT JOIN kept.counter k ON k.slug = n.slug
UNION ALL SELECT k.slug, NULL, k.value FROM kept.counter k WHERE k.slug NOT IN (SELECT slug FROM main.counter)
"""


def backup(url: str, file: Path) -> str:
    """Write a copy; returns a sentence about it. Raises NotDone."""
    path = _path_of(url)
    if not path.exists():
        raise NotDone(f"There is no database {path}.")
    if file.exists():
        raise NotDone(f"{file} already exists; a backup never overwrites a file.")
    part = _vacuum(path, file)
    try:
        os.link(part, file)  # fails where the file has appeared meanwhile
    except FileExistsError:
        raise NotDone(f"{file} already exists; a backup never overwrites a file.") from None
    except OSError:  # a file system without links
        os.rename(part, file)
    finally:
        part.unlink(missing_ok=True)
    _to_disk(file.parent)
    return f"{file} holds {_clicks(file)} clicks."


def restore(url: str, file: Path, agreed: Callable[[str], bool]) -> str | None:
    """Put a backup in the database's place, if what that undoes is agreed to; returns a sentence. Raises NotDone."""
    path = _path_of(url)
    lock = ServerLock(path)
    lock.take_alone()
    try:
        _check(file, path)
        if not agreed(undone(path, file)):
            return None
        part = _vacuum(file, path)
        kept = _replace(path, part)
        return f"Restored. The previous database is kept as {kept}." if kept else "Restored."
    finally:
        lock.release()


def undone(path: Path, file: Path) -> str:
    """What a restore takes away, in words."""
    holds = f"The backup holds {_clicks(file)} clicks"
    if not path.exists():
        return f"{holds}; there is no database now."
    try:
        with _open(path) as connection:
            connection.execute("ATTACH ? AS kept", (_uri(file),))
            [(gone,)] = connection.execute(GONE).fetchall()
            changes = [(slug, now, then) for slug, now, then in connection.execute(CHANGES) if now != then]
    except sqlite3.DatabaseError as error:
        return f"{holds}; the current database cannot be read ({error})."
    words = [f"{slug}: {_or_none(now)} → {_or_none(then)}" for slug, now, then in changes]
    return "\n".join([f"{holds}; {gone} newer clicks in this database will be lost.", *words])


def _or_none(value: int | None) -> str:
    return "not there" if value is None else str(value)


def _path_of(url: str) -> Path:
    path = sqlite_path(url)
    if path is None:
        raise NotDone("This command is for SQLite. For PostgreSQL, use pg_dump to back up and pg_restore to restore.")
    return path.resolve()


def _uri(path: Path) -> str:
    return f"file:{quote(str(path.resolve()))}?mode=ro"


@contextlib.contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(_uri(path), uri=True, timeout=30)) as connection:
        yield connection


def _clicks(path: Path) -> int:
    with _open(path) as connection:
        return int(connection.execute("SELECT count(*) FROM click").fetchone()[0])


def _check(file: Path, path: Path) -> None:
    if not file.exists() or (path.exists() and file.samefile(path)):
        raise NotDone(f"There is no backup {file}." if not file.exists() else f"{file} is the database itself.")
    try:
        with _open(file) as connection:
            [(whole,), *_] = connection.execute("PRAGMA integrity_check").fetchall()
            [(revision,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except (sqlite3.DatabaseError, ValueError) as error:
        raise NotDone(f"{file} is not a backup of Click Counter ({error}).") from None
    if whole != "ok":
        raise NotDone(f"{file} is damaged: {whole}")
    if not schema.is_known(revision):
        raise NotDone(f"{file} has schema {revision}, which is newer than this version of Click Counter knows.")


def _vacuum(source: Path, beside: Path) -> Path:
    """A whole copy on disk, under a name of its own in the folder where it is wanted."""
    part = beside.with_name(f"{beside.name}.part-{os.getpid()}")
    part.unlink(missing_ok=True)
    try:
        with _open(source) as connection:
            connection.execute("VACUUM INTO ?", (str(part.resolve()),))
        _to_disk(part)
    except (sqlite3.Error, OSError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)  # half a copy on a full disk
        raise NotDone(f"{source} could not be copied to {beside.parent}: {error}. Nothing was changed.") from None
    return part


def _replace(path: Path, part: Path) -> Path | None:
    kept = path.with_name(f"{path.name}.before-restore-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    found = path.exists()
    if found:
        if _is_readable(path):  # else it is kept as it is, its log too
            _fold_log(path)
        shutil.copymode(path, part)
        with contextlib.suppress(OSError, AttributeError):
            os.chown(part, path.stat().st_uid, path.stat().st_gid)
        try:
            os.link(path, kept)
        except OSError:
            shutil.copy2(path, kept)
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:  # a damaged database's, which could not be folded in
        os.replace(log, path.with_name(f"{kept.name}-wal"))
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    os.replace(part, path)
    _to_disk(path.parent)
    return kept if found else None


def _is_readable(path: Path) -> bool:
    try:
        with _open(path) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:  # locked
        return True
    except sqlite3.DatabaseError:
        return False
    return True


def _fold_log(path: Path) -> None:
    """Bring everything into the file itself. Raises NotDone where another program uses the database."""
    with contextlib.closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as connection:
        try:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            busy = 1
    if busy:
        raise NotDone("Another program is using this database. Nothing was changed.")


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
