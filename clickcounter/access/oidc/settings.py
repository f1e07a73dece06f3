"""The provider, from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from clickcounter.errors import SettingInvalid

ISSUER, CALLBACK = "CLICKCOUNTER_OIDC_ISSUER", "CLICKCOUNTER_OIDC_CALLBACK"
CLIENT_ID, CLIENT_SECRET = "CLICKCOUNTER_OIDC_CLIENT_ID", "CLICKCOUNTER_OIDC_CLIENT_SECRET"
NAME, SCOPE_LIST = "CLICKCOUNTER_OIDC_NAME", "CLICKCOUNTER_OIDC_SCOPES"
SCOPES = "openid profile"
SCOPE = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")  # as RFC 6749 spells them
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LONGEST_ISSUER = 500  # characters
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """An OpenID Connect provider, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str  # "" for a public client
    name: str  # the provider's, on the button
    scopes: str
    callback: str  # the whole address that the provider sends people back to; "": the page's own host says it


def from_environment(environ: Mapping[str, str] = os.environ) -> OidcSettings | None:
    """Read the settings; None without a provider. Raises SettingInvalid, which names the variable and what it may be."""
    given = {name: environ.get(name, "").strip() for name in (ISSUER, CLIENT_ID, CLIENT_SECRET, NAME, SCOPE_LIST, CALLBACK)}
    if not any(given.values()):
        return None
    issuer = _address(given[ISSUER], ISSUER)
    if not given[CLIENT_ID]:
        raise SettingInvalid(f"{CLIENT_ID} must be the name by which the provider knows this server.")
    name = given[NAME] or str(urlsplit(issuer).hostname)[:LONGEST_NAME]
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise SettingInvalid(f"{NAME} must be 1 to {LONGEST_NAME} characters, for a button.")
    scopes = given[SCOPE_LIST] or SCOPES
    if not SCOPE.fullmatch(scopes) or "openid" not in scopes.split(" "):
        raise SettingInvalid(f"{SCOPE_LIST} must list scopes, openid among them, such as {SCOPES!r}.")
    callback = _address(given[CALLBACK], CALLBACK) if given[CALLBACK] else ""
    return OidcSettings(issuer, given[CLIENT_ID], given[CLIENT_SECRET], name, scopes, callback)


def _address(text: str, name: str) -> str:
    try:
        found = urlsplit(text)
        bare = not (found.query or found.fragment or "@" in found.netloc) and found.port != 0 and len(text) <= LONGEST_ISSUER
        usable = found.scheme == "https" or (found.scheme == "http" and found.hostname in LOOPBACK)
    except ValueError:
        usable = bare = False
    if not (usable and bare and found.hostname and text.isprintable() and " " not in text):
        raise SettingInvalid(
            f"{name} must be an address that begins with https:// (http:// on localhost alone), not {text!r}."
        )
    return text
