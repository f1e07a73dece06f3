"""Recovery codes: each replaces the code of an authenticator app once, for whoever has lost the phone.

A code has 120 random bits, so that its bare SHA-256 is safe to store (NIST SP 800-63B-4, 3.1.2.2: 112 bits or more).
"""

import base64
import hashlib
import hmac
import secrets

HOW_MANY = 10
LETTERS, GROUP = 24, 4


def new_codes(secret: str, key: str) -> list[str]:
    """Ten codes. With the same key and the same authenticator's secret they are the same, for a request sent again."""
    seed = hmac.digest(key.encode(), secret.encode(), "sha256") if key else secrets.token_bytes(32)
    return [_spaced(hmac.digest(seed, str(number).encode(), "sha256")) for number in range(HOW_MANY)]


def read_code(typed: str) -> str | None:
    """The SHA-256 of a code as somebody types it; None if it is none."""
    letters = "".join(char for char in typed.upper() if char.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest() if len(letters) == LETTERS and letters.isascii() else None


def _spaced(digest: bytes) -> str:
    letters = base64.b32encode(digest).decode()[:LETTERS]
    return "-".join(letters[start : start + GROUP] for start in range(0, LETTERS, GROUP))
