"""The open tabs of each session."""

from collections.abc import Iterable, Set

from clickcounter.socket.tab import Tab


class SessionTabs:
    """Tabs whose socket came with a session, by that session."""

    def __init__(self) -> None:
        self._tabs: dict[str, set[Tab]] = {}

    def add(self, tab: Tab) -> None:
        """The tab's socket was opened."""
        if tab.session:
            self._tabs.setdefault(tab.session, set()).add(tab)

    def discard(self, tab: Tab) -> None:
        """The tab is closed, or its session has ended."""
        tabs = self._tabs.get(tab.session or "")
        if tabs:
            tabs.discard(tab)
            if not tabs:
                del self._tabs[str(tab.session)]

    def of(self, sessions: Iterable[str]) -> list[Tab]:
        """The open tabs of these sessions."""
        return [tab for session in sessions for tab in self._tabs.get(session, ())]

    def counters(self) -> dict[str, Set[str]]:
        """The counters that each session's tabs show."""
        return {session: {tab.counter for tab in tabs if tab.counter} for session, tabs in self._tabs.items()}
