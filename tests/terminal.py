"""`python -m clickcounter`, `python -m alembic` and `reflex` as from a terminal, with no input."""

import os
import subprocess

from tests.preloaded import Forked, preloaded


def terminal(db_url: str, *words: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m clickcounter WORDS…` on this database."""
    return _run("clickcounter", db_url, words, environ)


def begin(db_url: str, *words: object, **environ: str) -> Forked:
    """Start the same without waiting for it; what it prints is dropped."""
    return preloaded().begin(["clickcounter", *map(str, words)], os.environ | {"REFLEX_DB_URL": db_url} | environ)


def alembic(db_url: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `python -m alembic WORDS…` on this database."""
    return _run("alembic", db_url, words, {})


def reflex(db_url: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `reflex WORDS…` on this database."""
    return _run("reflex", db_url, words, {})


def _run(module: str, db_url: str, words: tuple[object, ...], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"REFLEX_DB_URL": db_url} | environ
    return preloaded().run([module, *map(str, words)], environ, timeout=300)
