"""Keys and devices that are learnt on a counter's page, and press it."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import CHROMIUM_ARGUMENTS, CONTEXT_OPTIONS, TabPage, chromium_path, until
from tests.conftest import Open, value_of
from tests.server import BackEnd

LOADED = "performance.getEntriesByType('resource').some(({ name }) => /\\/assets\\/listener-/.test(name))"
# Chromium has no gamepads and no MIDI devices of its own for tests: these stand in for the hardware, below the app.
VIRTUAL_GAMEPAD = """
window.pads = [];
navigator.getGamepads = () => window.pads;
window.plug = () => {
  const buttons = [{ value: 0 }, { value: 0 }];
  window.pads = [{ index: 0, id: 'Pedal (Vendor: 1 Product: 2)', connected: true, axes: [], buttons }];
  dispatchEvent(new Event('gamepadconnected'));
};
window.frames_seen = () => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => seen(true))));
"""
VIRTUAL_MIDI = """
window.port = { name: 'Pads', state: 'connected', onmidimessage: null };
window.asked = 0;
navigator.requestMIDIAccess = async () => { window.asked++; return { inputs: new Map([['1', window.port]]) }; };
window.strike = (...bytes) => window.port.onmidimessage?.({ data: Uint8Array.from(bytes) });
"""


def says(one: TabPage, test_id: str, text: str) -> None:
    """Wait until an element says this, in the language that shows."""
    expect(one.element(test_id)).to_contain_text(text, use_inner_text=True)


def learns(one: TabPage, press: Callable[[], object], action: str = "plus", where: int = 0) -> None:
    """Learn what `press` presses, in the open dialog."""
    one.element("learn").click()
    expect(one.element("learning")).to_be_focused()
    press()
    one.element(f"action-{action}").check()
    one.element(f"where-{where}").check()
    one.element("submit").click()
    expect(one.element("dialog-buttons")).to_be_visible()


def has_learnt(one: TabPage, *keys: str) -> None:
    """Open the dialog, learn that these keys add, and close it."""
    one.open_dialog("buttons")
    for key in keys:
        learns(one, lambda key=key: one.page.keyboard.press(key))
    one.element("close").click()


def held(one: TabPage, key: str) -> None:
    """A key that goes down, and the repeats of a held key."""
    for _ in range(20):
        one.page.keyboard.down(key)
    one.page.keyboard.up(key)


def test_a_learnt_key_counts_once_each_and_after_a_reload(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    assert not one.page.evaluate(LOADED)
    one.open_dialog("buttons")
    learns(one, lambda: one.page.keyboard.press("PageDown"))
    says(one, "buttons-said", "Learnt: Page Down adds on every counter’s page.")
    expect(one.element("learn")).to_be_focused()
    one.page.keyboard.press("PageDown")
    one.element("close").click()
    assert one.value() == 0, "an open dialog keeps keys for itself"
    one.page.keyboard.press("PageDown")
    one.sees(1)
    one.page.reload()
    one.is_state("connected")
    until(one.page, LOADED)
    held(one, "PageDown")
    one.sees(2)
    one.page.keyboard.press("Space")
    one.sees(3)
    one.all_saved()
    assert (value_of(back_end), back_end.query("SELECT count(*) FROM click")) == (3, [(3,)])


def test_what_has_learnt_nothing_loads_nothing(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.page.evaluate("new Promise((idle) => requestIdleCallback(() => requestIdleCallback(() => idle(true))))")
    assert not one.page.evaluate(LOADED)
    has_learnt(one, "PageUp")
    assert one.page.evaluate(LOADED)
    one.element("menu").click()
    one.element("menu-buttons").click()
    one.element("forget").click()
    expect(one.element("learn")).to_be_focused()
    says(one, "buttons-said", "Removed: Page Up.")
    one.element("close").click()
    one.page.keyboard.press("PageUp")
    one.page.keyboard.press("Space")
    one.sees(1)
    assert one.page.evaluate("localStorage.getItem('clickcounter.keys')") is None


def test_text_fields_and_combinations_keep_their_keys(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    has_learnt(one, "a", "ArrowDown")
    dialog = one.open_dialog("amount")
    dialog.locator("[name=amount]").press_sequentially("a1")
    expect(dialog.locator("[name=amount]")).to_have_value("a1")
    one.page.keyboard.press("Escape")
    for combination in ("Control+a", "Alt+ArrowDown", "Meta+a"):
        one.page.keyboard.press(combination)
    one.page.keyboard.press("Shift+A")
    one.sees(1)
    one.all_saved()
    assert value_of(back_end) == 1


def test_a_learnt_space_does_only_what_was_chosen(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.press(5)
    one.open_dialog("buttons")
    one.element("learn").click()
    one.page.keyboard.press("Tab")
    expect(one.element("cancel")).to_be_focused()
    one.page.keyboard.press("Shift+Tab")
    one.page.keyboard.press("Control+b")
    one.element("not-learnt").and_(one.page.locator("[data-code=key_combined]")).wait_for()
    one.page.keyboard.press("Space")
    says(one, "conflict", "This key adds without being learnt.")
    expect(one.element("action-plus")).to_be_focused()
    expect(one.element("action-plus")).to_be_checked()
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("Enter")
    says(one, "buttons-said", "Learnt: Space subtracts")
    one.element("close").click()
    one.page.keyboard.press("Space")
    one.sees(4)
    one.element("click").focus()
    one.page.keyboard.press("Space")
    one.sees(3)
    one.page.keyboard.press("Enter")
    one.sees(4)
    one.page.keyboard.press("u")
    one.sees(3)
    one.element("undo").focus()
    one.page.keyboard.press("Space")
    one.sees(4)
    one.all_saved()
    assert value_of(back_end) == 4


def test_a_key_for_one_counter_presses_no_other(back_end: BackEnd, tab: Open):
    one = tab("/c/counter")
    one.is_state("connected")
    one.open_dialog("buttons")
    learns(one, lambda: one.page.keyboard.press("F8"), where=1)
    learns(one, lambda: one.page.keyboard.press("F9"), "plus")
    one.element("close").click()
    one.page.goto(re.sub("/c/counter", "/counters", one.page.url))
    one.element("search").fill("Door")
    one.element("make-named").click()
    one.page.get_by_role("link", name="Door").click()
    one.is_state("connected")
    until(one.page, LOADED)
    one.page.keyboard.press("F8")
    one.page.keyboard.press("F9")
    one.sees(1)
    one.all_saved()
    assert back_end.query("SELECT slug, value FROM counter ORDER BY slug") == [("counter", 0), ("door", 1)]


def test_other_open_tabs_learn_and_forget_at_once(back_end: BackEnd, tab: Open):
    one, other = tab(), tab()
    for each in (one, other):
        each.is_state("connected")
    has_learnt(one, "F8", "F9")
    until(other.page, LOADED)
    other.page.keyboard.press("F8")
    other.sees(1)
    one.open_dialog("buttons")
    one.element("forget-all").click()
    expect(one.element("keep")).to_be_focused()
    one.element("submit").click()
    says(one, "buttons-said", "All learnt keys are removed.")
    other.page.keyboard.press("F9")
    other.page.keyboard.press("Space")
    other.sees(2)
    other.all_saved()
    assert value_of(back_end) == 2


def test_media_keys_of_a_keyboard_are_learnt(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    devtools = one.page.context.new_cdp_session(one.page)

    def press(key: str) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            devtools.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": key if "Media" in key else ""})

    one.open_dialog("buttons")
    for key in ("MediaPlayPause", "AudioVolumeUp"):
        learns(one, lambda key=key: press(key))
    one.element("close").click()
    press("MediaPlayPause")
    press("AudioVolumeUp")
    press("AudioVolumeDown")
    one.sees(2)


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
    one.element("close").click()
    for level in (1, 1, 0.9, 0.5, 1, 0, 1, 0):
        one.page.evaluate(set_button, [0, level])
    one.sees(2)
    one.page.evaluate(set_button, [1, 1])
    one.sees(1)
    one.page.reload()
    one.is_state("connected")
    until(one.page, LOADED)
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
    one.has("midi", within=5, state="refused")
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
    one.element("close").click()
    one.page.evaluate("strike(0x90, 60, 90), strike(0x90, 60, 0), strike(0x90, 61, 90)")
    one.sees(1)
    one.page.reload()
    one.is_state("connected")
    until(one.page, LOADED)
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
        on_bus(bus, players()[0], "/org/mpris/MediaPlayer2", f"org.mpris.MediaPlayer2.Player.{button}")

    one.open_dialog("buttons")
    one.element("headset").locator("input").check()
    one.has("headset", state="on")
    until(one.page, "navigator.mediaSession.playbackState === 'playing'")
    learns(one, lambda: press("PlayPause"))
    learns(one, lambda: press("Next"), "minus")
    one.element("close").click()
    for button in ("PlayPause", "PlayPause", "Play", "Next"):
        press(button)
    one.sees(2)
    one.page.reload()
    one.is_state("connected")
    until(one.page, LOADED)
    one.press()
    until(one.page, "navigator.mediaSession.playbackState === 'playing'")
    press("PlayPause")
    one.sees(4)
    one.all_saved()
    assert (value_of(back_end), one.errors) == (4, [])
    browser.close()
