"""Threads for whatever waits for the database or computes for long; each kind of work has a pool of its own.

So a flood of questions delays no change, no new tab and no answer about the server's health. Each line is bounded; past its
end the answer is "later". Nobody's work may hold up the process when it ends, so the threads are daemons.
"""

import asyncio
import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from clickcounter.errors import Later
from clickcounter.measures import SECONDS, Distribution

T = TypeVar("T")

LONGEST_REST = 0.5  # seconds
_Job = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


def prefer_event_loop() -> None:
    """Let threads pass Python's lock on every 0.1 ms in place of 5: the event loop needs it often, for a moment."""
    sys.setswitchinterval(0.0001)


class Pool:
    """At most `threads` threads, and `most_waiting` jobs that wait for one of them, first come, first served.

    Each thread works for at most this `share` of the time: it holds Python's lock, which presses need, too.
    """

    def __init__(self, name: str, threads: int, most_waiting: int, share: float = 1.0) -> None:
        self.name, self._most_threads, self._most_waiting = name, threads, most_waiting
        self._rest = 1 / share - 1  # of the time that a job took
        self._waiting: deque[_Job] = deque()
        self._added = threading.Condition()
        self._threads = self._idle = 0
        self.running = self.refused = 0  # jobs
        self.seconds = Distribution(*SECONDS)  # of each job

    async def run(self, work: Callable[..., T], *arguments: Any, go_on: bool = False) -> T:
        """What `work` returns. Raises Later if the line is full, unless this goes on with something that has begun.

        A job whose caller is cancelled before it begins is dropped.
        """
        done: Future[T] = Future()
        job: _Job = (done, work, arguments)
        with self._added:
            if len(self._waiting) >= self._most_waiting and not go_on:
                self.refused += 1
                raise Later(f"too much is waiting in {self.name}")
            self._waiting.append(job)
            if self._idle < len(self._waiting) and self._threads < self._most_threads:
                self._start_thread()
            self._added.notify()
        try:
            return await asyncio.wrap_future(done)
        except asyncio.CancelledError:
            with self._added, contextlib.suppress(ValueError):  # it may have begun
                self._waiting.remove(job)
            raise

    @property
    def waiting(self) -> int:
        """How many jobs wait for a thread."""
        return len(self._waiting)

    def _start_thread(self) -> None:
        # Started at first use, in the process that uses it: workers are forked.
        self._threads += 1
        threading.Thread(target=self._work, name=f"{self.name}-{self._threads}", daemon=True).start()

    def _next_job(self) -> _Job:
        with self._added:
            self._idle += 1
            while not self._waiting:
                self._added.wait()
            self._idle -= 1
            return self._waiting.popleft()

    def _work(self) -> None:
        while True:
            done, work, arguments = self._next_job()
            if not done.set_running_or_notify_cancel():
                continue
            began = self._begin()
            try:
                result = work(*arguments)
            except BaseException as error:
                done.set_exception(error)
            else:
                done.set_result(result)
            del done, work, arguments  # an idle thread keeps nothing alive
            took = self._end(began)
            if self._rest:
                time.sleep(min(self._rest * took, LONGEST_REST))

    def _begin(self) -> float:
        with self._added:
            self.running += 1
        return time.monotonic()

    def _end(self, began: float) -> float:
        took = time.monotonic() - began
        with self._added:
            self.running -= 1
            self.seconds.observe(took)
        return took


# More threads would not answer faster, because Python runs one at a time, but would delay the event loop.
READS = Pool("reads", 1, 100, share=0.5)
# Opening a tab: up to a thousand of them connect again at the same moment when the server has restarted.
OPENING = Pool("opening", 2, 2_000)
# Numbers on other sites: badges, values, previews.
ELSEWHERE = Pool("elsewhere", 1, 500, share=0.3)
# Pictures of them, which take a hundred times as long.
PICTURES = Pool("pictures", 1, 50, share=0.3)
# The ledger takes one change at a time.
WRITES = Pool("writes", 1, 100)
# Exports, imports, and whatever else may take seconds.
LONG = Pool("long work", 1, 20, share=0.5)
# Reports to print: each may read thousands of entries.
REPORTS = Pool("reports", 1, 20, share=0.3)
# What the server itself reads again and again: changes, lists, sessions, and whether the database can be written.
WATCHING = Pool("watching", 4, 16)
# Argon2 keeps a core busy and uses 19 MiB: one at a time.
PASSWORDS = Pool("passwords", 1, 100)
# The names of webhooks' hosts: a resolver may take its time, longer than anybody waits for it.
NAMES = Pool("names", 4, 100)
SLOW_NAMES = Pool("slow names", 8, 100)

POOLS = (READS, OPENING, ELSEWHERE, PICTURES, WRITES, LONG, REPORTS, WATCHING, PASSWORDS, NAMES, SLOW_NAMES)
