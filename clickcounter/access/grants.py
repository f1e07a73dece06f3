"""What a caller may do with a counter, decided from what access/authorization.py has read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clickcounter.access.keys import MANAGE, PRESS, Key
from clickcounter.access.sessions import User
from clickcounter.database.rows import AccessRow
from clickcounter.domain.clicks import Caller
from clickcounter.domain.rights import AccessPolicy, Principal, Rights, rights_of
from clickcounter.errors import Refused

_never_everybodys: set[str] = set()  # slugs
NO_RIGHTS, ALL_RIGHTS = Rights(*[False] * 5), Rights(*[True] * 5)
ERROR_CODES = {
    "view": "members_only",
    "press": "not_allowed",
    "manage": "not_owner",
    "admit": "not_owner",
    "claim": "not_yours",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A caller's relation to a counter, and the rights that follow from it. `refusal` says why a key has no more of them."""

    account: int | None
    principal: Principal
    rights: Rights
    refusal: str | None = None

    def error(self, right: str) -> str | None:
        """The code that refuses what takes this right; None if the grant includes it."""
        if self.rights.view and getattr(self.rights, right):
            return None
        return self.refusal or ERROR_CODES[right if self.rights.view else "view"]


@dataclass(frozen=True, slots=True)
class Identities:
    """Who is behind the credentials of some callers: users by the hash of their session's token, keys by their own."""

    users: Mapping[str, User]
    keys: Mapping[str, Key]

    def user(self, session: str | None, key: str | None) -> User | None:
        """The account that acts: whoever is signed in, or the one whose key it is. A counter's key is nobody's."""
        if key is None:
            return self.users.get(session or "")
        found = self.keys.get(key)
        return found.maker if found and found.counter is None else None

    def counter(self, key: str) -> int | None:
        """The counter that a key is for; None if it is an account's. Raises Refused if the key is not valid."""
        if key not in self.keys:
            raise Refused("key_invalid")
        return self.keys[key].counter


def keep_from_everybody(slug: str) -> None:
    """While nobody owns this counter, it belongs to superusers alone; other counters without an owner are everybody's."""
    _never_everybodys.add(slug)


@dataclass(frozen=True, slots=True)
class Granting:
    """What was read to decide about some pairs."""

    known: Identities
    roles: Mapping[tuple[int, int], str]  # by counter and account
    claimed: set[int]  # counters that an account owns
    devices: Mapping[str, int]  # by the SHA-256 of their secret

    def to_person(self, counter: AccessRow, caller: Caller) -> Grant:
        """What a person, or anybody, may do."""
        user = self.known.users.get(caller.session or "")
        principal = self._principal(counter, user, self.devices.get(caller.device or ""))
        return Grant(principal.account, principal, rights_of(self._policy(counter), principal))

    def to_key(self, counter: AccessRow, caller: Caller) -> Grant:
        """What a program may do.

        An account's key may do what its account may (never as a superuser); a counter's key everything on that counter. Its
        scope limits both, and no key may claim.
        """
        key = self.known.keys.get(caller.key or "")
        if key is None:
            return Grant(None, Principal(), NO_RIGHTS, "key_invalid")
        if key.counter is None:
            principal = replace(self._principal(counter, key.maker, None), superuser=False)
            rights = rights_of(self._policy(counter), principal)
            return Grant(principal.account, principal, _capped(rights, key), "key_scope" if rights.view else None)
        if key.counter != counter.id:
            return Grant(None, Principal(), NO_RIGHTS, "key_scope")
        if not self._still_owns(counter, key):
            return Grant(None, Principal(), NO_RIGHTS, "key_invalid")
        return Grant(None, Principal(), _capped(ALL_RIGHTS, key), "key_scope")

    def _still_owns(self, counter: AccessRow, key: Key) -> bool:
        """Whether the maker of a counter's key could make it now; the terminal always could."""
        if key.maker is None and key.device is None:
            return True
        return rights_of(self._policy(counter), self._principal(counter, key.maker, key.device)).admit

    def _principal(self, counter: AccessRow, user: User | None, device: int | None) -> Principal:
        unclaimed = counter.owner_device is not None and counter.id not in self.claimed
        return Principal(
            account=user.account_id if user else None,
            superuser=user is not None and user.superuser,
            role=self.roles.get((counter.id, user.account_id)) if user else None,
            device_owns=unclaimed and device == counter.owner_device,
        )

    def _policy(self, counter: AccessRow) -> AccessPolicy:
        owned = counter.owner_device is not None or counter.id in self.claimed or counter.slug in _never_everybodys
        return AccessPolicy(counter.visibility, counter.press, owned)


def _capped(rights: Rights, key: Key) -> Rights:
    """The rights that the key's scope includes."""
    manages = key.allows(MANAGE)
    return Rights(
        view=rights.view,
        press=rights.press and key.allows(PRESS),
        manage=rights.manage and manages,
        admit=rights.admit and manages,
        claim=False,
    )
