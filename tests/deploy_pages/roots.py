"""A clean Debian for one page: a root made by debootstrap, with files, processes and a network of its own.

Commands that install something run with the machine's network, all others in one that leads nowhere. There is no systemd:
systemctl.py stands in for it.
"""

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.server import wait_for

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
TOLD = ("PIP_CERT", "NODE_EXTRA_CA_CERTS", "PIP_INDEX_URL", "NPM_CONFIG_REGISTRY")  # how this machine reaches the indexes
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
INSTALLS = re.compile(r"\b(apt|apt-get|pipx?|git|npm)\b|\bmake (export|dist|\.venv)")
WANTED = "etc/systemd/system/multi-user.target.wants"
HOLD = """
mount -t overlay overlay -o lowerdir="$1",upperdir="$2",workdir="$3" "$4"
cd "$4"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mkdir -p run/lock run/terminals root/.cache
chmod 1777 run/terminals
mount --bind "$5" root/.cache
mount --bind "$6" var/cache/apt/archives
exec chroot . bash -c 'while :; do sleep 1000 & wait $!; done'
"""
# A terminal keeps its folder, its variables and its functions from one command to the next.
TERMINAL = """
export HISTFILE= state={state}
[ -e $state ] && . $state
cd
[ -e $state.folder ] && cd "$(cat $state.folder)"
set -a
trap 'pwd > $state.folder; {{ export -p; declare -f; }} > $state' EXIT
{command}
"""


def clean_root(folder: Path) -> Path:
    """The root from which all others start, made by debootstrap unless it is there."""
    root = folder / "clean"
    if not root.exists():
        draft = folder / "clean.draft"
        shutil.rmtree(draft, ignore_errors=True)
        print(f"debootstrap {SUITE}", flush=True)
        subprocess.run(
            ["debootstrap", "--include=ca-certificates", SUITE, draft, MIRROR], check=True, stdout=subprocess.DEVNULL
        )
        draft.rename(root)
    return root


class Root:
    """One of them. `outside` is a process that has the machine's network."""

    def __init__(self, name: str, data: Path, outside: int) -> None:
        self.name, self.data, self.outside = name, data, outside
        self.folder = data / "used" / name
        self.terminals = 0

    def __enter__(self) -> "Root":
        shutil.rmtree(self.folder, ignore_errors=True)
        parts = [self.folder / part for part in ("changes", "work", "root")]
        shared = [self.data / "cache", self.data / "debs"]
        for path in (*parts, *shared):
            path.mkdir(parents=True, exist_ok=True)
        (shared[1] / "partial").mkdir(exist_ok=True)
        own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts", "sh", "-ec", HOLD, "sh"]
        self.holder = subprocess.Popen([*own, str(clean_root(self.data)), *map(str, parts), *map(str, shared)])
        self.first = wait_for(self._first, f"{self.name} is there")
        self._prepare()
        return self

    def _first(self) -> int:
        """The process with number 1 in there, once it stands in its root."""
        children = Path(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children").read_text().split()
        if children and os.path.realpath(f"/proc/{children[0]}/root") != "/":
            return int(children[0])
        return 0

    def path(self, inside: str) -> Path:
        """Where one of its files is for us."""
        return Path(f"/proc/{self.first}/root/{inside.lstrip('/')}")

    def _prepare(self) -> None:
        """What this machine needs to reach the indexes; and Debian's ways to say that no service is started by dpkg."""
        shutil.copy("/etc/resolv.conf", self.path("/etc/resolv.conf"))
        for place in (str(CERTIFICATES), "/usr/local/share/ca-certificates/machine.crt"):  # Debian makes the first from such
            shutil.copy(CERTIFICATES, self.path(place))
        self.path("/etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n127.0.1.1 debian\n")
        self.put("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        self.put("/usr/local/bin/systemctl", (Path(__file__).parent / "systemctl.py").read_text(), 0o755)
        self.put("/etc/apt/apt.conf.d/90kept", 'Binary::apt::APT::Keep-Downloaded-Packages "true";\n')
        self.command("hostname debian && apt-get update", network=True)

    def put(self, inside: str, text: str, mode: int = 0o644) -> None:
        self.path(inside).write_text(text)
        self.path(inside).chmod(mode)

    def entered(self, user: str, network: bool) -> list[str]:
        """What comes before a command."""
        at = ("--root", f"--wd=/proc/{self.first}/root")
        enter = ["nsenter", f"--target={self.first}", "--mount", "--pid", "--ipc", "--uts", *at]
        net = [f"--net=/proc/{self.outside}/ns/net"] if network else []
        become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        home = "/root" if user == "root" else f"/home/{user}"
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        known = {"HOME": home, "USER": user, "LOGNAME": user, "LANG": "C.UTF-8", "TERM": "dumb", "PATH": path}
        known |= {"DEBIAN_FRONTEND": "noninteractive", "npm_config_cache": f"{home}/.cache/npm"}
        known |= {name: os.environ[name] for name in TOLD if name in os.environ}
        return [*enter, *net, *become, "env", "-i", *(f"{name}={value}" for name, value in known.items())]

    def command(self, line: str, user: str = "root", network: bool = False, text: str = "") -> str:
        """Run it. Returns what it printed; raises AssertionError, with that, if it failed."""
        done = subprocess.run(
            [*self.entered(user, network), "setsid", "--wait", "bash", "--login", "-ec", f"cd /\n{line}"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout + done.stderr

    def logs(self) -> str:
        """The last lines of every service's log."""
        files = [*self.path("/run/units").glob("*.log"), *self.path("/var/log/nginx").glob("*.log")]
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-1500:]}" for file in files)

    def __exit__(self, *_: object) -> None:
        self.holder.kill()
        self.holder.wait()
        end = time.monotonic() + 30
        while Path(f"/proc/{self.first}").exists() and time.monotonic() < end:
            time.sleep(0.02)
        shutil.rmtree(self.folder, ignore_errors=True)


class Terminal:
    """Somebody at a terminal of a root, who pastes commands."""

    def __init__(self, root: Root, user: str = "root") -> None:
        root.terminals += 1
        self.root, self.user, self.state = root, user, f"/run/terminals/{user}-{root.terminals}"

    def _script(self, command: str) -> str:
        return TERMINAL.format(state=self.state, command=command)

    def paste(self, *commands: str, text: str = "") -> str:
        """Run commands one after another. Returns what they printed."""
        printed = ""
        for command in commands:
            before = self._wanted()
            printed += self.root.command(
                self._script(command), self.user, network=INSTALLS.search(command) is not None, text=text
            )
            print(f"ok   {self.user}: {command}", flush=True)
            for unit in sorted(self._wanted() - before):
                printed += self.root.command(f"systemctl start {unit} 2>&1 || true")  # as Debian's packages do
        return printed

    def _wanted(self) -> set[str]:
        """The services that start with the machine."""
        folder = self.root.path(WANTED)
        return {path.name for path in folder.glob("*.service")} if folder.exists() else set()

    @contextlib.contextmanager
    def serving(self, command: str, network: bool = False) -> Iterator[Path]:
        """Run it until Ctrl+C, which is pressed at the end. Yields the file with what it prints."""
        log = self.root.folder / "printed"
        script = self._script(f"echo $$ > {self.state}.process\n{command}")
        words = [*self.root.entered(self.user, network), "setsid", "--wait", "bash", "--login", "-ec", script]
        with log.open("wb") as file:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True)
        try:
            yield log
            assert process.poll() is None, f"{command} ended:\n{log.read_text()[-3000:]}"
            print(f"ok   {self.user}: {command}", flush=True)
        finally:
            if process.poll() is None:
                self.root.command(f"kill -INT -- -$(cat {shlex.quote(self.state)}.process)")
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
