"""Frames: encoded and framed once for each form, the newest only.

All tabs of a room are written the same bytes. A tab that has not taken its last frame is skipped and gets the newest one
when it is free, so that a slow tab delays nobody and takes no memory. Awaiting ASGI's `send` for each tab, or a Socket.IO
room, costs ten times as much of the event loop. When a frame is made: live/frame_schedule.py.
"""

import time
from collections.abc import Iterable
from dataclasses import asdict
from typing import cast

from clickcounter.domain.clicks import Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.live.audience import PersonalTotal
from clickcounter.socket.protocol import (
    ABOUT,
    BASE,
    FRAME,
    SHORT,
    AccountTotal,
    CounterAbout,
    Frame,
    FrameError,
    Own,
    news_of,
    short_frame,
    update,
)
from clickcounter.socket.tab import Place

SHORT_WITH_LAST = "short with last"  # one more form of a frame
LAST_EVERY = 1.0  # seconds between two changes of who pressed last, as it is shown


class Feed:
    """The newest message for a group of places, in each form that one of them needs, encoded when the first one does.

    One that lacks the counter's settings or round gets them with the frame; then the frame alone. If its page reads short
    frames, it gets those, also when only who pressed last has changed.
    """

    __slots__ = ("_about", "_base", "_error", "_forms", "_frame", "_last", "_last_at", "_message", "_state", "edition")

    def __init__(self, state: str, message: bytes | None = None, error: FrameError | None = None) -> None:
        self._state = state
        self._message = message  # for all places alike, in place of a frame
        self._error = error  # the same
        self._frame: Frame | None = None
        self._forms: dict[str, bytes] = {}
        self.edition = 0  # of what goes with a frame at times: settings, labels, round and who pressed last
        self._base = 0  # the first edition with these settings, labels and round
        self._about: tuple[CounterSettings, tuple[str, ...], int] | None = None
        self._last: Presser | None = None  # who is shown as the one who pressed last, and since when
        self._last_at = 0.0

    def show(self, snapshot: Snapshot, viewers: int, labels: tuple[str, ...]) -> tuple[bytes, int]:
        """Make this the newest frame. Returns it as most tabs need it, and the oldest edition that is enough for that."""
        before, last = self._last, self._shown_last(snapshot)
        about = (snapshot.settings, labels, snapshot.round)
        newest = self._frame = frame(snapshot, viewers)
        self._forms = {SHORT: short_frame(newest)}
        if self._about != about:
            self.edition += 1
            self._about, self._base = about, self.edition
        elif before != last:
            self.edition += 1
            with_last = self._forms[SHORT_WITH_LAST] = short_frame(newest, news_of(last))
            return with_last, self._base
        return self._forms[SHORT], self.edition

    def show_error(self, error: FrameError) -> None:
        """Make this the newest frame."""
        self._frame, self._error, self._forms = None, error, {}

    def message_for(self, place: Place) -> bytes | None:
        """The newest message as this place needs it; None before the first one."""
        if self._frame is None:
            return self._instead(place)
        if place.edition == self.edition:
            form = SHORT if place.short else place.alone
        else:
            form = (BASE if place.edition < self._base else SHORT_WITH_LAST) if place.short else place.whole
            place.edition = self.edition
        return self._forms.get(form) or self._encoded(form, self._frame, place)

    def _instead(self, place: Place) -> bytes | None:
        if self._error is None:
            return self._message
        if place.alone not in self._forms:
            self._forms[place.alone] = update(self._state, {place.named(FRAME): self._error})
        return self._forms[place.alone]

    def _encoded(self, form: str, newest: Frame, place: Place) -> bytes:
        if form == SHORT_WITH_LAST:
            message = short_frame(newest, news_of(self._last))
        elif form == place.alone or self._about is None:
            message = update(self._state, {place.named(FRAME): newest})
        else:
            about = about_counter(newest["counter"], *self._about[:2], self._last)
            variables = {place.named(FRAME): newest, place.named(ABOUT): about}
            message = update(self._state, variables, BASE if form == BASE else "")
        self._forms[form] = message
        return message

    def _shown_last(self, snapshot: Snapshot) -> Presser | None:
        """Who pressed last. It changes once a second at most; the heartbeat brings the last change."""
        last, now = snapshot.last if snapshot.settings.tells_who else None, time.monotonic()
        if last != self._last and (now - self._last_at >= LAST_EVERY or last is None):
            self._last, self._last_at = last, now
        return self._last


def frame(snapshot: Snapshot, viewers: int) -> Frame:
    """A snapshot as tabs get it. `at` makes each one distinct, or React would not notice a heartbeat."""
    return {
        "counter": snapshot.counter,
        "count": snapshot.value,
        "revision": snapshot.revision,
        "round": snapshot.round,
        "lookers": viewers,
        "at": now_ms(),
    }


def frame_error(counter: str, code: str) -> FrameError:
    """The reason why a counter is not shown, in place of its frame."""
    return {"counter": counter, "error": code, "at": now_ms()}


def own_total(total: PersonalTotal) -> Own:
    """What an account added to a counter's round, as the tabs of its sessions get it."""
    account: AccountTotal = {"name": total.name, "superuser": total.superuser, "up": total.up, "down": total.down}
    return {
        "counter": total.counter,
        "round": total.round,
        "revision": total.revision,
        "account": account,
        "at": now_ms(),
    }


def signed_out(counter: str) -> Own:
    """The same once a session has ended."""
    return {"counter": counter, "account": None, "at": now_ms()}


def about_counter(counter: str, settings: CounterSettings, labels: Iterable[str], last: Presser | None) -> CounterAbout:
    """A counter's settings, its viewers' labels and who pressed last, as tabs get them."""
    about = asdict(settings)
    about["archived"] = about.pop("archived_at") is not None
    about |= {"counter": counter, "who": list(labels), "last": last and asdict(last), "at": now_ms()}
    return cast(CounterAbout, about)
