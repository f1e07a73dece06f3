#!/usr/bin/python3
"""Stands in for systemd's systemctl where no systemd runs: starts what a unit says, as its user, and stops it again.

It knows what the units of the trial use. Of what confines a service it sets the user, the umask and that no rights are
gained; the rest of the sandbox is systemd's own and is not tried.
"""

import contextlib
import glob
import grp
import json
import os
import pwd
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

RUNNING = Path("/run/units")
FOLDERS = [Path("/etc/systemd/system"), Path("/lib/systemd/system")]
PATIENCE = 60.0
DIRECTORIES = {
    "StateDirectory": "/var/lib",
    "RuntimeDirectory": "/run",
    "LogsDirectory": "/var/log",
    "CacheDirectory": "/var/cache",
}


class Unit:
    def __init__(self, name):
        self.name = name if "." in name else f"{name}.service"
        stem, _, self.kind = self.name.rpartition(".")
        self.prefix, at, self.instance = stem.partition("@")
        files = [self.name, f"{self.prefix}@.{self.kind}"] if at else [self.name]
        paths = [folder / file for file in files for folder in FOLDERS]
        self.path = next((path for path in paths if path.exists()), None)
        if self.path is None:
            sys.exit(f"Failed: unit {self.name} not found.")
        self.settings = self._read(self.path.read_text())

    def _read(self, text):
        settings = {}
        for line in text.replace("\\\n", " ").splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.lstrip().startswith(("#", ";")):
                value = re.sub("%([inpt%])", lambda found: self._specified(found[1]), value.strip())
                settings[key.strip()] = [*settings.get(key.strip(), []), value] if value else []
        return settings

    def _specified(self, letter):
        return {"i": self.instance, "n": self.name, "p": self.prefix, "t": "/run", "%": "%"}[letter]

    def get(self, key, default=""):
        return (self.settings.get(key) or [default])[-1]

    @property
    def state(self):
        return RUNNING / f"{self.name}.json"

    def pid(self):
        """The main process, if it runs."""
        if self.get("PIDFile") and Path(self.get("PIDFile")).exists():
            found = Path(self.get("PIDFile")).read_text().split()
            return int(found[0]) if found and alive(int(found[0])) else None
        if self.state.exists():
            found = json.loads(self.state.read_text())
            return found if alive(found) else None
        return None

    def environ(self):
        found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8"}
        for line in self.settings.get("Environment", []):
            found |= dict(word.split("=", 1) for word in shlex.split(line))
        for file in self.settings.get("EnvironmentFile", []):
            if file.startswith("-") and not Path(file[1:]).exists():
                continue
            for line in Path(file.lstrip("-")).read_text().splitlines():
                if "=" in line and not line.lstrip().startswith(("#", ";")):
                    key, value = line.split("=", 1)
                    found[key.strip()] = "".join(shlex.split(value)) if value[:1] in "'\"" else value.strip()
        return found

    def folders(self):
        """Make the folders that belong to the service."""
        owner = pwd.getpwnam(self.get("User", "root"))
        group = grp.getgrnam(self.get("Group")).gr_gid if self.get("Group") else owner.pw_gid
        for key, top in DIRECTORIES.items():
            for name in self.get(key).split():
                path = Path(top, name)
                path.mkdir(parents=True, exist_ok=True)
                os.chown(path, owner.pw_uid, group)
                path.chmod(int(self.get(f"{key}Mode", "0755"), 8))
        return owner, group

    def run(self, line, wait):
        """Run one of its Exec lines. Returns the process."""
        marks = re.match(r"[-@+!:]*", line)[0]
        owner, group = self.folders()
        environ = self.environ()
        user = None if "+" in marks or "!" in marks or not self.get("User") else owner
        if user:
            environ |= {"USER": user.pw_name, "LOGNAME": user.pw_name, "HOME": environ.get("HOME", user.pw_dir)}
        words = []
        for word in shlex.split(line[len(marks) :]):
            if alone := re.fullmatch(r"\$(\w+)", word):
                words += environ.get(alone[1], "").split()
            else:
                words.append(re.sub(r"\$\{(\w+)\}", lambda found: environ.get(found[1], ""), word))
        if user:
            rights = [f"+{name.removeprefix('CAP_').lower()}" for name in self.get("AmbientCapabilities").split()]
            kept = [f"--{which}-caps={','.join(rights)}" for which in ("inh", "ambient") if rights]
            words = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={group}", "--init-groups", *kept, *words]
        with (RUNNING / f"{self.name}.log").open("ab") as log:
            process = subprocess.Popen(
                words,
                cwd=self.get("WorkingDirectory", "/").lstrip("-").replace("~", owner.pw_dir),
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=int(self.get("UMask", "0022"), 8),
            )
        if wait and process.wait() and "-" not in marks:
            self.fail(process.returncode)
        return process

    def fail(self, code):
        log = (RUNNING / f"{self.name}.log").read_text(errors="replace")[-3000:]
        sys.exit(f"Job for {self.name} failed with {code}:\n{log}")

    def start(self):
        if self.kind == "timer":
            service, when = self.get("Unit", f"{self.prefix}.service"), self.get("OnCalendar") or self.get("OnUnitActiveSec")
            print(f"no systemd here: {self.name} would start {service} at {when}")
            return
        if self.pid() is None:
            print(f"no systemd here: starting what {self.name} says, as {self.get('User', 'root')}")
            for line in self.settings.get("ExecStartPre", []):
                self.run(line, wait=True)
            kind = self.get("Type", "simple")
            for line in self.settings.get("ExecStart", []):
                process = self.run(line, wait=kind in ("oneshot", "forking"))
            if kind not in ("oneshot", "forking"):
                self.state.write_text(json.dumps(process.pid))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.fail(process.wait(0.5))
        if self.prefix == "postgresql" and not self.instance:
            for cluster in glob.glob("/etc/postgresql/*/*"):
                Unit("postgresql@" + "-".join(cluster.split("/")[-2:])).start()

    def stop(self):
        if self.prefix == "postgresql" and not self.instance:
            for file in RUNNING.glob("postgresql@*.log"):
                Unit(file.name[:-4]).stop()
        pid = self.pid()
        if pid is None:
            return
        group = os.getpgid(pid)
        for line in self.settings.get("ExecStop", []):
            self.run(line, wait=True)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, getattr(signal, self.get("KillSignal", "SIGTERM")))
        end = time.monotonic() + PATIENCE
        while alive(pid) and time.monotonic() < end:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)

    def reload(self):
        if self.pid() is None:
            sys.exit(f"{self.name} is not active, cannot reload.")
        for line in self.settings.get("ExecReload", []):
            self.run(line.replace("$MAINPID", str(self.pid())), wait=True)


def alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def named(pattern):
    if "*" not in pattern:
        return [Unit(pattern)]
    return [Unit(file.name[:-4]) for file in RUNNING.glob("*.log") if re.match(pattern.replace("*", ".*"), file.name)]


def main():
    action, *words = sys.argv[1:]
    RUNNING.mkdir(exist_ok=True)
    names = [word for word in words if not word.startswith("-")]
    now = "--now" in words
    for unit in [unit for name in names for unit in named(name)]:
        if action in ("stop", "restart") or (action == "disable" and now):
            unit.stop()
        if action in ("start", "restart") or (action == "enable" and now):
            unit.start()
        if action == "reload":
            unit.reload()
        if action == "is-active":
            print("active" if unit.pid() else "inactive")
    known = {"start", "stop", "restart", "reload", "enable", "disable", "is-active", "daemon-reload"}
    if action not in known:
        sys.exit(f"The stand-in for systemctl does not know {action}.")


if __name__ == "__main__":
    main()
