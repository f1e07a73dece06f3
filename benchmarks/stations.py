"""The time, the machines and the threads of the simulation.

A thread is a station that does one piece of work after another. What threads share is modelled, because it decides how long
that takes: a machine's cores are divided evenly among those that have work, and of the threads of one Python process, only
one at a time has its lock. Each piece of work needs the lock for a part of its time; in system calls and in SQLite it does
not. No library has such a shared processor, so this is a heap of events and nothing else.
"""

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count

Done = Callable[[], None]


class Clock:
    """The time, and what happens when."""

    def __init__(self) -> None:
        self.now = 0.0
        self._heap: list[tuple[float, int, Done]] = []
        self._order = count()

    def at(self, time: float, do: Done) -> None:
        """Call `do` at this time."""
        heapq.heappush(self._heap, (max(time, self.now), next(self._order), do))

    def after(self, seconds: float, do: Done) -> None:
        """Call `do` in so many seconds."""
        self.at(self.now + seconds, do)

    def run(self, until: float) -> None:
        """Let everything happen that is due by then."""
        while self._heap and self._heap[0][0] <= until:
            self.now, _, do = heapq.heappop(self._heap)
            do()
        self.now = until


class Machine:
    """Cores, divided evenly among the processes' threads that have work."""

    def __init__(self, clock: Clock, cores: float) -> None:
        self.clock, self._cores = clock, cores
        self._active: dict[Station, float] = {}  # seconds of work left in each one's present piece
        self._rates: dict[Station, float] = {}
        self._since, self._version = 0.0, 0

    def begin(self, station: "Station", seconds: float, woken: bool) -> None:
        """A station starts a piece of work, and takes the lock if it slept."""
        self._advance()
        for other in self._active:
            if woken and other.yields and other.lock is station.lock:
                self._active[other] += other.wake  # it has to get the lock back
        self._active[station] = seconds
        self._plan()

    def _advance(self) -> None:
        elapsed, self._since = self.clock.now - self._since, self.clock.now
        for station in self._active:
            did = elapsed * self._rates[station]
            self._active[station] -= did
            station.worked += did
            station.locked += did * station.held

    def _plan(self) -> None:
        self._version += 1
        if not self._active:
            return
        wanted = dict.fromkeys((station.lock for station in self._active), 0.0)
        for station in self._active:
            wanted[station.lock] += station.held
        fastest = {station: min(1.0, 1.0 / max(wanted[station.lock], 1e-9)) for station in self._active}
        cores, waiting = self._cores, len(fastest)
        for station in sorted(fastest, key=lambda station: fastest[station]):  # what one cannot use is left to the others
            self._rates[station] = min(fastest[station], cores / waiting)
            cores, waiting = cores - self._rates[station], waiting - 1
        first = min(left / self._rates[station] for station, left in self._active.items())
        self.clock.after(max(0.0, first), lambda version=self._version: self._finish(version))  # type: ignore[misc]

    def _finish(self, version: int) -> None:
        if version != self._version:
            return  # something began meanwhile, and made another plan
        self._advance()
        finished = [station for station, left in self._active.items() if left <= 1e-12]
        for station in finished:
            del self._active[station]
        self._plan()
        for station in finished:
            station.finished()


class Station:
    """One thread: pieces of work, one after another. It shares its `lock` with others of its process, and
    one that `yields` lets go of it so often that another that wakes up takes it away."""

    def __init__(self, machine: Machine, wake: float, lock: object = None, *, yields: bool = False) -> None:
        self._machine, self.wake, self.lock, self.yields = machine, wake, lock or self, yields
        self._queue: deque[tuple[float, Done, float]] = deque()
        self._present: Done | None = None
        self._up = False  # running, or about to
        self.held = 1.0  # the part of the present piece that needs the lock
        self.worked = self.locked = 0.0  # seconds so far, and of them those with the lock

    def do(self, seconds: float, done: Done, *, first: bool = False, held: float = 1.0) -> None:
        """Do a piece of work, `first` of all that waits, a part of it with the lock. A thread that slept has to be woken."""
        (self._queue.appendleft if first else self._queue.append)((seconds, done, held))
        if not self._up:
            self._up = True
            self._machine.clock.after(self.wake, lambda: self._next(woken=True))

    def _next(self, *, woken: bool = False) -> None:
        if not self._queue:
            self._up = False
            return
        seconds, self._present, self.held = self._queue.popleft()
        self._machine.begin(self, seconds, woken)

    def finished(self) -> None:
        """The present piece of work is done."""
        done, self._present = self._present, None
        if done is not None:
            done()
        self._next()
