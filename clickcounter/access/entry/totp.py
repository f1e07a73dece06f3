"""One-time codes of authenticator apps, by RFC 6238: six digits from HMAC-SHA-1, a new code every 30 seconds.

These are the parameters that every such app has by default; some ignore all others. With them it is five lines of hmac.
"""

import base64
import hmac
import secrets
import struct
from urllib.parse import quote

STEP = 30_000  # ms
DIGITS = 6
SECRET_BYTES = 20  # as RFC 4226 recommends
DRIFT = 1  # steps that a phone's clock may be off, to either side
ISSUER = "Click Counter"


def new_secret() -> str:
    """A new secret, in the form in which people type it into an app."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: object) -> bool:
    """Whether `new_secret` could have made it."""
    if not isinstance(text, str) or len(text) != SECRET_BYTES * 8 // 5:
        return False
    try:
        return len(base64.b32decode(text)) == SECRET_BYTES
    except ValueError:
        return False


def code_at(secret: str, step: int) -> str:
    """The code of one step of 30 seconds since 1970."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0xF
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return str((number & 0x7FFF_FFFF) % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, code: str, now: int) -> int | None:
    """The step around now whose code this is; None if it is none of them."""
    current = now // STEP
    steps = range(current - DRIFT, current + DRIFT + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return found[-1] if found else None


def address_of(secret: str, name: str) -> str:
    """What the QR code for an app says."""
    return f"otpauth://totp/{quote(f'{ISSUER}:{name}')}?secret={secret}&issuer={quote(ISSUER)}"
