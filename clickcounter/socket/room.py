"""One room: the places where tabs watch one counter."""

from collections import Counter

from clickcounter.socket.fanout import Feed
from clickcounter.socket.tab import Place


class Room:
    """The tabs that watch one counter, and what they are sent."""

    __slots__ = ("feed", "labels", "tabs")

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.tabs: set[Place] = set()
        self.labels: Counter[str] = Counter()  # how many of the tabs have each

    def label(self, tab: Place, change: int) -> None:
        """Count the tab's label once more, or once less."""
        if tab.label:
            self.labels[tab.label] += change
            self.labels = +self.labels  # without labels that no tab has any more
