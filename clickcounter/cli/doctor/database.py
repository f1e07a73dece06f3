"""The database: is it there, has it this version's schema, could a click be saved, is it whole?"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from clickcounter.cli.doctor.findings import Finding, Findings, note, ok, wrong
from clickcounter.database import schema
from clickcounter.database.engines import open_engine, read_only, require_writable, sqlite_path
from clickcounter.database.pooler import require_own_connections
from clickcounter.database.readiness import check_writable
from clickcounter.errors import Later, SettingInvalid
from clickcounter.places import COMMAND

ABOUT = "database"
LOOKED_THROUGH = 10.0  # seconds for SQLite's own check; a large database takes longer, and `verify` reads all of it
STEPS = 100_000  # of SQLite's machine between two looks at the clock
SETTINGS = {  # of PostgreSQL, which saved clicks depend on
    "fsync": "fsync is off: a power cut can destroy the database.",
    "full_page_writes": "full_page_writes is off: a power cut can destroy the database.",
}


def check_database(url: str) -> Findings:
    """All about the database that the settings name."""
    path = sqlite_path(url)
    if path is None:
        yield from _engine(url, _postgresql)
        return
    if not path.exists():
        missing = f"{path} does not exist."
        try:
            require_writable(url)
        except SettingInvalid as error:
            yield wrong(ABOUT, missing, str(error))
            return
        yield wrong(ABOUT, missing, f"Start the server, or run: {COMMAND} upgrade")
        return
    try:
        require_writable(url)
    except SettingInvalid as error:
        yield wrong(ABOUT, str(error).partition(". ")[0] + ".", f"Give the server's user the right to write {path.parent}.")
        return
    yield from _owners(path)
    yield from _engine(url, lambda engine: _sqlite(engine, path))


def _engine(url: str, check: Callable[[Engine], Findings]) -> Findings:
    engine = open_engine(url)
    try:
        yield from _schema(engine)
        yield from _writable(engine)
        yield from check(engine)
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        where = make_url(url).render_as_string(hide_password=True)
        yield wrong(ABOUT, f"{where} cannot be used: {said}.", "Is the server running, and REFLEX_DB_URL right?")
    finally:
        engine.dispose()


def _schema(engine: Engine) -> Findings:
    head = ScriptDirectory.from_config(schema.config()).get_current_head()
    with read_only(engine).begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        yield ok("schema", f"{current}, which this version needs.")
    elif current is not None and not schema.is_known(current):
        advice = "Install the version that wrote it, or restore the copy made before its upgrade: docs/deploy/upgrading.md"
        yield wrong("schema", f"{current} is newer than this version knows ({head}).", advice)
    else:
        yield wrong("schema", f"{current or 'none'}, but {head} is needed.", f"Run: {COMMAND} upgrade")


def _writable(engine: Engine) -> Findings:
    try:
        check_writable(engine)
    except Later as error:
        advice = "Is it locked by another program, read-only or out of disk space?"
        yield wrong(ABOUT, f"A click could not be saved: {' '.join(str(error).split())}.", advice)
    else:
        yield ok(ABOUT, "A click could be saved.")


def _sqlite(engine: Engine, path: Path) -> Findings:
    with engine.connect() as connection:
        mode, synchronous = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        )
    if (mode, synchronous) == ("wal", 2):
        yield ok("durability", "WAL with synchronous=FULL: a click that was answered survives a power cut.")
    else:
        advice = "The file system may not know shared memory: put the database on a disk of this machine."
        yield wrong("durability", f"journal_mode={mode}, synchronous={synchronous} instead of wal and 2.", advice)
    yield _whole(path)


def _whole(path: Path) -> Finding:
    """SQLite's own check, for a while."""
    give_up_at = time.monotonic() + LOOKED_THROUGH
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.set_progress_handler(lambda: time.monotonic() > give_up_at, STEPS)
    try:
        [(said,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return note("integrity", f"not checked to the end within {LOOKED_THROUGH:.0f} s.", f"{COMMAND} verify does.")
        said = str(error)
    finally:
        connection.close()
    if said == "ok":
        return ok("integrity", f"SQLite finds the file in order; {COMMAND} verify checks every number.")
    advice = "Stop the server and restore a backup: docs/deploying.md#backups"
    return wrong("integrity", f"The file is damaged: {' '.join(said.split())}.", advice)


def _owners(path: Path) -> Findings:
    """Files beside the database that its owner cannot write stop a server, for instance after a command run as root."""
    owner = path.stat().st_uid
    beside = (path.with_name(path.name + ending) for ending in ("-wal", "-shm", ".running", ".webhooks"))
    foreign = [file for file in beside if file.exists() and file.stat().st_uid != owner]
    if foreign:
        names = ", ".join(file.name for file in foreign)
        advice = f"Run: chown --reference={path} {' '.join(map(str, foreign))}"
        yield wrong("files", f"{names} belong to another user than the database.", advice)


def _postgresql(engine: Engine) -> Findings:
    try:
        require_own_connections(engine)
    except SettingInvalid as error:
        yield wrong("pooler", str(error).partition(". ")[0] + ".", str(error).partition(". ")[2])
    with engine.connect() as connection:
        version = connection.scalar(text("SHOW server_version"))
        off = [why for name, why in SETTINGS.items() if connection.scalar(text(f"SHOW {name}")) != "on"]
        ahead = float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0) - time.time()
    for why in off:
        yield wrong("durability", why, "Switch it on in postgresql.conf.")
    if not off:
        yield ok("durability", f"PostgreSQL {version} with fsync; commits of clicks wait for the disk.")
    yield clock("database", ahead)


MOST_AHEAD = 5.0  # seconds between two clocks


def clock(whose: str, ahead: float) -> Finding:
    """The other clock goes so many seconds ahead of ours."""
    if abs(ahead) <= MOST_AHEAD:
        return ok("clock", f"agrees with the {whose}'s.")
    said = f"{abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'} the {whose}'s."
    return wrong("clock", said, "Synchronize both: systemctl enable --now systemd-timesyncd")
