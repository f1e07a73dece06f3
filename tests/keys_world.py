"""People, a counter, and keys for it, on a ledger of a test's own."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from clickcounter.access import accounts, authorization, keys, sessions
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Caller, Click, Order, now_ms
from clickcounter.errors import Refused
from clickcounter.ledger import api_keys, counters, rounds
from clickcounter.ledger.api_keys import Wanted
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key

numbers = count(1)
BROWSER = Caller(None, "d" * 64)


class World:
    """Ann owns the Door, which is for members only; Bob is a stranger, and Root a superuser once signed in."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        number = next(numbers)
        self.names = {"Ann": f"Ann {number}", "Bob": f"Bob {number}", "Root": f"Root {number}"}
        self.ann, self.bob = self.signs_in("Ann"), self.signs_in("Bob")
        self.door = self.do(counters.create, {"name": "Door"}, rounds.new_round_id(), self.ann)
        self.do(counters.update_settings, self.door, {"visibility": "members", "press": "members"}, self.ann)

    def do(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return self.ledger.transact(lambda connection: work(connection, *arguments, **named))

    def signs_in(self, name: str) -> Caller:
        session = new_key() * 2
        account = self.do(accounts.create, self.names[name], f"no hash of {name}", now_ms(), superuser=name == "Root")
        self.do(sessions.create, account, session, "", now_ms())
        return Caller(session, new_key() * 2)

    def account(self, name: str) -> int:
        return int(self.do(accounts.by_name, self.names[name]).id)

    def key(self, scope: str, by: Caller | None, counter: str | None = None, **more: Any) -> Caller:
        """A new key for a counter, or for the account that is signed in."""
        wanted = Wanted(keys.new_text(scope), f"{scope} key", scope, **more)
        if counter is not None:
            self.do(api_keys.make_for_counter, counter, wanted, by)
        else:
            self.do(api_keys.make_for_account, self.do(api_keys.account_of, by), wanted)
        return keys.caller_with(wanted.text)

    def press(self, who: Caller, counter: str = "", key: str = "", **more: Any) -> str:
        """The code of one press, or why all of it was refused."""
        click = Click(key or new_key(), 1, now_ms(), 0, **more)
        [outcome] = self.ledger.write([Order(counter or self.door, str(who.device), (click,), who.session, key=who.key)])
        return outcome.error or outcome.codes[click.key]

    def may(self, who: Caller, counter: str = "") -> str:
        """The first letters of what a caller may do with a counter; for a key that counts for nothing, the code."""
        [grant] = self.do(lambda c: authorization.grants(c, [(counters.lock(c, counter or self.door), who)], now_ms()))
        return "".join(right[0] for right in ("view", "press", "manage", "admit") if getattr(grant.rights, right)) or str(
            grant.error("view")
        )


def refused(work: Callable[..., Any], *arguments: Any) -> str:
    with pytest.raises(Refused) as caught:
        work(*arguments)
    return caught.value.code


def listed_keys(world: World, counter: str | None, by: Caller) -> list[api_keys.ListedKey]:
    engine = open_engine(world.ledger._url)
    try:
        return api_keys.of_counter(engine, counter, by) if counter else api_keys.of_account(engine, by)
    finally:
        engine.dispose()
