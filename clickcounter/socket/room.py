"""One room: the places where tabs watch one counter."""

import os
from collections import Counter
from itertools import islice

from clickcounter.domain.clicks import Outcome, Snapshot
from clickcounter.socket.fanout import Feed, frame
from clickcounter.socket.protocol import ANSWER, answer, news_of, short_frame, update
from clickcounter.socket.tab import Place

MOST_REHEARSED = 200  # tabs; to look at more would take longer than a commit


class Room:
    """The tabs that watch one counter, and what they are sent."""

    __slots__ = ("feed", "labels", "tabs")

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.tabs: set[Place] = set()
        self.labels: Counter[str] = Counter()  # how many of the tabs have each

    def send(self, short: bytes, since: int) -> None:
        """Send the feed's newest frame: `short` to tabs that have the edition `since` or a later one.

        The last tab waits for what each of them costs.
        """
        feed, edition, size = self.feed, self.feed.edition, len(short)
        for tab in self.tabs:
            if tab.descriptor is None or tab.edition < since:
                tab.show(feed)
                continue
            tab.edition = edition
            try:
                written = os.write(tab.descriptor, short)
            except OSError:  # full, or broken: the transport finds out
                written = 0
            if written < size:
                tab.write_rest(short[written:])

    def rehearse(self, outcome: Outcome, snapshot: Snapshot, viewers: int) -> None:
        """Compose the answer to a press and the frame that follows it, and look at the tabs that will get it."""
        update("", {ANSWER: answer(snapshot.counter, None, outcome, 0)})
        short_frame(frame(snapshot, viewers), news_of(snapshot.last))
        _ = [tab.edition for tab in islice(self.tabs, MOST_REHEARSED) if tab.descriptor is not None]

    def label(self, tab: Place, change: int) -> None:
        """Count the tab's label once more, or once less."""
        if tab.label:
            self.labels[tab.label] += change
            self.labels = +self.labels  # without labels that no tab has any more
