"""An audience without tabs, for tests of what sends to one."""

from collections.abc import Collection
from typing import Any

from clickcounter.domain.clicks import Caller, Outcome, Snapshot
from clickcounter.live.audience import PersonalTotal


class Nobody:
    """No tab is connected. Tests override what they need."""

    def send(self, snapshot: Snapshot) -> float:
        return 0.0

    def rehearse(self, outcome: Outcome) -> None:
        pass

    def counter_gone(self, counter: str) -> None:
        pass

    def callers(self, counter: str) -> set[Caller]:
        return set()

    def key_holders(self) -> dict[str, set[Caller]]:
        return {}

    def is_watched(self, counter: str) -> bool:
        return False

    def shut_out(self, counter: str, caller: Caller) -> None:
        pass

    def kept_out(self) -> dict[str, set[Caller]]:
        return {}

    def let_in(self, counter: str, caller: Caller) -> None:
        pass

    def sessions(self) -> dict[str, set[str]]:
        return {}

    def sign_out(self, sessions: Collection[str]) -> None:
        pass

    def credit(self, total: PersonalTotal) -> None:
        pass

    def send_list(self, tabs: Collection[str], variable: str, value: Any) -> Collection[str]:
        return tabs
