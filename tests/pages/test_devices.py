"""Headsets, gamepads and MIDI controllers that are learnt on a counter's page, and press it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser import CHROMIUM_ARGUMENTS, CONTEXT_OPTIONS, TabPage, chromium_path, until
from tests.conftest import Open, value_of
from tests.learning import learns, listens, says
from tests.server import BackEnd, wait_for

# Whether two frames were drawn: what was under way when it was asked is done.
FRAMES_SEEN = """
window.frames_seen = () => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => seen(true))));
"""
# Chromium has no gamepads and no MIDI devices of its own for tests: these stand in for the hardware, below the app.
VIRTUAL_GAMEPAD = (
    FRAMES_SEEN
    + """
window.pads = [];
navigator.getGamepads = () => window.pads;
window.plug = () => {
  const buttons = [{ value: 0 }, { value: 0 }];
  window.pads = [{ index: 0, id: 'Pedal (Vendor: 1 Product: 2)', connected: true, axes: [], buttons }];
  dispatchEvent(new Event('gamepadconnected'));
};
"""
)
VIRTUAL_MIDI = (
    FRAMES_SEEN
    + """
window.port = { name: 'Pads', state: 'connected', onmidimessage: null };
window.asked = 0;
navigator.requestMIDIAccess = async () => { window.asked++; return { inputs: new Map([['1', window.port]]) }; };
window.strike = (...bytes) => window.port.onmidimessage?.({ data: Uint8Array.from(bytes) });
"""
)


def test_a_gamepads_button_counts_when_it_goes_down(back_end: BackEnd, tab: Open):
    one = tab("/nothing/here")
    one.page.add_init_script(VIRTUAL_GAMEPAD)
    one.page.goto(one.page.url.replace("/nothing/here", "/"))
    one.is_state("connected")
    set_button = "([button, value]) => { pads[0].buttons[button].value = value; return frames_seen(); }"
    one.open_dialog("buttons")
    one.page.evaluate("plug()")
    says(one, "gamepads", "Gamepads: Pedal")
    learns(one, lambda: one.page.evaluate(set_button, [1, 1]), "minus")
    one.page.evaluate(set_button, [1, 0])
    learns(one, lambda: one.page.evaluate(set_button, [0, 1]))
    one.page.evaluate(set_button, [0, 0])
    one.close_dialog("buttons")
    for level in (1, 1, 0.9, 0.5, 1, 0, 1, 0):
        one.page.evaluate(set_button, [0, level])
    one.sees(2)
    one.page.evaluate(set_button, [1, 1])
    one.sees(1)
    one.page.reload()
    listens(one)
    one.page.evaluate("plug()")
    one.page.evaluate(set_button, [0, 1])
    one.sees(2)
    one.all_saved()
    assert back_end.query("SELECT count(*), sum(amount) FROM click") == [(4, 2)]


def test_midi_that_is_refused_is_said_and_counts_once_allowed(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.open_dialog("buttons")
    one.element("open-midi").click()
    one.has("midi", state="refused")
    says(one, "midi", "The browser does not allow MIDI here.")
    one.page.add_init_script(VIRTUAL_MIDI)
    one.page.reload()
    one.is_state("connected")
    one.open_dialog("buttons")
    assert one.page.evaluate("asked") == 0, "nobody asked for MIDI yet"
    one.element("open-midi").click()
    says(one, "midi", "MIDI: Pads")
    learns(one, lambda: one.page.evaluate("strike(0x90, 60, 100)"))
    one.page.evaluate("strike(0x80, 60, 0)")
    one.close_dialog("buttons")
    one.page.evaluate("strike(0x90, 60, 90), strike(0x90, 60, 0), strike(0x90, 61, 90)")
    one.sees(1)
    one.page.reload()
    listens(one)
    one.page.evaluate("navigator.permissions.query({ name: 'midi' }).then(() => frames_seen())")
    assert one.page.evaluate("asked") == 0, "it is not allowed any more"
    one.page.context.grant_permissions(["midi"])
    one.page.reload()
    one.is_state("connected")
    until(one.page, "asked === 1 && port.onmidimessage !== null")
    one.page.evaluate("strike(0x90, 60, 90)")
    one.sees(2)
    one.all_saved()
    assert value_of(back_end) == 2


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """The address of a D-Bus, over which a desktop hands a headset's buttons to the browser."""
    command = [shutil.which("dbus-daemon") or "dbus-daemon", "--session", "--nofork", "--print-address=1"]
    daemon = subprocess.Popen([*command, f"--address=unix:path={tmp_path}/bus"], stdout=subprocess.PIPE, text=True)
    assert daemon.stdout is not None
    yield daemon.stdout.readline().strip()
    daemon.terminate()
    daemon.wait()


def on_bus(bus: str, to: str, path: str, method: str) -> str:
    command = ["dbus-send", f"--bus={bus}", "--print-reply", f"--dest={to}", path, method]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_headsets_buttons_count_over_the_media_session(back_end: BackEnd, playwright: Playwright, origin: str, bus: str):
    environ = os.environ | {"DBUS_SESSION_BUS_ADDRESS": bus}
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS, env=environ)
    one = TabPage(browser.new_context(**CONTEXT_OPTIONS).new_page(), origin)
    one.is_state("connected")

    def players() -> list[str]:
        names = on_bus(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.ListNames")
        return re.findall(r"org\.mpris\.MediaPlayer2\.\S+(?=\")", names)

    def press(button: str) -> None:
        [player] = wait_for(players, "the page's player is on the bus")
        on_bus(bus, player, "/org/mpris/MediaPlayer2", f"org.mpris.MediaPlayer2.Player.{button}")

    one.open_dialog("buttons")
    one.element("headset").locator("input").check()
    one.has("headset", state="on")
    until(one.page, "navigator.mediaSession.playbackState === 'playing'")
    learns(one, lambda: press("PlayPause"))
    learns(one, lambda: press("Next"), "minus")
    one.close_dialog("buttons")
    for button in ("PlayPause", "PlayPause", "Play", "Next"):
        press(button)
    one.sees(2)
    one.page.reload()
    listens(one)
    one.press()
    until(one.page, "navigator.mediaSession.playbackState === 'playing'")
    press("PlayPause")
    one.sees(4)
    one.all_saved()
    assert (value_of(back_end), one.errors) == (4, [])
    browser.close()
