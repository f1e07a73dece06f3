"""Press on schedule, and note when each tab hears what.

Meanwhile the tabs' sockets are taken out of the event loop: the recorder reads them itself, keeps the bytes with the moment
they came, and finds out what they say once nothing comes any more. On the event loop a frame costs more of its time. The
recorder shares the machine with the server that it measures, and should measure that, not itself.
"""

import contextlib
import os
import select
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.tabs import PING, PONG, Tab, client_frame

READ = 4096  # bytes at a time
COMPOSING = 0.005  # seconds; a press is measured from when it is sent
CAUGHT_UP = 0.05  # seconds without a message: whatever was on its way has come
AFTERWARDS = 0.2  # seconds; a frame that steps a tab back would come now
GIVE_UP = 5.0  # seconds without progress in any tab, once everything is sent
TEXT, CLOSE = 1, 8  # kinds of websocket frames


@dataclass(slots=True)
class Sending:
    """What was sent, and when."""

    at: "array[float]" = field(default_factory=lambda: array("d"))
    started: float = 0.0
    late: float = 0.0  # the most that the load generator fell behind its schedule
    reading: float = 0.0  # seconds of CPU to find out afterwards what was heard


def record(
    tabs: Sequence[Tab], rate: float, seconds: float, presses: int = 1, targets: Mapping[Tab, int] | None = None
) -> Sending:
    """Press in each tab in turn, on schedule; return once every tab shows all of it, or when there is no more progress.

    `targets` says what tabs show in the end if they do not all show one counter; those that only watch are named there, too.
    """
    if targets is None:
        targets = dict.fromkeys(tabs, max(tab.shown for tab in tabs) + events(rate, seconds, presses) * presses)
    with _Recorder(targets) as recorder:
        sending = recorder.press(tabs, rate, seconds, presses)
        recorder.wait()
        sending.reading = recorder.reading
    return sending


def events(rate: float, seconds: float, presses: int = 1) -> int:
    """How many events that makes."""
    return max(1, round(rate * seconds / presses))


class _Recorder:
    """The sockets of some tabs, while they are not on the event loop."""

    def __init__(self, targets: Mapping[Tab, int]) -> None:
        self._targets = targets
        self._heard: list[tuple[float, int, bytes]] = []  # when, on which descriptor, what
        self._rest: dict[int, bytes] = {}  # frames that are not complete yet
        self.reading = 0.0

    def __enter__(self) -> "_Recorder":
        self._epoll, self._open = select.epoll(), dict[int, Tab]()
        for tab in self._targets:
            if (number := tab.leave_loop()) is not None:
                self._open[number] = tab
                self._epoll.register(number, select.EPOLLIN)
        return self

    def __exit__(self, *_: object) -> None:
        self._epoll.close()
        for tab in self._targets:
            tab.join_loop()

    def press(self, tabs: Sequence[Tab], rate: float, seconds: float, presses: int) -> Sending:
        """Press in each of these in turn, on schedule."""
        sending = Sending(started=time.perf_counter())
        gap = presses / rate
        for n in range(events(rate, seconds, presses)):
            due = sending.started + n * gap
            self._listen_until(due - COMPOSING)
            tab = tabs[n % len(tabs)]
            frames = b"".join(map(client_frame, tab.presses(presses)))
            self._listen_until(due)
            if n % 64 == 0:
                self._listen(0)  # behind schedule: answers must still be read
            now = time.perf_counter()
            sending.late = max(sending.late, now - due)
            sending.at.extend([now] * presses)
            if tab.descriptor is not None:
                os.write(tab.descriptor, frames)
        return sending

    def _listen_until(self, end: float) -> None:
        while (left := end - time.perf_counter()) > 0:
            self._listen(left)

    def wait(self) -> None:
        """Listen until every tab shows its target."""
        last, since = -1, time.perf_counter()
        while True:
            while self._listen(CAUGHT_UP):
                pass
            self._find_out()
            if all(tab.shown == target and tab.unanswered <= 0 for tab, target in self._targets.items() if tab.is_open):
                break
            risen = sum(len(tab.rose_to) - tab.unanswered for tab in self._targets)
            if risen != last:
                last, since = risen, time.perf_counter()
            if time.perf_counter() - since > GIVE_UP:
                return
        self._listen_until(time.perf_counter() + AFTERWARDS)
        self._find_out()

    def _listen(self, within: float) -> bool:
        """Keep what comes. Returns whether something did."""
        ready = self._epoll.poll(within, len(self._open) or 1)
        for number, _ in ready:
            try:
                data = os.read(number, READ)
            except OSError:
                data = b""
            self._heard.append((time.perf_counter(), number, data))
            if not data:
                self._epoll.unregister(number)
            elif PING in data:
                os.write(number, client_frame(PONG))
        return bool(ready)

    def _find_out(self) -> None:
        """Show in each tab what it has heard."""
        began = time.process_time()
        for at, number, data in self._heard:
            tab = self._open[number]
            tab.heard_at = at
            if not data:
                tab.has_closed()
            whole = self._rest.pop(number, b"") + data
            end = 0
            for kind, start, end in _frames(whole):
                if kind == TEXT:
                    tab.hear(whole[start:end])
                elif kind == CLOSE:
                    tab.has_closed()
            if end < len(whole):
                self._rest[number] = whole[end:]
            tab.heard_at = None
        self._heard.clear()
        self.reading += time.process_time() - began


def _frames(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, start and end of the payload of each complete frame of a server."""
    start = 0
    with contextlib.suppress(IndexError):
        while True:
            length, first = data[start + 1], start + 2
            if length >= 126:
                more = 2 if length == 126 else 8
                length = int.from_bytes(data[first : first + more])
                first += more
            if first + length > len(data):
                return
            yield data[start] & 15, first, first + length
            start = first + length
