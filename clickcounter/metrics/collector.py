"""Turns what is counted anyway into Prometheus's format, only when it is asked for.

So a press costs no more than an increment, see measures.py. All this runs in the thread of server.py while the event loop
goes on, and therefore reads only single numbers, lengths and copies.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from clickcounter import measures
from clickcounter.live.pipeline import Pipeline
from clickcounter.live.presence import Presence
from clickcounter.measures import Distribution
from clickcounter.pools import POOLS, Pool
from clickcounter.socket.rooms import Rooms

PREFIX = "clickcounter_"
Labelled = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ProcessCollector(Collector):
    """The numbers of this process."""

    rooms: Rooms
    presence: Presence
    pipeline: Pipeline

    def collect(self) -> Iterator[Metric]:
        """Read all numbers."""
        yield from self._presses()
        yield from self._tabs()
        yield from _others()
        yield from _pools()

    def _presses(self) -> Iterator[Metric]:
        yield _counter("presses", "Presses answered, by outcome.", measures.PRESSES, "outcome")
        yield _gauge("waiting_presses", "Presses that wait for the next commit.", self.pipeline.waiting_presses)
        yield _histogram("commit_seconds", "Time of a transaction of presses.", measures.COMMITS)
        yield _histogram("commit_presses", "Presses in one transaction.", measures.BATCHES)
        yield _histogram("press_seen_seconds", "From a press until its page showed it saved.", measures.PRESS_SEEN)

    def _tabs(self) -> Iterator[Metric]:
        watching = {"counter": self.presence.all_viewers_here, "list": self.pipeline.lists.watching}
        yield _gauge("tabs", "Open tabs.", self.rooms.open)
        yield _gauge("watching_tabs", "Tabs that watch a counter or a list of counters.", watching, "page")
        yield _counter("frames", "Frames made.", self.rooms.frames)
        yield _counter("frame_sends", "Frames, each times the tabs that it was for.", self.rooms.sends)


def _others() -> Iterator[Metric]:
    """How this process follows the others, and how late it is."""
    relay = dict(measures.RELAY)
    missed = relay.pop("missed")
    yield _counter("relay_messages", "Messages between processes.", relay, "direction")
    yield _counter("relay_missed", "Messages of other processes that never arrived.", missed)
    yield _counter("rereads", "Polls of the database for what others wrote.", measures.REREADS, "result")
    yield _counter("webhooks", "Attempts to send a webhook's message.", measures.WEBHOOKS, "outcome")
    yield _histogram("event_loop_lag_seconds", "How late the event loop was.", measures.LOOP_LAG)


def _pools() -> Iterator[Metric]:
    def each(read: Callable[[Pool], int]) -> Labelled:
        return {pool.name: read(pool) for pool in POOLS}

    yield _gauge("pool_waiting", "Work that waits for a thread.", each(lambda pool: pool.waiting), "pool")
    yield _gauge("pool_running", "Work under way.", each(lambda pool: pool.running), "pool")
    yield _counter("pool_refused", "Work answered with later.", each(lambda pool: pool.refused), "pool")
    times = HistogramMetricFamily(f"{PREFIX}pool_seconds", "Time of a piece of work.", labels=["pool"])
    for pool in POOLS:
        times.add_metric([pool.name], _buckets(pool.seconds), pool.seconds.total)
    yield times


def _counter(name: str, text: str, value: float | Labelled, label: str = "") -> Metric:
    family = CounterMetricFamily(PREFIX + name, text, labels=[label] if label else [])
    for labels, number in _samples(value):
        family.add_metric(labels, number)
    return family


def _gauge(name: str, text: str, value: float | Labelled, label: str = "") -> Metric:
    family = GaugeMetricFamily(PREFIX + name, text, labels=[label] if label else [])
    for labels, number in _samples(value):
        family.add_metric(labels, number)
    return family


def _samples(value: float | Labelled) -> Iterable[tuple[list[str], float]]:
    return [([each], number) for each, number in dict(value).items()] if isinstance(value, Mapping) else [([], value)]


def _histogram(name: str, text: str, values: Distribution) -> Metric:
    return HistogramMetricFamily(PREFIX + name, text, buckets=_buckets(values), sum_value=values.total)


def _buckets(values: Distribution) -> list[tuple[str, float]]:
    bounds = [*map(str, map(float, values.bounds)), "+Inf"]
    return list(zip(bounds, accumulate(tuple(values.counts)), strict=True))
