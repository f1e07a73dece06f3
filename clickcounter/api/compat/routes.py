"""The addresses that exist where an instance opens namespaces to old clients; otherwise none."""

from collections.abc import Sequence

from starlette.routing import Route

from clickcounter.api.compat.abacus import Abacus
from clickcounter.api.compat.countapi import CountApi
from clickcounter.api.compat.front import Front


def routes(namespaces: Sequence[str], api: str) -> list[Route]:
    """The addresses of Abacus or of CountAPI, for these namespaces."""
    if not namespaces:
        return []
    front = Front()
    return CountApi(front, namespaces).routes() if api == "countapi" else Abacus(front, namespaces).routes()
