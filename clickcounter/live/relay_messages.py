"""What processes publish to each other, as one line of JSON.

It arrives through a server that others may use too, so it is validated as strictly as what a browser sends.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from clickcounter.domain.clicks import Presser, Snapshot
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.errors import Malformed

_BIG = 2**53


@dataclass(frozen=True, slots=True)
class RelayMessage:
    """Changed counters and, as a rule every two seconds, all viewers of the sender; `viewers` is None in between.

    Of a counter's settings only the revision is sent; a receiver that does not have that revision asks the database.
    """

    sender: str
    turn: int  # grows with every message of this sender
    snapshots: tuple[Snapshot, ...] = ()
    viewers: Mapping[str, int] | None = None
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    goodbye: bool = False

    def encode(self) -> str:
        """The message as it is published."""
        snapshots = [
            [s.counter, s.value, s.revision, s.round, s.settings.revision, s.last and [s.last.number, s.last.label]]
            for s in self.snapshots
        ]
        fields: dict[str, Any] = {"from": self.sender, "turn": self.turn, "snapshots": snapshots, "lookers": self.viewers}
        fields |= {"who": self.labels} if self.labels else {}
        return json.dumps(fields | ({"goodbye": True} if self.goodbye else {}), separators=(",", ":"))


def parse_message(data: Any) -> RelayMessage:
    """The message in `data`. Raises Malformed; unknown fields are ignored."""
    try:
        fields = json.loads(data)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(fields, dict):
        raise Malformed("not an object")
    sender, turn, snapshots, viewers = (fields.get(name) for name in ("from", "turn", "snapshots", "lookers"))
    if not isinstance(sender, str) or not _is_count(turn) or not isinstance(snapshots, list):
        raise Malformed("no sender, turn or snapshots")
    if viewers is not None and not (isinstance(viewers, dict) and all(map(_is_count, viewers.values()))):
        raise Malformed("lookers must be numbers by counter")
    labels = fields.get("who", {})
    if not isinstance(labels, dict) or not all(map(_are_labels, labels.values())):
        raise Malformed("who must be labels by counter")
    return RelayMessage(sender, turn, tuple(map(_snapshot, snapshots)), viewers, labels, fields.get("goodbye") is True)


def _snapshot(row: Any) -> Snapshot:
    if not isinstance(row, list) or len(row) not in (5, 6):
        raise Malformed("a snapshot must have five parts, or six")
    counter, value, revision, round_id, about_revision = row[:5]
    if not isinstance(counter, str) or type(value) is not int or not -_BIG < value < _BIG:
        raise Malformed("a snapshot must have a counter and a value")
    if not all(map(_is_count, (revision, round_id, about_revision))):
        raise Malformed("a snapshot must have revisions and a round")
    last = _presser(row[5]) if len(row) == 6 else None
    return Snapshot(counter, value, revision, round_id, CounterSettings(revision=about_revision), last)


def _presser(value: Any) -> Presser | None:
    if value is None:
        return None
    if not (isinstance(value, list) and len(value) == 2 and _is_count(value[0]) and isinstance(value[1], str)):
        raise Malformed("who pressed last is a number and a label")
    return Presser(value[0], value[1])


def _are_labels(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(label, str) for label in value)


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < _BIG
