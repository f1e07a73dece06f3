"""Proxies in front of the app, with the samples of deploy/: nginx, Caddy and HAProxy."""

import os
import re
import shutil
from pathlib import Path

from tests.server import ROOT, Process, listens, wait_for

DEPLOY = ROOT / "deploy"
# "person" with the password "open sesame", as `openssl passwd -apr1` writes it
PASSWORDS = "person:$apr1$click$wV5YDeJhpy5SmrzkNvmka0\n"
PERSON, PASSWORD = "person", "open sesame"


class FrontDoor(Process):
    """A proxy; `ports` are those on which it listens."""

    def __init__(self, command: list[str], folder: Path, *ports: int, **environ: str) -> None:
        super().__init__(command, folder / f"{Path(command[0]).name}.log", **environ)
        self.ports = ports

    def wait(self) -> None:
        """Wait until it listens everywhere."""
        wait_for(lambda: all(map(listens, self.ports)), f"it listens:\n{self.printed()}")


def nginx(folder: Path, port: int, server: int, guarded: int, root: int) -> FrontDoor:
    """nginx with deploy/nginx-path.conf in front of the server on this port; on the port `guarded` it asks for a password.

    The server on the port `root` is at the root of the same origin.
    """
    folder.mkdir()
    (folder / "passwords").write_text(PASSWORDS)
    sample = (DEPLOY / "nginx-path.conf").read_text()
    sample = sample.replace(":3000", f":{server}").replace("/var/log/nginx/access.log", f"{folder}/access.log")
    maps, _, server_block = sample.partition("\nserver {")
    first = f"\nserver {{\n{_at_root(root)}" + server_block.replace("listen 80;", f"listen {port};")
    auth = f'listen {guarded}; auth_basic "the door"; auth_basic_user_file {folder}/passwords;'
    second = "\nserver {" + server_block.replace("listen 80;", auth)
    main = f"""daemon off; pid {folder}/pid; error_log {folder}/error.log;
    {"user root;" if os.geteuid() == 0 else ""}
    events {{ }}
    http {{
        client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
        uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
        {maps}{first}{second}
    }}"""
    (folder / "nginx.conf").write_text(main)
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return FrontDoor([program, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"], folder, port, guarded)


def _at_root(root: int) -> str:
    """The same proxying for another instance, at the root."""
    return f"""location / {{
        proxy_pass http://127.0.0.1:{root};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $clickcounter_connection;
        proxy_set_header Host $http_host;
    }}"""


def caddy(folder: Path, port: int, server: int, safe: int, root: int) -> FrontDoor:
    """Caddy with deploy/Caddyfile: below a path on one port, over plain http; a server at its root over https on another."""
    folder.mkdir()
    sample = (DEPLOY / "Caddyfile").read_text()
    at_root, below = re.findall(r"^[\w.]+ (\{.*?^\})", sample, re.M | re.S)
    options = ["admin off", "auto_https disable_redirects", "skip_install_trust", f"storage file_system {folder}/storage"]
    site = at_root.replace(":3000", f":{root}").replace("{\n", "{\n\ttls internal\n", 1)
    plain = f"http://localhost:{port} {below.replace(':3000', f':{server}')}"
    (folder / "Caddyfile").write_text("\n".join(["{", *options, "}", plain, f"https://localhost:{safe} {site}", ""]))
    home = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(folder))
    command = [shutil.which("caddy") or "/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]
    return FrontDoor(command, folder, port, safe, **home)


def haproxy(folder: Path, port: int, server: int) -> FrontDoor:
    """HAProxy with deploy/haproxy.cfg."""
    folder.mkdir()
    sample = (DEPLOY / "haproxy.cfg").read_text().replace("bind :80", f"bind :{port}").replace(":3000", f":{server}")
    (folder / "haproxy.cfg").write_text(sample)
    return FrontDoor([shutil.which("haproxy") or "/usr/sbin/haproxy", "-f", f"{folder}/haproxy.cfg"], folder, port)
