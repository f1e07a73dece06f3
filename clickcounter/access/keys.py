"""API keys: how programs say who they are.

A key is shown once, when it is made; the database holds its SHA-256. It is random enough that a plain hash is safe.
"""

import hashlib
import re
import secrets
import string

from clickcounter.domain.clicks import Caller
from clickcounter.errors import Refused

READ, PRESS, MANAGE = "read", "press", "manage"
SCOPES = (READ, PRESS, MANAGE)  # each allows what those before it allow

_ALPHABET = string.ascii_letters + string.digits
_RANDOM = 32  # characters: 190 bits
_TEXT = re.compile(rf"cc_[{''.join(scope[0] for scope in SCOPES)}]_[A-Za-z0-9]{{{_RANDOM}}}", re.ASCII)


def new_text(scope: str) -> str:
    """A new key's text, such as `cc_p_…`: its third letter is that of its scope."""
    return f"cc_{scope[0]}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))


def sha256_of(text: str) -> str:
    """The hash of a key's text, as stored. Raises Refused if no key looks like that."""
    if _TEXT.fullmatch(text) is None:
        raise Refused("key_invalid")
    return hashlib.sha256(text.encode()).hexdigest()


def device_of(key_sha256: str) -> str:
    """The hash of the secret of the key's own device, which its presses belong to. Nobody knows the secret."""
    return hashlib.sha256(f"device of {key_sha256}".encode()).hexdigest()


def caller_with(text: str) -> Caller:
    """The caller who sent this key; whether it is valid is decided in each transaction. Raises Refused."""
    key = sha256_of(text)
    return Caller(None, device_of(key), key)
