"""The tabs connected to this process, as the live modules see them.

socket/rooms.py implements it, so this package needs neither Reflex nor a socket.
"""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Any, Protocol

from clickcounter.domain.clicks import Caller, Outcome, Snapshot


@dataclass(frozen=True, slots=True)
class PersonalTotal:
    """What an account added to a counter's current round, as the tabs of one of its sessions get it."""

    session: str
    counter: str
    round: int
    revision: int  # the counter's at that moment
    name: str
    superuser: bool
    up: int
    down: int


class Audience(Protocol):
    """What the connected tabs can be asked and told. Every method returns at once; sending is only started."""

    def send(self, snapshot: Snapshot) -> float:
        """Send a snapshot to the counter's viewers. Returns the seconds of the event loop that took."""

    def rehearse(self, outcome: Outcome) -> None:
        """Compose the answer to a press and the frame that shows it, and send nothing: it may never be saved."""

    def counter_gone(self, counter: str) -> None:
        """Tell the counter's viewers that it no longer exists."""

    def callers(self, counter: str) -> Set[Caller]:
        """Who is watching the counter."""

    def key_holders(self) -> Mapping[str, Set[Caller]]:
        """Who is watching with a key, by counter."""

    def is_watched(self, counter: str) -> bool:
        """Whether anybody is watching the counter: a tab, or a program, which is no viewer."""

    def shut_out(self, counter: str, caller: Caller) -> None:
        """This caller may no longer see the counter: their tabs leave it and are told why."""

    def kept_out(self) -> Mapping[str, Set[Caller]]:
        """Who is waiting to be let in, by counter."""

    def let_in(self, counter: str, caller: Caller) -> None:
        """This caller may see the counter now: their waiting tabs join it."""

    def sessions(self) -> Mapping[str, Set[str]]:
        """The counters that each session's tabs show."""

    def sign_out(self, sessions: Collection[str]) -> None:
        """These sessions have ended: their tabs become anonymous and are told to connect again."""

    def credit(self, total: PersonalTotal) -> None:
        """Tell a session's tabs what their account has added to the round, on all of its devices."""

    def send_list(self, tabs: Collection[str], variable: str, value: Any) -> Collection[str]:
        """Send tabs a variable of their list. Returns those that no longer show one."""
