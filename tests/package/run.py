"""Try the package where nothing else is: `make dist-check`.

It installs the wheel with its own requirements from the index, into an environment of the system's Python. Then it serves
the app from there: with nothing else on PATH, and, as root on Linux, as another user, on files that this user cannot write,
in a network that leads nowhere, and within so much memory. What could not be tried is said.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM_ARGUMENTS, TabPage, chromium_path
from tests.package.installing import NO_USER, Served, files, install, packages_in
from tests.raw import RawClient
from tests.siege.world import memory_of

PAGE_WITHIN = 5.0  # seconds from the command
TABS = 100
WITHIN = {1: 256_000_000, 2: 1_000_000_000}  # bytes, start included, by the number of workers
GROUPS = Path("/sys/fs/cgroup")


def main() -> None:
    """Install the package and try it. Exits 1 if a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--python", default=shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable)
    parser.add_argument("--installed", type=Path, help="an environment that this command made before")
    options = parser.parse_args()
    if options.installed:
        sys.exit(0 if attempt(options.installed) else 1)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)  # for the other user
        environment = Path(folder, "environment")
        install(options.wheel.resolve(), environment, with_our_packages=False, python=options.python)
        found = packages_in(environment)
        print(f"{len(found)} packages in an environment of {options.python}, {size_of(environment) / 1e6:.0f} MB")
        assert not any("node" in name for name in found), found
        command = [sys.executable, "-m", "tests.package.run", str(options.wheel), "--installed", str(environment)]
        sys.exit(subprocess.run([*without_network(), *command], check=False).returncode)


def size_of(folder: Path) -> int:
    """The bytes of its files."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def without_network() -> list[str]:
    """What starts a command where the only network is the machine itself; nothing where that is not allowed."""
    command = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        print("not tried: without a network")
        return []
    return command


def attempt(environment: Path) -> bool:
    """Serve the app in several ways and say what was seen. True if every promise was kept."""
    kept = []
    for workers, most in WITHIN.items():
        with tempfile.TemporaryDirectory(dir="/var/tmp") as name, limited(most) as before:
            folder = Path(name)
            folder.chmod(0o777)
            before_all = files(environment)
            server = Served(environment / "bin", folder, "--workers", str(workers), before=(*before, *as_another_user()))
            if os.geteuid() == 0:
                for owned in (server.home, server.checkout):
                    os.chown(owned, NO_USER, NO_USER)
            try:
                kept += tried(server, workers)
            finally:
                server.stop(signal.SIGINT)
            kept.append(said("nothing written but the database", files(environment) == before_all and is_tidy(server)))
            print("".join(f"    {line}\n" for line in server.printed().splitlines()))
    return all(kept)


def tried(server: Served, workers: int) -> Iterator[bool]:
    """One server from its start to its rest."""
    began = time.monotonic()
    server.start()
    took = time.monotonic() - began
    start = f"{workers} workers: a page after {took:.1f} s, with {processor_time(server):.1f} s of a processor"
    yield said(start, took <= PAGE_WITHIN)
    yield said("a journey in Chromium", journey(server.url))
    memory = asyncio.run(at_rest(server))
    yield said(f"{memory / 1e6:.0f} MB with {TABS} tabs at rest", memory <= WITHIN[workers])


def processor_time(server: Served) -> float:
    """Seconds that its first process has used."""
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:13]) / os.sysconf("SC_CLK_TCK")


def said(what: str, kept: bool) -> bool:
    """Print whether a promise was kept, and return it."""
    print(f"{'ok  ' if kept else 'FAIL'} {what}", flush=True)
    return kept


def journey(url: str) -> bool:
    """Press, reload, look at other pages, go offline and come back."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        page = TabPage(browser.new_page(), url)
        page.is_state("connected")
        page.press(3)
        page.sees(3)
        page.all_saved()
        page.page.reload()
        page.sees(3)
        for path, shown in (
            ("/counters", "status"),
            ("/c/counter/history", "chart"),
            ("/account", "sign-in"),
            ("/", "click"),
        ):
            page.page.goto(url + path)
            page.element(shown).first.wait_for(state="attached")
        page.is_state("connected")
        page.page.context.set_offline(True)
        page.press(2)
        page.sees(5)
        page.page.context.set_offline(False)
        page.all_saved()
        browser.close()
        return page.errors == []


async def at_rest(server: Served) -> int:
    """Bytes that the server and its workers take with tabs that wait."""
    async with contextlib.AsyncExitStack() as tabs:
        for _ in range(TABS):
            await tabs.enter_async_context(RawClient(server.port))
        await asyncio.sleep(5)
        return memory_of(server)


def is_tidy(server: Served) -> bool:
    """Whether its home holds the database alone, and the folder where it was started nothing."""
    found = {path.parent.relative_to(server.home).as_posix() for path in server.home.rglob("*") if path.is_file()}
    return found == {".local/share/clickcounter"} and list(server.checkout.iterdir()) == []


def as_another_user() -> list[str]:
    """What starts a command as somebody who owns nothing."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        print("not tried: another user")
        return []
    return ["setpriv", f"--reuid={NO_USER}", f"--regid={NO_USER}", "--clear-groups", "--no-new-privs"]


@contextlib.contextmanager
def limited(most: int) -> Iterator[list[str]]:
    """What starts a command within so many bytes of memory, by control groups of either version."""
    first = GROUPS / "memory" if (GROUPS / "memory").is_dir() else GROUPS
    group = first / f"clickcounter-{os.getpid()}"
    limit = "memory.limit_in_bytes" if first.name == "memory" else "memory.max"
    try:
        group.mkdir()
        (group / limit).write_text(str(most))
    except OSError as error:
        print(f"not tried: within {most / 1e6:.0f} MB of memory ({error.strerror})")
        yield []
        return
    try:
        yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
    finally:
        group.rmdir()


if __name__ == "__main__":
    main()
