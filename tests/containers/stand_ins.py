"""Stand-ins for the images that come from the internet: the same names, made of Debian's packages.

They have the same users, folders, programs and settings as far as our files need them.
"""

import hashlib
import os
import re
import subprocess
from pathlib import Path

from tests.containers.engine import Engine
from tests.server import ROOT

SUITE = "bookworm"
TOLD = ("PIP_CERT", "NODE_EXTRA_CA_CERTS", "PIP_INDEX_URL", "NPM_CONFIG_REGISTRY")  # how this machine reaches the indexes
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What Debian's slim images leave out below /usr/share, and what they keep of it.
LEFT_OUT = ("doc/*", "groff/*", "info/*", "linda/*", "lintian/overrides/*", "locale/*", "man/*")
KEPT = (
    "doc/*/copyright",
    *(f"locale/{part}" for part in ("all_languages", "currency/*", "l10n/*", "languages", "locale.alias")),
)
# Debian's images are merged from the start; usrmerge, which does that later, would bring the whole of Perl.
MERGED = "/usr/share/mmdebstrap/hooks/merged-usr"
ROOTS = {
    "debian": "usr-is-merged",
    "servers": "usr-is-merged,busybox,nginx-light,postgresql-15,redis-server",
}
NGINX = """pid /tmp/nginx.pid;
error_log /dev/stderr notice;
events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
    sendfile on;
    keepalive_timeout 65;
    include /etc/nginx/conf.d/*.conf;
}"""
POSTGRES = """#!/bin/sh
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 --auth-local=trust \\
        --encoding=UTF8 --locale=C.UTF-8
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    pg_ctl -w -o "-c listen_addresses=" start
    createdb --username="$POSTGRES_USER" --host=/var/run/postgresql "$POSTGRES_USER"
    pg_ctl -w -m fast stop
fi
exec postgres -c listen_addresses='*'
"""
STEPS = {  # how each image differs from its root
    "debian": ("debian",),
    "nginxinc/nginx-unprivileged": (
        "servers",
        "RUN useradd --non-unique --uid 101 nginx",
        "RUN ln -s /bin/busybox /usr/local/bin/wget && rm -rf /etc/nginx/sites-enabled /etc/nginx/modules-enabled",
        "RUN ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log",
        "COPY nginx.conf /etc/nginx/nginx.conf",
        "USER 101",
        "STOPSIGNAL SIGQUIT",
        'CMD ["nginx", "-g", "daemon off;"]',
    ),
    "postgres": (
        "servers",
        "RUN groupmod -g 70 postgres && usermod -u 70 -g 70 postgres",
        "RUN install -d -o 70 -g 70 -m 700 /var/lib/postgresql/data && install -d -o 70 -g 70 /var/run/postgresql",
        "ENV PGDATA=/var/lib/postgresql/data PATH=/usr/lib/postgresql/15/bin:/usr/bin:/bin",
        "COPY postgres.sh /usr/local/bin/entrypoint",
        "RUN chmod 755 /usr/local/bin/entrypoint",
        "STOPSIGNAL SIGINT",
        'VOLUME ["/var/lib/postgresql/data"]',
        'ENTRYPOINT ["/usr/local/bin/entrypoint"]',
    ),
    "valkey/valkey": (
        "servers",
        "RUN ln -s /usr/bin/redis-server /usr/local/bin/valkey-server && ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli",
        # The real one listens everywhere without a password, too.
        "RUN printf '#!/bin/sh\\nexec \"$@\" --bind 0.0.0.0 --protected-mode no\\n' > /usr/local/bin/entrypoint",
        "RUN chmod 755 /usr/local/bin/entrypoint",
        "WORKDIR /data",
        'VOLUME ["/data"]',
        'ENTRYPOINT ["/usr/local/bin/entrypoint"]',
    ),
}


def named() -> list[str]:
    """The images that the files in deploy/ take from elsewhere."""
    dockerfile, compose = ((ROOT / "deploy" / name).read_text() for name in ("Dockerfile", "compose.yaml"))
    stages = set(re.findall(r" AS ([\w-]+)$", dockerfile, re.M))
    built = {"clickcounter", "clickcounter-front"}
    return sorted(
        {*re.findall(r"^FROM (\S+)", dockerfile, re.M)} - stages | {*re.findall(r"^ +image: (\S+)", compose, re.M)} - built
    )


def make(engine: Engine, folder: Path) -> None:
    """Make a stand-in for every image that is not there yet."""
    for image in named():
        kind, *steps = STEPS[image.partition(":")[0]]
        base = _root(engine, kind, folder)
        context = folder / "context"
        context.mkdir(exist_ok=True)
        (context / "nginx.conf").write_text(NGINX)
        (context / "postgres.sh").write_text(POSTGRES)
        known = [f"ENV {name}={os.environ[name]}" for name in TOLD if kind == "debian" and name in os.environ]
        (context / "Dockerfile").write_text("\n".join([f"FROM {base}", *known, *steps, ""]))
        engine.docker("build", "--network", "host", "--tag", image, str(context))


def _root(engine: Engine, name: str, folder: Path) -> str:
    """An image with these of Debian's packages, and the certificates that this machine trusts."""
    packages = ROOTS[name]
    places = (CERTIFICATES, "/usr/local/share/ca-certificates/machine.crt")  # the second for a package that comes later
    trusted = [f"--customize-hook=install -D -m 644 {CERTIFICATES} $1{place}" for place in places]
    image = f"debian-{name}:{hashlib.sha256(repr(('slim', packages, trusted)).encode()).hexdigest()[:12]}"
    if not engine.has(image):
        print(f"mmdebstrap: {packages}", flush=True)
        archive = folder / f"{name}.tar"
        bare = '--aptopt=Apt::Install-Recommends "false"'
        slim = [f"--dpkgopt=path-exclude=/usr/share/{part}" for part in LEFT_OUT]
        slim += [f"--dpkgopt=path-include=/usr/share/{part}" for part in KEPT]
        merged = (f"--hook-dir={MERGED}", f"--include={packages}")
        subprocess.run(
            [
                *("mmdebstrap", "--quiet", "--variant=minbase", bare, *merged, *slim, *trusted),
                *(SUITE, archive, "http://deb.debian.org/debian"),
            ],
            check=True,
        )
        engine.docker("import", str(archive), image)
        archive.unlink()
    return image
