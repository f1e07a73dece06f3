"""Checks an ID token: who somebody is, as the provider signed it for us, for this very sign-in.

Imported only where there is a provider: Authlib and what it needs take 20 MB.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry, extract_compact

from clickcounter.access.oidc.http_client import ProviderFailed
from clickcounter.access.oidc.identities import Identity

# Signed with a key that only the provider has. Without "none", and without HS256, whose key we would share.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
LONGEST = 32 * 1024  # characters
LONGEST_SUBJECT = 255
MOST_KEYS = 100
LEEWAY = 60  # seconds by which two clocks may differ
OLDEST = 600  # seconds since it was issued: it comes directly from the provider


class _Algorithms(JWSRegistry):
    """Those. Providers still write EdDSA, which names a kind of them; the one that they mean is Ed25519, see RFC 9864."""

    def get_alg(self, name: str) -> JWSAlgModel:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str


def key_set(document: Mapping[str, Any]) -> KeySet:
    """The keys of a JWKS; those that we cannot use are left out. Raises ProviderFailed."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise ProviderFailed("the provider's keys are no JWKS")
    keys = []
    for each in listed[:MOST_KEYS]:
        if not isinstance(each, dict) or each.get("use", "sig") != "sig" or each.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        try:
            keys.append(import_key(each))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    if not keys:
        raise ProviderFailed("the provider has no key that can be used")
    return KeySet(keys)


def names_key(token: object, keys: KeySet) -> bool:
    """Whether the key that the token names is among these. Raises ProviderFailed."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise ProviderFailed("the provider gave no ID token, or one of no reasonable length")
    try:
        kid = extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, RecursionError) as error:
        raise ProviderFailed(f"the ID token is malformed: {error}") from error
    return kid is None or any(key.kid == kid for key in keys)


def read(token: str, keys: KeySet, expected: Expected, access_token: object, now: float) -> Identity:
    """Who the token is about. Raises ProviderFailed if anything about it is wrong."""
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "nonce": {"essential": True},
        "sub": {"essential": True},
    }
    params = {"client_id": expected.client_id, "nonce": expected.nonce, "access_token": _text(access_token)}
    try:
        decoded = jwt.decode(token, keys, registry=_Algorithms(algorithms=ALGORITHMS))
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(now=int(now), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ProviderFailed(f"the ID token is not valid: {type(error).__name__} {error}") from error
    nonce, subject = claims["nonce"], claims["sub"]
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise ProviderFailed("the ID token is for another sign-in")
    if now - claims["iat"] > OLDEST + LEEWAY:
        raise ProviderFailed("the ID token was issued long ago")
    if not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isascii() or not subject.isprintable():
        raise ProviderFailed("the ID token names nobody")
    return Identity(expected.issuer, subject, _names(claims))


def _names(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """What to call somebody, best first. Everybody sees an account's name, so an e-mail address is none."""
    found = [_text(claims.get(claim))[:200] for claim in ("preferred_username", "name", "nickname")]
    return (
        *(name for name in found if name and "@" not in name),
        *(name.partition("@")[0] for name in found if "@" in name),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
