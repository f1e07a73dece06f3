"""What a proxy has to tell the back end about a visitor: the host name, the scheme, the address."""

import os
from urllib.parse import SplitResult

from clickcounter.cli.doctor.findings import Finding, note, ok, wrong

HOPS = "REFLEX_TRUSTED_PROXY_HOPS"


def host_seen(visited: SplitResult, host: str) -> Finding:
    """Whether the back end knows the name by which it is called; pages of another origin are refused."""
    if host.lower() == visited.netloc.lower():
        return ok("host", "The back end sees the visitors' host name.")
    advice = "The proxy must pass it on (nginx: proxy_set_header Host $http_host)."
    if host.partition(":")[0].lower() == (visited.hostname or ""):
        return note("host", f"The back end sees {host} instead of {visited.netloc}.", advice)
    advice += " Otherwise put the origin into REFLEX_CORS_ALLOWED_ORIGINS; links in previews stay wrong."
    return wrong("host", f"The back end sees {host or 'no name'} instead of {visited.netloc}.", advice)


def scheme_seen(visited: SplitResult, scheme: str) -> Finding:
    """Whether the back end knows that visitors come by https: cookies and links depend on it."""
    if scheme == visited.scheme:
        return ok("scheme", f"The back end sees {scheme}.")
    advice = "The proxy that visitors reach must set X-Forwarded-Proto, and others pass it on."
    return wrong("scheme", f"The back end sees {scheme} instead of {visited.scheme}.", advice)


def hops_seen(proxies: int) -> Finding:
    """Whether limits count visitors, not proxies. We sent no address ourselves; each proxy adds one."""
    trusted = int(os.environ.get(HOPS) or 0)
    said = f"{proxies} proxies add to X-Forwarded-For, and {HOPS} is {trusted}"
    if proxies == trusted:
        return ok("proxies", f"{said}.")
    if proxies > trusted:
        return wrong("proxies", f"{said}: all visitors share one address and its limits.", f"Set {HOPS}={proxies}.")
    return wrong("proxies", f"{said}: visitors can choose their address.", f"Set {HOPS}={proxies}.")
