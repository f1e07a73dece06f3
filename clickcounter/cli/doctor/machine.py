"""This machine: the disk under the database, open files, workers, Redis."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from redis.exceptions import RedisError

from clickcounter.cli.doctor.findings import Finding, Findings, megabytes, note, ok, wrong
from clickcounter.database.engines import sqlite_path
from clickcounter.live.redis_connection import connected
from clickcounter.settings import Settings

MOUNTS = Path("/proc/self/mounts")
# SQLite's write-ahead log needs shared memory and locks that these do not keep between machines, or at all.
NETWORK = (
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afpfs",
    "9p",
    "afs",
    "ceph",
    "davfs",
    "gfs2",
    "glusterfs",
    "lustre",
    "ncpfs",
)
NETWORK_FUSE = ("sshfs", "rclone", "glusterfs", "s3fs", "davfs2", "ceph", "smbnetfs", "gcsfuse")
SHARED_FOLDERS = ("vboxsf", "virtiofs", "drvfs", "fuse.grpcfuse", "fuse.osxfs", "prl_fs")  # of another operating system
PASSING = ("tmpfs", "ramfs")
TOO_LITTLE, LITTLE = 50e6, 500e6  # bytes
FILES = 4096  # a socket for each tab, and a few more


def check_machine(settings: Settings) -> Findings:
    """Everything but the database itself."""
    path = sqlite_path(settings.db_url)
    if path is not None:
        folder = nearest(path.parent)
        yield storage(folder, kind_of_storage(folder))
        yield disk(folder, path.stat().st_size if path.exists() else 0)
    yield redis(settings.redis_url, settings.workers)
    yield open_files()
    yield workers(settings.workers)


def nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(each for each in (folder.resolve(), *folder.resolve().parents) if each.exists())


def kind_of_storage(folder: Path, mounts: Iterable[str] | None = None) -> str:
    """The type of the file system that a folder is on, as /proc/mounts names it; "" where that is not known."""
    if mounts is None:
        mounts = MOUNTS.read_text(errors="replace").splitlines() if MOUNTS.exists() else []
    found, kind = -1, ""
    for line in mounts:
        _, point, kind_here, *_ = line.split(" ")
        point = point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if (
            folder.is_relative_to(point) and len(Path(point).parts) >= found
        ):  # of two at one point, the later hides the first
            found, kind = len(Path(point).parts), kind_here
    return kind


def storage(folder: Path, kind: str) -> Finding:
    """Whether SQLite may keep its files there."""
    base, _, sub = kind.partition(".")
    advice = "Put the database on a disk of this machine, or use PostgreSQL: docs/deploying.md#postgresql"
    if base in NETWORK or (base == "fuse" and sub in NETWORK_FUSE):
        return wrong("storage", f"{folder} is on a network file system ({kind}), where SQLite can lose clicks.", advice)
    if kind in SHARED_FOLDERS:
        return wrong("storage", f"{folder} is a folder of another system ({kind}), where SQLite can lose clicks.", advice)
    if kind in PASSING:
        return note("storage", f"{folder} is in memory ({kind}): a restart of the machine empties it.", "Use a disk.")
    return ok("storage", f"{folder} is on {kind or 'a disk of an unknown kind'}.")


def disk(folder: Path, database: int) -> Finding:
    """Whether there is room for clicks, and for the copy that an upgrade makes."""
    free = shutil.disk_usage(folder).free
    said = f"{megabytes(free)} free on the disk of {folder}."
    if free < TOO_LITTLE:
        return wrong("disk", said, "Free some space: on a full disk no click is saved; browsers keep them meanwhile.")
    if free < max(LITTLE, 2 * database):
        return note("disk", said, f"An upgrade copies the database ({megabytes(database)}); keep more free.")
    return ok("disk", said)


def redis(url: str | None, workers: int) -> Finding:
    """Whether Redis passes messages on; without it, tabs on other workers follow within a second."""
    if url is None:
        if workers > 1:
            return note("redis", "off: tabs follow other workers' presses within a second.", "Set REFLEX_REDIS_URL.")
        return ok("redis", "off; one worker needs none.")
    try:
        asyncio.run(_ask_redis(url))
    except (RedisError, OSError, ValueError) as error:
        return wrong(
            "redis", f"cannot be used: {' '.join(str(error).split())}.", "Is it running, and REFLEX_REDIS_URL right?"
        )
    return ok("redis", "answers.")


async def _ask_redis(url: str) -> None:
    async with connected(url) as redis:
        await redis.execute_command("PING")  # type: ignore[no-untyped-call]


def open_files() -> Finding:
    """How many tabs a server started from here could hold."""
    if sys.platform == "win32":
        return ok("open files", "Windows has no such limit.")
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    said = "no limit." if limit == resource.RLIM_INFINITY else f"{limit} in each process started from here."
    if limit != resource.RLIM_INFINITY and limit < FILES:
        advice = "Each tab takes one: ulimit -n 65536, or LimitNOFILE=65536 in the unit, which has its own limit."
        return note("open files", said, advice)
    return ok("open files", said)


def workers(count: int) -> Finding:
    """Whether there is a core for each."""
    cores = os.cpu_count() or 1
    said = f"{count}, and {cores} cores."
    if count > max(2, cores):
        return note("workers", said, "More workers than cores only take memory: CLICKCOUNTER_WORKERS.")
    return ok("workers", said)
