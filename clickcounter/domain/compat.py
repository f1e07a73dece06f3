"""How programs written for Abacus or CountAPI name a counter, and what they may say about a new one."""

import re
from dataclasses import dataclass

NAME = re.compile(r"[A-Za-z0-9_.-]{3,64}", re.ASCII)  # as both services have it
DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class CompatName:
    """A namespace and a key. Both are case-sensitive, and both match NAME."""

    namespace: str
    key: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.key}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said about a new counter: its first value, its admin key, and what anybody may do without one."""

    value: int = 0
    admin_sha256: str | None = None
    may_set: bool = False
    least: int = -1  # bounds of what anybody may add
    most: int = 1


@dataclass(frozen=True, slots=True)
class CompatCounterState:
    """A counter behind such a name, as it is now. `private` if a superuser has made it members-only."""

    slug: str
    value: int
    created_at: int
    terms: Terms
    private: bool = False
