"""What is asked of the provider: where it is, its keys, and who somebody is for the code that they come back with."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet

from clickcounter.access.oidc import id_token
from clickcounter.access.oidc.attempt import Attempt
from clickcounter.access.oidc.http_client import Client, ProviderFailed
from clickcounter.access.oidc.id_token import Expected
from clickcounter.access.oidc.identities import Identity
from clickcounter.access.oidc.remembered import Remembered
from clickcounter.access.oidc.settings import LOOPBACK, OidcSettings

KEYS_AGAIN = 60.0  # seconds in which a token with an unknown key makes nobody read the keys again
MOST_EXCHANGES = 16  # at a time
WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where the provider is."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str
    says_issuer: bool  # an answer to us names the provider, see RFC 9207


class Provider:
    """One OpenID Connect provider."""

    def __init__(
        self, settings: OidcSettings, client: Client | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._client, self._exchanging = settings, client or Client(), 0
        self._metadata = Remembered(self._read_metadata, clock)
        self._keys = Remembered(self._read_keys, clock)

    async def address(self, attempt: Attempt, session: str | None, *, again: bool = False) -> str:
        """Where the browser goes to sign in; `again`: also if it is signed in there already. Raises ProviderFailed."""
        metadata = await self._metadata.get()
        asked = {
            "redirect_uri": attempt.redirect_uri,
            "scope": self._settings.scopes,
            "state": attempt.state(session),
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
            "prompt": "login" if again else None,
        }
        at = metadata.authorization_endpoint
        return str(prepare_grant_uri(at, self._settings.client_id, "code", **asked))

    async def require_issuer(self, issuer: str | None) -> None:
        """Check who sent the browser back, where that is said: another provider's code is not for this one."""
        if issuer != self._settings.issuer and (issuer is not None or (await self._metadata.get()).says_issuer):
            raise ProviderFailed(f"the browser comes back from another provider, {str(issuer)[:200]!r}")

    async def identity(self, code: str, attempt: Attempt, now: float) -> Identity:
        """Who came back with this code. Raises ProviderFailed."""
        if self._exchanging >= MOST_EXCHANGES:
            raise ProviderFailed("too many sign in at once")
        self._exchanging += 1
        try:
            answer = await self._exchange(await self._metadata.get(), code, attempt)
            keys, token = await self._keys.get(), answer.get("id_token")
            if not id_token.names_key(token, keys):
                keys = await self._keys.get(KEYS_AGAIN)
            expected = Expected(self._settings.issuer, self._settings.client_id, attempt.nonce)
            return id_token.read(str(token), keys, expected, answer.get("access_token"), now)
        finally:
            self._exchanging -= 1

    async def _exchange(self, metadata: Metadata, code: str, attempt: Attempt) -> dict[str, Any]:
        form = prepare_token_request(
            "authorization_code", code=code, redirect_uri=attempt.redirect_uri, code_verifier=attempt.verifier
        )
        auth = ClientAuth(self._settings.client_id, self._settings.client_secret, metadata.auth_method)
        url, headers, form = auth.prepare("POST", metadata.token_endpoint, {}, form)
        return await self._client.post(url, headers, form)

    async def _read_metadata(self) -> Metadata:
        found = await self._client.get(self._settings.issuer.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != self._settings.issuer:
            raise ProviderFailed(f"the provider calls itself {str(found.get('issuer'))[:200]!r}")
        authorization, token, keys = (
            self._endpoint(found.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        )
        known = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        says_issuer = found.get("authorization_response_iss_parameter_supported") is True
        return Metadata(authorization, token, keys, self._auth_method(known), says_issuer)

    def _auth_method(self, known: object) -> str:
        if not self._settings.client_secret:
            return "none"
        basic = not isinstance(known, list) or "client_secret_basic" in known or "client_secret_post" not in known
        return "client_secret_basic" if basic else "client_secret_post"

    def _endpoint(self, url: object) -> str:
        """An address of the provider, no less safe than the one that names it. Raises ProviderFailed."""
        try:
            found = urlsplit(url if isinstance(url, str) and len(url) <= 2_000 and url.isprintable() else "")
            here = found.hostname in LOOPBACK and self._settings.issuer.startswith("http:")
            usable = bool(found.hostname) and "@" not in found.netloc and not found.fragment
        except ValueError:
            usable = False
        if not usable or not (found.scheme == "https" or (found.scheme == "http" and here)):
            raise ProviderFailed(f"the provider names an address that cannot be used, {str(url)[:200]!r}")
        return str(url)

    async def _read_keys(self) -> KeySet:
        return id_token.key_set(await self._client.get((await self._metadata.get()).jwks_uri))
