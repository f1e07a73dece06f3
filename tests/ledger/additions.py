"""What test_model.py adds afterwards and takes back."""

import contextlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import Connection

from clickcounter.domain.clicks import ENTRY, NOTE, OPENING, Caller
from clickcounter.domain.past import PastEntry
from clickcounter.errors import Refused
from clickcounter.ledger.devices import device_ids
from clickcounter.ledger.past import entries
from tests.ledger.model import Model

HOUR = 3_600_000  # ms
DEVICES = ["a" * 64, "b" * 64, "c" * 64]  # the first owns the counter
devices = st.sampled_from([DEVICES[0], *DEVICES])


class Additions(RuleBasedStateMachine):
    """Past entries, opening amounts and notes."""

    clock: SimpleNamespace  # its `now`, in ms
    model: Model
    slug: str
    id: int
    keys = 0
    change: Callable[..., Any]
    ask: Callable[[str], list[tuple[Any, ...]]]
    check: Callable[..., None]
    anchored: Callable[[str], int]

    @rule(
        device=devices,
        kind=st.sampled_from([ENTRY, ENTRY, ENTRY, OPENING, NOTE]),
        amount=st.sampled_from([1, 14, -7, 0, 1000]),
        anchor=st.sampled_from(["now", "now", "start", "end", "past", "future"]),
        before=st.sampled_from([0, 1, HOUR, 7 * HOUR, 30 * 24 * HOUR]),
        length=st.sampled_from([0, 1, 17 * 60_001, HOUR, HOUR + 1, 10 * HOUR, 26 * HOUR]),
    )
    def add(self, device: str, kind: str, amount: int, anchor: str, before: int, length: int) -> None:
        """Add something afterwards, twice: the second time changes nothing."""
        self.keys += 1
        since = self.anchored(anchor) - before
        amount, text = (0, "Rain") if kind == NOTE else (amount, "")
        entry = PastEntry(f"{self.keys:032x}", kind, amount, since, since + length, text)
        code = self.model.add(entry, device, self.clock.now)
        for _ in range(2):
            refused = pytest.raises(Refused, match=rf"^{code}$")
            with contextlib.nullcontext() if code == "saved" else refused:
                self.change(entries.add, self.slug, entry, lambda c: self.device(c, device), Caller(None, device))
        self.check(changed=code == "saved")

    def device(self, connection: Connection, secret: str) -> int:
        return device_ids(connection, {secret}, self.clock.now)[secret]

    @rule(which=st.integers(0, 2))
    def remove(self, which: int) -> None:
        """Take one of the newest additions back, perhaps one that is taken back already."""
        added = [row for row in self.model.rows.values() if row.kind in (ENTRY, OPENING, NOTE) and row.of is None]
        if self.model.archived_at is not None or which >= len(added):
            return
        row = added[-1 - which]
        was_undone = self.model.is_undone(row.key)
        self.change(entries.remove, self.slug, row.key, Caller(None, DEVICES[0]))
        if not was_undone:
            new = self.ask(f"SELECT key FROM click WHERE counter_id = {self.id} AND takes_back = '{row.key}'")
            self.model.take_back(row.key, new[0][0] if new else "", self.clock.now)
        self.check(changed=not was_undone)
